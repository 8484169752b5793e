/* Any finite values: selection agrees with sorting, a quantile stays within the values, and the median of the others is theirs. */
#include "fuzz.h"
#include "stats/peer_position.h"

#include <math.h>

#define MOST 400

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_input	in = {data, size};
	double		fractions[4];
	double		result[4];
	double		values[MOST];
	double		sorted[MOST];
	double		others[MOST];
	size_t		repeats = (size_t) (fuzz_int32(&in) & 7) + 1;
	size_t		n = 0;
	size_t		below;

	for (int i = 0; i < 4; i++)
		fractions[i] = (double) (uint32_t) fuzz_int32(&in) / UINT32_MAX;
	while (in.left > 0 && n < MOST)
	{
		double		value = fuzz_double(&in);

		for (size_t i = 0; i < repeats && n < MOST && isfinite(value); i++)
			values[n++] = value + 0.0;
	}
	if (n == 0)
		return 0;
	memcpy(sorted, values, n * sizeof(double));
	mo_sort_doubles(sorted, n, NULL);
	for (size_t i = 1; i < n; i++)
		FUZZ_CHECK(sorted[i - 1] <= sorted[i]);
	mo_quantiles(values, n, fractions, 4, result, NULL);
	for (int i = 0; i < 4; i++)
	{
		FUZZ_CHECK(result[i] == mo_sorted_quantile(sorted, n, fractions[i]));
		FUZZ_CHECK(isfinite(result[i]));
	}
	below = mo_count_below(sorted, n, values[0]);
	FUZZ_CHECK(below < n && sorted[below] == values[0] && (below == 0 || sorted[below - 1] < values[0]));
	FUZZ_CHECK(mo_percentile_rank(below, n) >= 0 && mo_percentile_rank(below, n) <= 100);
	FUZZ_CHECK(n < 10 ? mo_quantile_group(below, n, 10) == 0 : mo_quantile_group(below, n, 10) >= 1 && mo_quantile_group(below, n, 10) <= 10);
	if (n == 1)
		return 0;
	memcpy(others, sorted, below * sizeof(double));
	memcpy(others + below, sorted + below + 1, (n - below - 1) * sizeof(double));
	FUZZ_CHECK(mo_median_without(sorted, n, values[0]) == mo_sorted_quantile(others, n - 1, 0.5));
	return 0;
}
