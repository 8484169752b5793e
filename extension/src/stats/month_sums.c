#include "month_sums.h"

bool
mo_month_sums_merge(int64_t *to, const int64_t *from, size_t n)
{
	for (size_t i = 0; i < n; i++)
	{
		int64_t		sum;

		if (__builtin_add_overflow(to[i], from[i], &sum))
			return false;
		to[i] = sum;
	}
	return true;
}

bool
mo_month_sums_roll_up(int64_t *to, const int64_t *values, const int32_t *parent, size_t n)
{
	for (size_t i = 0; i < n; i++)
	{
		int64_t		sum;

		if (parent[i] == MO_NO_PARENT)
			continue;
		if (__builtin_add_overflow(to[parent[i] - 1], values[i], &sum))
			return false;
		to[parent[i] - 1] = sum;
	}
	return true;
}
