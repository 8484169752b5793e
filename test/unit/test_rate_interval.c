/* Confidence limits of proportions and counts: published results of PHEindicatormethods, and the edges. */
#include "tap.h"

#include "stats/distribution.h"
#include "stats/rate_interval.h"

#define REFERENCE "../shared/real/phe_reference/"

/* "0.5" with or without quotes; NaN for an empty field */
static double
number(const char *field)
{
	char	   *end;
	double		value;

	field += *field == '"';
	value = strtod(field, &end);
	return end == field ? NAN : value;
}

/* The multiplier stands last; a row without a value, or a percentage of one, has nothing of its own to test. */
static int
check_limits(char **f, int column, double confidence, double per, int is_rate)
{
	double		x = number(f[1]);
	double		n = number(f[2]);
	double		lower = number(f[column]);
	double		upper = number(f[column + 1]);
	mo_level	level = mo_level_of(confidence);
	double		got_lower = is_rate ? mo_count_lower(x, &level) / n : mo_wilson_lower(x, n, &level);
	double		got_upper = is_rate ? mo_count_upper(x, &level) / n : mo_wilson_upper(x, n, &level);

	if (isnan(lower))
		return 0;
	return 1 + 2 * (fabs(got_lower * per - lower) > 1e-9 * fabs(lower) || fabs(got_upper * per - upper) > 1e-9 * upper);
}

/* Sheets of value, 95 % and (unless grouped) 99.8 % limits. */
static void
test_sheet(const char *name, int is_rate, int grouped)
{
	char		path[200];
	char		line[1000];
	char	   *f[12];
	FILE	   *file;
	int			rows = 0;
	int			bad = 0;
	int			n;

	snprintf(path, sizeof path, REFERENCE "%s.csv", name);
	file = fopen(path, "r");
	if (file == NULL)
	{
		ok(1, "%s # skip ../shared is not here", name);
		return;
	}
	csv_fields(file, line, sizeof line, f, 12);
	while ((n = csv_fields(file, line, sizeof line, f, 12)) > 8)
	{
		double		per = number(f[n - 1]);
		int			narrow = check_limits(f, 4, 0.95, per, is_rate);
		int			wide = grouped ? 0 : check_limits(f, 6, 0.998, per, is_rate);

		rows += (narrow > 0) + (wide > 0);
		bad += (narrow > 1) + (wide > 1);
	}
	fclose(file);
	ok(rows > 5 && bad == 0, "%s: %d published pairs of limits, %d differ by more than 1e-9", name, rows, bad);
}

/* The sheet of the plain formulas; its Byar rows below 10 events are what we give exactly. */
static void
test_formulas(void)
{
	char		line[1000];
	char	   *f[6];
	FILE	   *file = fopen(REFERENCE "Byars_Wilson__testdata_B_W.csv", "r");
	int			rows = 0;
	int			bad = 0;

	if (file == NULL)
	{
		ok(1, "Byar and Wilson # skip ../shared is not here");
		return;
	}
	csv_fields(file, line, sizeof line, f, 6);
	while (csv_fields(file, line, sizeof line, f, 6) == 6)
	{
		double		x = number(f[0]);
		mo_level	level = mo_level_of(number(f[4]) / 100);
		int			wilson = !isnan(number(f[1]));
		double		lower = wilson ? mo_wilson_lower(x, number(f[1]), &level) : mo_count_lower(x, &level);
		double		upper = wilson ? mo_wilson_upper(x, number(f[1]), &level) : mo_count_upper(x, &level);

		if (!wilson && x < MO_BYAR_FROM)
			continue;
		rows++;
		bad += fabs(lower - number(f[2])) > 1e-9 * lower || fabs(upper - number(f[3])) > 1e-9 * upper;
	}
	fclose(file);
	ok(rows >= 11 && bad == 0, "Byar and Wilson: %d published pairs of limits, %d differ by more than 1e-9", rows, bad);
}

static void
test_edges(void)
{
	mo_level	level = mo_level_of(0.95);
	mo_level	extreme = mo_level_of(1 - 1.2e-16);

	ok(mo_wilson_lower(0, 50, &level) == 0 && mo_wilson_upper(50, 50, &level) == 1, "Wilson: none and all are exact");
	is_close(mo_wilson_upper(0, 50, &level), level.z * level.z / (50 + level.z * level.z), 1e-15, "Wilson: upper limit of none");
	is_close(mo_wilson_lower(1, 1e15, &level), 1.765245549351529405e-16, 1e-13, "Wilson: a tiny proportion keeps its digits");
	ok(mo_wilson_lower(1, 2, &extreme) > 0 && mo_wilson_upper(1, 2, &extreme) < 1, "Wilson: near certainty");
	ok(mo_wilson_upper(1e-308, 1e-308, &level) == 1 && mo_wilson_lower(1e-308, 2e-308, &level) >= 0, "Wilson: tiny denominators");
	ok(mo_count_lower(0, &level) == 0, "no events: lower limit 0");
	is_close(mo_count_upper(0, &level), -log(0.025), 1e-14, "no events: upper limit");
	is_close(mo_count_lower(1, &level), -log1p(-0.025), 1e-13, "one event: lower limit");
	is_close(mo_count_lower(9, &level), mo_gamma_quantile(9, level.tail), 1e-15, "9 events: exact");
	is_close(mo_count_lower(10, &level), 10 * pow(1 - 1.0 / 90 - level.z / (3 * sqrt(10)), 3), 1e-14, "10 events: Byar");
	ok(mo_count_lower(10, &extreme) > 0 && mo_count_upper(1e300, &level) > 1e300 * (1 - 1e-15), "counts: near certainty, huge");
	ok(mo_count_lower(1e-9, &level) >= 0 && mo_count_upper(9.999, &level) < mo_count_upper(10.5, &level), "counts need not be whole");
}

int
main(void)
{
	test_sheet("Proportion__testdata_Prop", 0, 0);
	test_sheet("Proportion__testdata_Prop_g", 0, 1);
	test_sheet("Rate__testdata_Rate", 1, 0);
	test_sheet("Rate__testdata_Rate_g", 1, 1);
	test_formulas();
	test_edges();
	return done();
}
