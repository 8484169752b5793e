/* Quantiles by selection against quantiles of sorted values, on friendly and on hostile orders; ranks; the state's outside forms. */
#include "tap.h"

#include "stats/peer_position.h"
#include "stats/peer_values.h"

static unsigned long long seed = 42;

static double
random_unit(void)
{
	seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (double) (seed >> 11) / 9007199254740992.0;
}

static int
compare(const void *a, const void *b)
{
	double		x = *(const double *) a;
	double		y = *(const double *) b;

	return (x > y) - (x < y);
}

/* Orders that defeat careless pivots. */
static double
pattern(int kind, size_t i, size_t n)
{
	switch (kind)
	{
		case 0:
			return random_unit() * 1000 - 500;
		case 1:
			return (double) i;
		case 2:
			return (double) (n - i);
		case 3:
			return 7;
		case 4:
			return (double) (i % 3);
		case 5:
			return (double) (i < n / 2 ? i : n - i);
		case 6:
			return i % 2 == 0 ? (double) i : (double) (n - i);
		default:
			return i % 1000 == 0 ? 1e308 : -random_unit();
	}
}

static int	pauses;

static void
count_pause(void)
{
	pauses++;
}

static void
one_size(size_t n)
{
	static const double fractions[] = {0.5, 0, 1, 0.9, 0.1, 0.25, 0.999, 0.5, 1.0 / 3};
	double		many[200];
	double	   *values = malloc(n * sizeof(double));
	double	   *sorted = malloc(n * sizeof(double));
	double	   *ours = malloc(n * sizeof(double));
	int			bad = 0;

	for (int i = 0; i < 200; i++)
		many[i] = i / 199.0;
	for (int kind = 0; kind < 8; kind++)
	{
		double		got[200];

		for (size_t i = 0; i < n; i++)
			values[i] = sorted[i] = ours[i] = pattern(kind, i, n);
		qsort(sorted, n, sizeof(double), compare);
		mo_sort_doubles(ours, n, count_pause);
		bad += memcmp(sorted, ours, n * sizeof(double)) != 0;
		memcpy(ours, values, n * sizeof(double));
		mo_quantiles(ours, n, fractions, 9, got, count_pause);
		for (int i = 0; i < 9; i++)
			bad += got[i] != mo_sorted_quantile(sorted, n, fractions[i]);
		memcpy(ours, values, n * sizeof(double));
		mo_quantiles(ours, n, many, 200, got, NULL);
		for (int i = 0; i < 200; i++)
			bad += got[i] != mo_sorted_quantile(sorted, n, many[i]);
		qsort(ours, n, sizeof(double), compare);
		bad += memcmp(sorted, ours, n * sizeof(double)) != 0;
	}
	ok(bad == 0, "%zu values in 8 orders: sorted, and every quantile as in the sorted values", n);
	free(values);
	free(sorted);
	free(ours);
}

/* Selection's own fallback: orders made against a fixed pivot rule still end, and are right. */
static void
hostile(void)
{
	size_t		n = 200000;
	double	   *values = malloc(n * sizeof(double));
	double		got;
	double		half = 0.5;

	for (size_t i = 0; i < n; i++)
		values[i] = (double) ((i * i) % 4099);
	mo_quantiles(values, n, &half, 1, &got, NULL);
	qsort(values, n, sizeof(double), compare);
	is_close(got, mo_sorted_quantile(values, n, 0.5), 0, "quadratic residues: the median is right");
	free(values);
}

static void
without_self(void)
{
	int			bad = 0;

	for (size_t n = 2; n < 40; n++)
	{
		double		sorted[40];
		double		others[40];

		for (size_t i = 0; i < n; i++)
			sorted[i] = floor(random_unit() * 12);
		qsort(sorted, n, sizeof(double), compare);
		for (size_t out = 0; out < n; out++)
		{
			for (size_t i = 0, m = 0; i < n; i++)
				if (i != out)
					others[m++] = sorted[i];
			bad += mo_median_without(sorted, n, sorted[out]) != mo_sorted_quantile(others, n - 1, 0.5);
		}
	}
	is_int(bad, 0, "the median of the others is that of a copy without the value, ties included");
}

static void
ranks(void)
{
	static const double sorted[] = {1, 2, 2, 2, 5};
	int			bad = 0;

	is_int((long long) mo_count_below(sorted, 5, 2), 1, "ties share the lowest rank");
	is_int((long long) mo_count_below(sorted, 5, 6), 5, "all are below a value above all");
	is_close(mo_percentile_rank(1, 5), 25, 0, "percent rank times 100");
	is_close(mo_percentile_rank(0, 1), 0, 0, "percent rank is 0 when alone");
	is_int(mo_quantile_group(0, 9, 10), 0, "no decile among nine");
	is_int(mo_quantile_group(10, 11, 10), 10, "the highest is in decile 10");
	/* where a comparison with an interpolated cut point goes wrong */
	for (size_t n = 10; n < 500; n++)
		for (size_t below = 0; below < n; below++)
		{
			size_t		d = (size_t) mo_quantile_group(below, n, 10);

			bad += !((d - 1) * n <= 10 * below && 10 * below < d * n);
		}
	is_int(bad, 0, "deciles by whole numbers for 10 to 499 peers");
}

/* The last three fields of each line: rank (from 1) in the group, peers, quantile (empty where there are too few). */
static void
published_quantiles(void)
{
	FILE	   *file = fopen("../shared/real/phe_reference/Quantiles__testdata_Quantiles.csv", "r");
	char		line[1024];
	int			checked = 0;
	int			bad = 0;

	if (file == NULL)
	{
		ok(1, "published quantiles # skip ../shared is not here");
		return;
	}
	while (fgets(line, sizeof(line), file) != NULL)
	{
		int			groups = strstr(line, "\"Decile\"") ? 10 : strstr(line, "\"Septile\"") ? 7 : 4;
		char	   *field = line + strlen(line);
		int			rank;
		int			peers;
		int			quantile = 0;

		for (int commas = 0; field > line && commas < 3;)
			commas += *--field == ',';
		if (sscanf(field, ",\"%d\",\"%d\",\"%d\"", &rank, &peers, &quantile) < 2)
			continue;
		bad += mo_quantile_group((size_t) rank - 1, (size_t) peers, groups) != quantile;
		checked++;
	}
	fclose(file);
	ok(bad == 0 && checked > 900, "%d published deciles, septiles and quartiles of PHEindicatormethods", checked);
}

static void
interpolation(void)
{
	double		wide[] = {-1.7e308, 1.7e308};
	double		tenth[] = {0.1, 0.2, 0.7};

	is_close(mo_sorted_quantile(wide, 2, 0.25), -0.85e308, 1e-15, "a range beyond a double does not give infinity");
	is_close(mo_sorted_quantile(tenth, 3, 0.25), 0.1 + 0.5 * (0.2 - 0.1), 0, "type 7, evaluated as percentile_cont does");
}

static void
text_case(const char *text, mo_peer_fault expected)
{
	int64_t		fractions = -1;
	int64_t		values = -1;
	double		numbers[16];
	mo_peer_fault counted = mo_peer_values_parse(text, &fractions, &values, NULL);

	ok(counted == expected, "text %s: fault %d", text, (int) expected);
	if (counted == MO_PEER_OK)
		ok(mo_peer_values_parse(text, &fractions, &values, numbers) == MO_PEER_OK, "text %s: read", text);
}

static void
text_form(void)
{
	static const char *const bad[] = {"", "{", "{|", "{}", "|", "{|}x", "{|1,}", "{,|1}", "{|1,,2}", "{|1 }", "{| 1}", "{|nan}", "{|0x10}",
		"{|-}", "{|.}", "{|inf}", "{|1;2}", "{0.5|1}}", "{|--1}", "{|1e}"};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		text_case(bad[i], MO_PEER_SYNTAX);
	text_case("{|}", MO_PEER_OK);
	text_case("{0.5|3,1e3,-2.25}", MO_PEER_OK);
	text_case("{1.5|}", MO_PEER_FRACTION);
	text_case("{-0.1|}", MO_PEER_FRACTION);
	text_case("{|1e999}", MO_PEER_VALUE);
}

static void
binary_form(void)
{
	/* one fraction 0.5, one value 1.0 */
	unsigned char bytes[28] = {0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0x3f, 0xe0, 0, 0, 0, 0, 0, 0, 0x3f, 0xf0};
	int64_t		fractions;
	int64_t		values;
	double		numbers[2];
	int			bad = 0;

	for (size_t length = 0; length < sizeof(bytes); length++)
		bad += mo_peer_values_header(bytes, length, &fractions, &values) != MO_PEER_SYNTAX;
	is_int(bad, 0, "binary: every truncation is noticed");
	ok(mo_peer_values_header(bytes, 28, &fractions, &values) == MO_PEER_OK && fractions == 1 && values == 1, "binary: counts");
	ok(mo_peer_values_numbers(bytes, 1, 1, numbers) == MO_PEER_OK && numbers[0] == 0.5 && numbers[1] == 1, "binary: numbers");
	bytes[20] = 0x7f;
	ok(mo_peer_values_numbers(bytes, 1, 1, numbers) == MO_PEER_VALUE, "binary: infinity or NaN is no value");
	bytes[12] = 0xbf;
	ok(mo_peer_values_numbers(bytes, 1, 1, numbers) == MO_PEER_FRACTION, "binary: a negative fraction");
	memset(bytes, 0xff, 12);
	ok(mo_peer_values_header(bytes, 28, &fractions, &values) == MO_PEER_SYNTAX, "binary: counts that lie");
}

int
main(void)
{
	static const size_t sizes[] = {1, 2, 3, 30, 47, 48, 49, 100, 599, 601, 5000, 100003};

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		one_size(sizes[i]);
	ok(pauses > 0, "long loops pause");
	hostile();
	without_self();
	ranks();
	published_quantiles();
	interpolation();
	text_form();
	binary_form();
	return done();
}
