/* XmR charts: NHSRplotthedots' published values, causes by name, gaps, edges. */
#include "tap.h"

#include "stats/control_chart.h"

/* tests/testthat/_snaps/ptd_spc_standard.md of NHSRplotthedots: R's set.seed(123); rnorm(20); it prints 0.142, -3.01, 3.29 */
static const double r_series[20] = {
	-0.56047564655221, -0.23017748948328, 1.55870831414912, 0.07050839142458, 0.12928773516095,
	1.71506498688328, 0.46091620844490, -1.26506123460653, -0.68685285189353, -0.44566197009996,
	1.22408179743946, 0.35981382705736, 0.40077145059405, 0.11068271594512, -0.55584113475408,
	1.78691313680308, 0.49785047822924, -1.96661715662964, 0.70135590156369, -0.47279140772793
};

static void
published(void)
{
	mo_xmr		xmr;

	mo_xmr_limits(r_series, 20, &xmr);
	ok(fabs(xmr.mean - 0.142) < 0.0005, "the mean of NHSRplotthedots' snapshot: 0.142, got %.4f", xmr.mean);
	ok(fabs(xmr.lower + 3.01) < 0.005, "its lower limit: -3.01, got %.4f", xmr.lower);
	ok(fabs(xmr.upper - 3.29) < 0.005, "its upper limit: 3.29, got %.4f", xmr.upper);
}

/* The causes of a series as letters: . common, ? unknown, A/B outside, I/D trend, T/t two of three, S/s seven */
static void
causes_are(const double *values, size_t n, const char *expected, const char *what)
{
	static const char letters[] = "?.ABIDTtSs";
	unsigned char *causes = malloc(n + 1);
	char	   *got = malloc(n + 1);
	mo_xmr		xmr;

	mo_xmr_limits(values, n, &xmr);
	mo_special_causes(values, n, &xmr, causes);
	for (size_t i = 0; i < n; i++)
		got[i] = letters[causes[i]];
	got[n] = '\0';
	if (!ok(strcmp(got, expected) == 0, "%s", what))
		printf("# got %s, expected %s\n", got, expected);
	free(causes);
	free(got);
}

#define CAUSES_ARE(expected, what, ...) \
	do { \
		double series[] = {__VA_ARGS__}; \
		causes_are(series, sizeof(series) / sizeof(double), expected, what); \
	} while (0)

static void
rules(void)
{
	CAUSES_ARE("???????????", "eleven points are too few", 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 9);
	CAUSES_ARE("............", "a constant series has no special cause", .1, .1, .1, .1, .1, .1, .1, .1, .1, .1, .1, .1);
	CAUSES_ARE("????????????", "one figure that is not like the others leaves nothing to judge by", 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, .5);
	CAUSES_ARE("????????????????", "nor do few events", 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0);
	/* test-ptd_spc_standard.R */
	CAUSES_ARE("................", "near opposite limits is common cause",
			   1, -1, 1, -1, 1, -1, 1, -1, 1, -1, 1, -1, 1, -1, 5.5, -5.5);
	CAUSES_ARE("...........A...", "above the upper limit", 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 6.5, 1, 2, 1);
	CAUSES_ARE("...........B...", "below the lower limit", 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, -3.5, 1, 2, 1);
	CAUSES_ARE("..............T.T...", "two of three beyond two thirds, the third on the same side",
			   0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 3, 1, 3, 0, 1, 0);
	CAUSES_ARE("....................", "the third on the other side of the mean: common cause",
			   0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 3, 0, 3, 0, 1, 0);
	CAUSES_ARE("..........SSSSSSS.....", "seven above the mean",
			   1, 2, 1, 2, 1, 2, 1, 2, 1, 1.4, 2.2, 1.8, 2.2, 1.8, 2.2, 1.8, 2.2, 1, 2, 1, 2, 1);
	CAUSES_ARE("..........ssssssss.....", "eight below the mean",
			   3, 2, 3, 2, 3, 2, 3, 2, 3, 2.6, 1.8, 2.2, 1.8, 2.2, 1.8, 2.2, 1.8, 2.2, 3, 2, 3, 2, 3);
}

static void
trends(void)
{
	CAUSES_ARE(".....IIIIIII.....", "seven rising points", 5, 6, 5, 6, 5, 2, 3, 4, 5, 6, 7, 8, 5, 6, 5, 6, 5);
	CAUSES_ARE(".....DDDDDDD.....", "seven falling points", 5, 6, 5, 6, 5, 8, 7, 6, 5, 4, 3, 2, 5, 6, 5, 6, 5);
	CAUSES_ARE("...................", "a tie ends a trend", 5, 6, 5, 6, 5, 4, 4.5, 5, 5.1, 5.1, 5.7, 6, 5, 6, 5, 6, 5, 6, 5);
	CAUSES_ARE(".....IIIIIIDDDDDDD...", "the turning point of two trends is in the later",
			   5, 6, 5, 6, 5, 2, 3, 4, 5, 6, 7, 8, 7, 6, 5, 4, 3, 2, 5, 6, 5);
	CAUSES_ARE("........?...........", "a gap ends a trend, and has no cause",
			   5, 6, 5, 6, 5, 4, 4.5, 5, NAN, 5.2, 5.7, 6, 6.5, 5, 6, 5, 6, 5, 6, 5);
}

/* Months that are not there end what a gap ends, and take no place among the causes. */
static void
missing_months(void)
{
	static const double values[] = {1, 9, 1, 9, 1, 9, 1, 6, 7, 6, 7, 6, 7, 6.5, 1, 9, 1};
	static const char *const expected[] = {".......SSSSSSS...", ".................", ".......SSSSSSS..."};
	int64_t		months[17];
	double		spaced[2 * 17];
	unsigned char causes[2 * 17];

	for (int gap = 0; gap < 3; gap++)	/* none; within the seven; before and after them, and a long one */
	{
		size_t		places;
		mo_xmr		xmr;
		char		got[18] = "";

		for (int i = 0; i < 17; i++)
			months[i] = -5 + i + (gap == 1 && i > 9) + (gap == 2) * ((i > 6) + (i > 13) * 1000000000000);
		places = mo_space_months(values, months, 17, spaced);
		ok(places == (size_t) (17 + gap), "%d months are not there", gap);
		mo_xmr_limits(spaced, places, &xmr);
		ok(xmr.points == 17 && xmr.ranges == (size_t) (16 - gap), "%zu moving ranges, none across a gap", xmr.ranges);
		mo_special_causes(spaced, places, &xmr, causes);
		mo_unspace_causes(causes, months, 17);
		for (int i = 0; i < 17; i++)
			got[i] = causes[i] == MO_CAUSE_SEVEN_ABOVE ? 'S' : causes[i] == MO_CAUSE_COMMON ? '.' : '!';
		if (!ok(strcmp(got, expected[gap]) == 0, "seven in a row are seven months in a row (%d gaps)", gap))
			printf("# got %s, expected %s\n", got, expected[gap]);
	}
	for (int i = 0; i < 17; i++)
		months[i] = 3 * i;
	ok(mo_space_months(values, months, 17, spaced) == 33 && isnan(spaced[1]) && spaced[2] == 9, "every other place a gap");
	ok(mo_space_months(values, months, 0, spaced) == 0, "no months");
}

/* Long series, sizes at the edges of the rules: no reading outside the arrays (the address sanitizer watches). */
static void
edges(void)
{
	mo_xmr		xmr;
	double		gap = NAN;
	double		big[] = {1e308, 1e308, -1e308};

	mo_xmr_limits(NULL, 0, &xmr);
	ok(xmr.points == 0 && xmr.ranges == 0, "no points");
	mo_xmr_limits(&gap, 1, &xmr);
	ok(xmr.points == 0 && xmr.ranges == 0, "a gap is no point");
	mo_xmr_limits(r_series, 1, &xmr);
	ok(xmr.points == 1 && xmr.ranges == 0, "one point has a mean and no range");
	mo_xmr_limits(big, 3, &xmr);
	ok(!isfinite(xmr.mean) || !isfinite(xmr.upper), "an overflow shows");
	for (size_t n = 0; n < 20; n++)
	{
		unsigned char causes[20];

		mo_xmr_limits(r_series, n, &xmr);
		mo_special_causes(r_series, n, &xmr, causes);
	}
	for (mo_cause cause = MO_CAUSE_COMMON; cause < MO_CAUSES; cause++)
		ok(mo_cause_name(cause) != NULL && mo_cause_direction(cause) ==
		   (cause == MO_CAUSE_COMMON ? 0 : strstr(mo_cause_name(cause), "above") || strstr(mo_cause_name(cause), "increas") ? 1 : -1),
		   "%s has a direction", mo_cause_name(cause));
}

int
main(void)
{
	published();
	rules();
	trends();
	missing_months();
	edges();
	return done();
}
