/* Any cells and rule: every small count is hidden, what is shown is larger than what is hidden, and nothing can be subtracted. */
#include "fuzz.h"
#include "stats/disclosure.h"

#define MOST 200

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_input	in = {data, size};
	mo_small_numbers rule = {fuzz_int32(&in) & 0x3f, 0};
	bool		large = fuzz_int32(&in) < 0;
	int64_t		cells[MOST];
	bool		hidden[MOST];
	size_t		order[MOST];
	size_t		n = 0;
	__int128	sum = 0;
	int64_t		count = 0;
	int64_t		siblings_to = 0;
	bool		discloses;
	int64_t		rounded;

	rule.hide_to = rule.hide_from + (fuzz_int32(&in) & 0x3f);
	for (; n < MOST && in.left > 0; n++)
	{
		if (large)
			fuzz_take(&in, &cells[n], sizeof(int64_t));
		else
		{
			cells[n] = 0;
			fuzz_take(&in, &cells[n], 1);
			cells[n] -= cells[n] == 255 ? 256 : 0;
		}
	}
	discloses = mo_hide_siblings(cells, n, rule, hidden, order);
	for (size_t i = 0; i < n; i++)
	{
		FUZZ_CHECK(!hidden[i] || cells[i] >= 0);
		FUZZ_CHECK(cells[i] < 0 || !mo_is_small(rule, cells[i]) || hidden[i]);
		sum += hidden[i] ? cells[i] : 0;
		count += hidden[i];
		if (hidden[i] && !mo_is_small(rule, cells[i]) && cells[i] > siblings_to)
			siblings_to = cells[i];
	}
	if (count > 0 && !discloses)
		FUZZ_CHECK(count >= 2 && sum > rule.hide_to);
	for (size_t i = 0; i < n; i++)
	{
		FUZZ_CHECK(hidden[i] || cells[i] <= 0 || mo_is_small(rule, cells[i]) || (cells[i] > siblings_to && !discloses));
		if (cells[i] >= 0 && mo_round_count(cells[i], rule.hide_to + 1, &rounded))
			FUZZ_CHECK(rounded % (rule.hide_to + 1) == 0 && rounded - cells[i] <= (rule.hide_to + 1) / 2 && cells[i] - rounded <= (rule.hide_to + 1) / 2);
	}
	return 0;
}
