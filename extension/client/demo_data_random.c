/*
 * Random numbers and the calendar, in whole numbers only.
 *
 * splitmix64: Steele, Lea and Flood, "Fast splittable pseudorandom number generators" (2014).
 * Days and dates: Howard Hinnant, "chrono-compatible low-level date algorithms".
 */
#include "demo_data.h"

uint64_t
dd_next(dd_rng *rng)
{
	uint64_t	z = (rng->state += UINT64_C(0x9E3779B97F4A7C15));

	z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
	return z ^ (z >> 31);
}

dd_rng
dd_random(uint64_t seed, int subject, int64_t a, int64_t b)
{
	dd_rng		rng = {seed};

	rng.state = dd_next(&rng) ^ ((uint64_t) subject << 56);
	rng.state = dd_next(&rng) ^ (uint64_t) a;
	rng.state = dd_next(&rng) ^ (uint64_t) b;
	dd_next(&rng);
	return rng;
}

/* 0 .. limit - 1; the bias of a multiplication by a 32-bit number does not matter here. */
uint32_t
dd_below(dd_rng *rng, uint32_t limit)
{
	return (uint32_t) (((dd_next(rng) >> 32) * limit) >> 32);
}

int
dd_between(dd_rng *rng, int low, int high)
{
	return low + (int) dd_below(rng, (uint32_t) (high - low + 1));
}

int
dd_chance(dd_rng *rng, int permille)
{
	return (int) dd_below(rng, 1000) < permille;
}

/* The sum of eight uniform numbers of 16 bits: variance 8/12 of 65536 squared, scaled to 1024. */
int32_t
dd_bell(dd_rng *rng)
{
	int64_t		sum = 0;

	for (int i = 0; i < 2; i++)
	{
		uint64_t	bits = dd_next(rng);

		sum += (int64_t) (bits & 0xFFFF) + (int64_t) (bits >> 16 & 0xFFFF) +
			(int64_t) (bits >> 32 & 0xFFFF) + (int64_t) (bits >> 48);
	}
	return (int32_t) ((sum - 4 * 65535) * 1024 / 53510);
}

/*
 * A count with the mean given in thousandths. Below 8 as the sum of 64 draws (a binomial count,
 * near enough), above with the bell.
 */
int
dd_poisson(dd_rng *rng, int mean_permille)
{
	if (mean_permille < 8000)
	{
		int			count = 0;

		for (int i = 0; i < 64; i++)
			count += dd_below(rng, 64000) < (uint32_t) mean_permille;
		return count;
	}
	else
	{
		int64_t		root = 1;
		int64_t		count;

		while ((root + 1) * (root + 1) <= (int64_t) mean_permille * 1000)
			root++;
		count = (mean_permille * INT64_C(1024) + dd_bell(rng) * root + 512000) / 1024000;
		return count < 0 ? 0 : (int) count;
	}
}

int32_t
dd_day(int year, int month, int day)
{
	int			y = year - (month <= 2);
	int			era = y / 400;
	int			year_of_era = y - era * 400;
	int			day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
	int			day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

	return era * 146097 + day_of_era - 719468;
}

dd_date
dd_civil(int32_t day)
{
	int			z = day + 719468;
	int			era = z / 146097;
	int			of_era = z - era * 146097;
	int			year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int			of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int			shifted = (5 * of_year + 2) / 153;
	dd_date		date;

	date.day = of_year - (153 * shifted + 2) / 5 + 1;
	date.month = shifted < 10 ? shifted + 3 : shifted - 9;
	date.year = year_of_era + era * 400 + (date.month <= 2);
	return date;
}

int32_t
dd_month_first(int32_t month)
{
	return dd_day(month / 12, month % 12 + 1, 1);
}

int32_t
dd_month_of(int32_t day)
{
	dd_date		date = dd_civil(day);

	return date.year * 12 + date.month - 1;
}

int
dd_weekday(int32_t day)
{
	return (int) ((day % 7 + 7 + 3) % 7);
}
