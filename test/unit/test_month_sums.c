/* Dense sums: merging, rolling up, overflow. */
#include "tap.h"

#include "stats/month_sums.h"

int
main(void)
{
	int64_t		to[3] = {1, 2, 3};
	int64_t		from[3] = {10, -20, 30};
	int64_t		high[2] = {1, INT64_MAX};
	int64_t		low[2] = {0, INT64_MIN};
	int64_t		values[5] = {1, 2, 4, 8, 16};
	int32_t		parent[5] = {2, 1, MO_NO_PARENT, 2, 2};
	int64_t		rolled[3] = {0, 100, 7};
	int64_t		one = 1;

	ok(mo_month_sums_merge(to, from, 3) && to[0] == 11 && to[1] == -18 && to[2] == 33, "merged element by element");
	ok(mo_month_sums_merge(to, from, 0) && to[0] == 11, "nothing to merge");
	ok(!mo_month_sums_merge(to, high, 2) || to[1] == INT64_MAX - 18, "what fits is added");
	to[1] = 1;
	ok(!mo_month_sums_merge(to, high, 2) && to[1] == 1, "overflow is told, the sum stays");
	to[1] = -1;
	ok(!mo_month_sums_merge(to, low, 2), "overflow below is told");
	ok(mo_month_sums_roll_up(rolled, values, parent, 5) && rolled[0] == 2 && rolled[1] == 125 && rolled[2] == 7,
	   "rolled up, on top of what is there, without the place that has no parent");
	rolled[1] = INT64_MAX;
	ok(!mo_month_sums_roll_up(rolled, values, parent, 5) && rolled[1] == INT64_MAX, "overflow of a roll-up is told");
	ok(mo_month_sums_add(&one, INT64_MAX - 1) && one == INT64_MAX, "added up to the greatest number");
	ok(!mo_month_sums_add(&one, 1), "and not beyond");
	return done();
}
