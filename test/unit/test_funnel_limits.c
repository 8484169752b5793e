/* Funnel limits: published results of PHEindicatormethods, closed forms, the edges. */
#include "tap.h"

#include "stats/distribution.h"
#include "stats/funnel_limits.h"

#define REFERENCE "../shared/real/phe_reference/"
#define MAX_FIELDS 14

static double
number(const char *field)
{
	return strtod(field + (*field == '"'), NULL);
}

/* Opens a published table and passes its header (`lines` lines); says so when it is not here. */
static FILE *
reference(const char *name, int lines)
{
	char		path[200];
	char		line[1000];
	FILE	   *file;

	snprintf(path, sizeof path, REFERENCE "%s.csv", name);
	file = fopen(path, "r");
	if (file == NULL)
		ok(1, "%s # skip ../shared is not here", name);
	else
		while (lines-- > 0 && fgets(line, sizeof line, file) != NULL)
			continue;
	return file;
}

/* The number of fields of the next row, 0 at the end. */
static int
next_row(FILE *file, char **f)
{
	static char line[1000];
	int			n = csv_fields(file, line, sizeof line, f, MAX_FIELDS);

	return n > 2 ? n : 0;
}

/* Proportions: the tables give percentages, six to eight places; the average is as rounded as they are. */
static void
test_proportion_table(const char *name)
{
	char	   *f[MAX_FIELDS];
	FILE	   *file = reference(name, 1);
	mo_level	warning = mo_level_of(0.95);
	mo_level	alarm = mo_level_of(0.998);
	int			rows = 0;
	double		worst = 0;

	if (file == NULL)
		return;
	while (next_row(file, f))
	{
		double		n = number(f[0]);
		double		average = number(f[5]) / 100;

		worst = fmax(worst, fabs(mo_funnel_proportion_lower(average, n, &warning, 0) * 100 - number(f[1])));
		worst = fmax(worst, fabs(mo_funnel_proportion_upper(average, n, &warning, 0) * 100 - number(f[2])));
		worst = fmax(worst, fabs(mo_funnel_proportion_lower(average, n, &alarm, 0) * 100 - number(f[3])));
		worst = fmax(worst, fabs(mo_funnel_proportion_upper(average, n, &alarm, 0) * 100 - number(f[4])));
		rows++;
	}
	fclose(file);
	ok(rows == 100 && worst < 2e-6, "%s: %d published rows, as printed (largest difference %.1g percentage points)", name, rows, worst);
}

static const char *
significance(int warning, int alarm)
{
	if (alarm != 0)
		return alarm > 0 ? "High (0.001)" : "Low (0.001)";
	if (warning != 0)
		return warning > 0 ? "High (0.025)" : "Low (0.025)";
	return "Not significant";
}

static void
test_proportion_significance(void)
{
	char	   *f[MAX_FIELDS];
	mo_level	warning = mo_level_of(0.95);
	mo_level	alarm = mo_level_of(0.998);
	double		sum = 0;
	double		of = 0;
	int			rows = 0;
	int			bad = 0;
	int			fields;
	FILE	   *file;

	for (int pass = 0; pass < 2; pass++)
	{
		if ((file = reference("testdata_funnel_prop_inputs", 1)) == NULL)
			return;
		while ((fields = next_row(file, f)) > 0)	/* counted from the end: names of areas have commas */
		{
			double		x = number(f[fields - 3]);
			double		n = number(f[fields - 2]);

			if (pass == 0)
			{
				sum += x;
				of += n;
				continue;
			}
			rows++;
			bad += strcmp(f[fields - 1], significance(mo_funnel_proportion_side(x, n, sum / of, &warning, 0),
											 mo_funnel_proportion_side(x, n, sum / of, &alarm, 0))) != 0;
		}
		fclose(file);
	}
	ok(rows == 303 && bad == 0, "funnel of proportions: published significance of %d areas, %d differ", rows, bad);
}

static void
test_ratio_significance(void)
{
	char	   *f[MAX_FIELDS];
	FILE	   *file = reference("testdata_funnel_ratio_inputs", 1);
	mo_level	warning = mo_level_of(0.95);
	mo_level	alarm = mo_level_of(0.998);
	int			rows = 0;
	int			bad = 0;

	if (file == NULL)
		return;
	while (next_row(file, f))
	{
		double		x = number(f[0]);
		double		e = number(f[1]);

		rows++;
		bad += strcmp(f[2], significance(mo_funnel_count_side(x, e, &warning, 0), mo_funnel_count_side(x, e, &alarm, 0))) != 0;
	}
	fclose(file);
	ok(rows == 300 && bad == 0, "funnel of counts: published significance of %d areas, %d differ", rows, bad);
}

/* Crude rates: the significance of each area against the rate of all. */
static void
test_rate_significance(void)
{
	char	   *f[MAX_FIELDS];
	double		count[100];
	double		patients[100];
	char		expected[100][20];
	double		sum = 0;
	double		of = 0;
	int			rows = 0;
	int			bad = 0;
	mo_level	warning = mo_level_of(0.95);
	mo_level	alarm = mo_level_of(0.998);
	FILE	   *file = reference("testdata_funnel_rate_dsr_inputs", 1);

	if (file == NULL)
		return;
	for (; rows < 100 && next_row(file, f) > 9; rows++)
	{
		sum += count[rows] = number(f[0]);
		of += patients[rows] = number(f[2]);
		snprintf(expected[rows], sizeof expected[rows], "%s", f[9]);
	}
	fclose(file);
	for (int i = 0; i < rows; i++)
	{
		double		e = patients[i] * (sum / of);

		bad += strcmp(expected[i], significance(mo_funnel_count_side(count[i], e, &warning, 0),
												mo_funnel_count_side(count[i], e, &alarm, 0))) != 0;
	}
	ok(rows == 40 && bad == 0, "funnel of crude rates: published significance of %d areas, %d differ", rows, bad);
}

/*
 * The other way round: they start from a count and give the expected count (or population) whose limit it is. Their own search
 * halves an interval until it is 1e-7 wide, which for one event upwards is 1e-5 of the limit; our limit at their expected count
 * must be their count again.
 */
static double
count_difference(double count, double lower2, double upper2, double lower3, double upper3)
{
	mo_level	warning = mo_level_of(0.95);
	mo_level	alarm = mo_level_of(0.998);
	double		worst = 0;

	worst = fmax(worst, fabs(mo_funnel_count_lower(lower2, &warning, 0) / count - 1));
	worst = fmax(worst, fabs(mo_funnel_count_upper(upper2, &warning, 0) / count - 1));
	worst = fmax(worst, fabs(mo_funnel_count_lower(lower3, &alarm, 0) / count - 1));
	return fmax(worst, fabs(mo_funnel_count_upper(upper3, &alarm, 0) / count - 1));
}

static void
test_ratio_table(void)
{
	char	   *f[MAX_FIELDS];
	FILE	   *file = reference("testdata_funnel_ratio_outputs", 2);
	int			rows = 0;
	double		worst = 0;

	if (file == NULL)
		return;
	for (; next_row(file, f); rows++)
		worst = fmax(worst, count_difference(number(f[0]), number(f[1]), number(f[4]), number(f[7]), number(f[10])));
	fclose(file);
	ok(rows == 100 && worst < 1e-5, "funnel of ratios: %d published rows (largest relative difference %.1g)", rows, worst);
}

static void
test_rate_table(const char *name)
{
	char	   *f[MAX_FIELDS];
	FILE	   *file = reference(name, 1);
	int			rows = 0;
	double		worst = 0;

	if (file == NULL)
		return;
	for (; next_row(file, f); rows++)
	{
		double		expected = number(f[0]) * number(f[9]);	/* over a limit: events expected where it is reached */

		worst = fmax(worst, count_difference(number(f[0]), expected / number(f[2]), expected / number(f[4]),
											 expected / number(f[6]), expected / number(f[8])));
	}
	fclose(file);
	ok(rows == 100 && worst < 1e-5, "%s: %d published rows (largest relative difference %.1g)", name, rows, worst);
}

/* A limit of proportions is the value whose own Wilson limit touches the average. */
static void
test_touching(void)
{
	mo_level	level = mo_level_of(0.998);
	double		worst = 0;

	for (double n = 30; n < 1e13; n *= 3)
		for (double average = 0.3; average < 0.7; average += 0.07)
		{
			double		lower = mo_funnel_proportion_lower(average, n, &level, 0);
			double		upper = mo_funnel_proportion_upper(average, n, &level, 0);

			worst = fmax(worst, fabs(mo_wilson_upper(lower * n, n, &level) / average - 1));
			worst = fmax(worst, fabs(mo_wilson_lower(upper * n, n, &level) / average - 1));
		}
	ok(worst < 1e-14, "the Wilson limit of a funnel limit is the average (worst %.1g)", worst);
}

/* The limits of counts have the tail probability wanted, and `side` agrees with them, from tiny to huge expected counts. */
static void
test_counts(void)
{
	double		worst = 0;
	int			bad = 0;

	for (double coverage = 0.2; coverage < 0.99999999; coverage += (1 - coverage) / 4)
		for (double e = 1e-6; e < 1e13; e *= 2.3)
		{
			mo_level	level = mo_level_of(coverage);
			double		lower = mo_funnel_count_lower(e, &level, 0);
			double		upper = mo_funnel_count_upper(e, &level, 0);

			worst = fmax(worst, fabs(mo_gamma_p(upper, e) / level.tail - 1) / sqrt(e + 1));
			if (lower > 0)
				worst = fmax(worst, fabs(mo_gamma_q(lower + 1, e) / level.tail - 1) / sqrt(e + 1));
			bad += !(lower >= 0 && lower < e && upper > e);
			bad += mo_funnel_count_side(floor(upper), e, &level, 0) > 0 && floor(upper) != upper;
			bad += mo_funnel_count_side(ceil(lower), e, &level, 0) < 0 && ceil(lower) != lower;
			bad += mo_funnel_count_side(floor(upper) + 1, e, &level, 0) != 1;
			bad += lower >= 1 && mo_funnel_count_side(ceil(lower) - 1, e, &level, 0) != -1;
		}
	ok(worst < 1e-12, "the limits of counts have the tail wanted (worst %.1g)", worst);
	ok(bad == 0, "the side of a count agrees with its limits (%d do not)", bad);
}

static void
test_edges(void)
{
	mo_level	level = mo_level_of(0.998);

	ok(mo_funnel_proportion_lower(0, 50, &level, 0) == 0 && mo_funnel_proportion_upper(0, 50, &level, 0) == 0, "average 0");
	ok(mo_funnel_proportion_lower(1, 50, &level, 0) == 1 && mo_funnel_proportion_upper(1, 50, &level, 0) == 1, "average 1");
	ok(mo_funnel_proportion_lower(0.5, 1, &level, 0.1) == 0 && mo_funnel_proportion_upper(0.5, 1, &level, 9) == 1, "clipped");
	ok(mo_funnel_count_lower(0, &level, 0) == 0 && mo_funnel_count_upper(0, &level, 0.1) == 0, "nothing expected");
	ok(mo_funnel_count_lower(6.9, &level, 0) == 0 && mo_funnel_count_lower(6.91, &level, 0) > 0, "no lower limit up to -log(0.001)");
	ok(mo_funnel_count_side(0, 6.91, &level, 0) == -1 && mo_funnel_count_side(0, 6.9, &level, 0) == 0, "none where 6.91 are expected");
	ok(mo_funnel_count_side(1, 0, &level, 0) == 1 && mo_funnel_count_side(0, 0, &level, 0) == 0, "one where none is expected");
	is_close(mo_funnel_count_upper(1e300, &level, 0), 1e300, 1e-12, "a huge expected count");
	ok(mo_funnel_count_upper(1e-300, &level, 0) < 0.1, "a tiny expected count");
	is_close(mo_funnel_count_upper(100, &level, 0.01), 100 * pow(1 + level.z * sqrt(0.0025 + 0.01), 2), 1e-14, "counts with tau2");
	is_close(mo_funnel_proportion_upper(0.2, 100, &level, 0.01), pow(sin(asin(sqrt(0.2)) + level.z * sqrt(0.0125)), 2), 1e-14,
			 "proportions with tau2");
}

int
main(void)
{
	test_proportion_table("testdata_funnel_prop_outputs");
	test_proportion_table("testdata_funnel_prop_outputs_with_axis_variation");
	test_proportion_significance();
	test_ratio_significance();
	test_rate_significance();
	test_ratio_table();
	test_rate_table("testdata_funnel_rate_outputs");
	test_rate_table("testdata_funnel_rate_outputs_2");
	test_rate_table("testdata_funnel_rate_outputs_3");
	test_touching();
	test_counts();
	test_edges();
	return done();
}
