/* Any bytes as the text and as the binary form of a state: refused, or read with every number in its range. */
#include "fuzz.h"
#include "stats/peer_values.h"

#include <math.h>

static void
check_numbers(const double *numbers, int64_t fractions, int64_t values)
{
	for (int64_t i = 0; i < fractions; i++)
		FUZZ_CHECK(numbers[i] >= 0 && numbers[i] <= 1);
	for (int64_t i = fractions; i < fractions + values; i++)
		FUZZ_CHECK(isfinite(numbers[i]));
}

static void
as_text(const uint8_t *data, size_t size)
{
	char	   *text = malloc(size + 1);
	int64_t		fractions;
	int64_t		values;

	memcpy(text, data, size);
	text[size] = '\0';
	if (mo_peer_values_parse(text, &fractions, &values, NULL) == MO_PEER_OK)
	{
		double	   *numbers = malloc((size_t) (fractions + values) * sizeof(double) + 1);
		int64_t		again_fractions;
		int64_t		again_values;

		FUZZ_CHECK(mo_peer_values_parse(text, &again_fractions, &again_values, numbers) == MO_PEER_OK);
		FUZZ_CHECK(again_fractions == fractions && again_values == values);
		check_numbers(numbers, fractions, values);
		free(numbers);
	}
	free(text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int64_t		fractions;
	int64_t		values;

	as_text(data, size);
	if (mo_peer_values_header(data, size, &fractions, &values) == MO_PEER_OK)
	{
		double	   *numbers = malloc((size_t) (fractions + values) * sizeof(double) + 1);

		FUZZ_CHECK(fractions >= 0 && values >= 0 && (size_t) (fractions + values) * 8 + MO_PEER_BINARY_HEADER == size);
		if (mo_peer_values_numbers(data, fractions, values, numbers) == MO_PEER_OK)
			check_numbers(numbers, fractions, values);
		free(numbers);
	}
	return 0;
}
