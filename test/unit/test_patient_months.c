/* Months of patients as bits: memory a patient; months, sets and days added give the same map; what is wrong with packed bytes. */
#include "tap.h"

#include "counted_memory.h"
#include "stats/nhs_calendar.h"

/* Distinct patients by number(i) into a map; how many bytes each, whether the packed form is sound and as many. */
static void
memory_for(uint32_t (*number) (uint32_t i), uint32_t n, int months, const char *what)
{
	mo_patient_months map;
	mo_month_bits packed;

	mo_patient_months_start(&map, memory, 0, months);
	for (uint32_t i = 0; i < n; i++)
		mo_patient_months_add(&map, (int32_t) number(i), random_below((uint32_t) months));
	mo_patient_months_settle(&map);
	ok(bytes_held <= 64 * map.patients + 65536, "%s: %zu bytes for each of %zu patients", what, bytes_held / map.patients, map.patients);
	packed = pack(&map);
	ok(mo_month_bits_fault(&packed) == NULL && packed.patients == map.patients, "%s: packed in order", what);
	free_packed(&packed);
	free_map(&map);
	ok(bytes_held == 0, "%s: all memory was given back", what);
}

static uint32_t ascending(uint32_t i) { return i + 1; }
static uint32_t shuffled(uint32_t i) { return (i * UINT32_C(7919)) % 300007 + 1; }
static uint32_t scattered(uint32_t i) { (void) i; return random_below(INT32_MAX) + 1; }
static uint32_t one_in_five(uint32_t i) { return i * 5 + 1; }
static uint32_t dense_then_scattered(uint32_t i) { return i < 20000 ? i + 1 : scattered(i); }
static uint32_t outlier(uint32_t i) { return i == 0 ? INT32_MAX : i; }

static void
memory_bounds(void)
{
	memory_for(ascending, 200000, 64, "ascending numbers");
	memory_for(shuffled, 200000, 48, "numbers in no order");
	memory_for(scattered, 200000, 48, "numbers all over the range");
	memory_for(scattered, 200000, 192, "numbers all over the range, 3 words");
	memory_for(ascending, 200000, 192, "ascending numbers, 3 words");
	memory_for(one_in_five, 200000, 48, "every fifth number");
	memory_for(dense_then_scattered, 100000, 48, "dense, then scattered");
	memory_for(outlier, 100000, 48, "the greatest number among small ones");
}

static void
sets_and_faults(void)
{
	mo_patient_months map;
	int32_t		set[] = {5, 3, 5, 2147483647};
	int32_t		bad[] = {1, 0};
	int32_t		wide[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
	int32_t		ids[] = {1, 2};
	uint64_t	bits[] = {1, 2};
	mo_month_bits packed = {0, 12, 1, 2, ids, bits};

	mo_patient_months_start(&map, memory, 0, 12);
	is_int((long long) add_copy(&map, 3, set, 4), 4, "a set in any order, with repetitions");
	mo_patient_months_settle(&map);
	is_int((long long) map.patients, 3, "three distinct patients");
	is_int((long long) add_copy(&map, 3, bad, 2), 1, "a number below 1 is pointed at");
	is_int((long long) add_copy(&map, 3, wide, 19), 9, "a 0 among many");
	wide[9] = INT32_MIN;
	is_int((long long) add_copy(&map, 3, wide, 19), 9, "the least number among many");
	wide[9] = 1;
	wide[18] = -1;
	is_int((long long) add_copy(&map, 3, wide, 19), 18, "a number below 1 at the end");
	is_int((long long) add_copy(&map, 12, set, 4), 4, "a month outside is left out");
	is_int((long long) add_copy(&map, 3, set, 0), 0, "an empty set");
	mo_patient_months_settle(&map);
	is_int((long long) map.patients, 3, "still three");
	free_map(&map);
	ok(mo_month_bits_fault(&packed) == NULL, "sound");
	bits[1] = 1 << 12;
	ok(mo_month_bits_fault(&packed) != NULL, "a bit outside the months is noticed");
	bits[1] = 0;
	ok(mo_month_bits_fault(&packed) != NULL, "a patient without months is noticed");
	bits[1] = 1;
	ids[1] = 1;
	ok(mo_month_bits_fault(&packed) != NULL, "a patient twice is noticed");
	ids[0] = 0;
	ok(mo_month_bits_fault(&packed) != NULL, "patient 0 is noticed");
}

static int
compare_numbers(const void *a, const void *b)
{
	return *(const int32_t *) a < *(const int32_t *) b ? -1 : 1;
}

/* Sets of patients by number(i), in order or not, give the same map as their patients one by one, and hold no more memory. */
static void
sets_are_rows(uint32_t (*number) (uint32_t i), int sets, uint32_t n, int months, bool sorted, const char *what)
{
	mo_patient_months by_sets;
	mo_patient_months by_rows;
	mo_month_bits packed[2];
	int32_t    *set = malloc(sizeof(int32_t) * n);
	bool		found = true;

	mo_patient_months_start(&by_sets, memory, 100, months);
	mo_patient_months_start(&by_rows, memory, 100, months);
	for (int k = 0; k < sets; k++)
	{
		size_t		size = random_below(n) + 1;

		for (size_t i = 0; i < size; i++)
			set[i] = (int32_t) number(random_below(n));
		if (sorted)
			qsort(set, size, sizeof(int32_t), compare_numbers);
		add_copy(&by_sets, 100 + k * 7 % months, set, size);
		for (size_t i = 0; i < size; i++)
			mo_patient_months_add(&by_rows, set[i], 100 + k * 7 % months);
	}
	ok(by_sets.set_patients * sizeof(int32_t) <= (1 << 20) + 24 * (by_sets.patients + n), "%s: what waits is bounded", what);
	mo_patient_months_settle(&by_sets);
	mo_patient_months_settle(&by_rows);
	packed[0] = pack(&by_sets);
	packed[1] = pack(&by_rows);
	ok(packed[0].patients == packed[1].patients &&
	   memcmp(packed[0].ids, packed[1].ids, sizeof(int32_t) * packed[0].patients) == 0 &&
	   memcmp(packed[0].bits, packed[1].bits, sizeof(uint64_t) * packed[0].patients * packed[0].words) == 0,
	   "%s: the same as one by one", what);
	for (size_t i = 0; i < packed[0].patients; i++)
	{
		const uint64_t *words = mo_patient_months_find(&by_sets, packed[0].ids[i]);

		found &= words != NULL && memcmp(words, &packed[0].bits[i * packed[0].words], sizeof(uint64_t) * packed[0].words) == 0;
	}
	ok(found && mo_patient_months_find(&by_sets, INT32_MAX) == NULL, "%s: every patient is found", what);
	free_packed(&packed[0]);
	free_packed(&packed[1]);
	free_map(&by_sets);
	free_map(&by_rows);
	free(set);
	ok(bytes_held == 0, "%s: all memory was given back", what);
}

static uint32_t thinning(uint32_t i) { return i < 9000 ? i + 1 : i * UINT32_C(97003) % 2000000000 + 1; }

static void
many_sets(void)
{
	sets_are_rows(ascending, 300, 3000, 48, true, "more sets than wait at once");
	sets_are_rows(ascending, 60, 100000, 48, true, "large sets");
	sets_are_rows(ascending, 20, 100000, 48, false, "large sets in no order");
	sets_are_rows(ascending, 12, 100000, 150, true, "large sets of 3 words");
	sets_are_rows(one_in_five, 20, 60000, 64, true, "every fifth patient");
	sets_are_rows(thinning, 20, 60000, 64, true, "sets that leave pages");
	sets_are_rows(thinning, 20, 60000, 64, false, "sets in no order that leave pages");
	sets_are_rows(thinning, 8, 10, 2, true, "small sets");
}

/* Sets as bits, some longer than others, give the same map as their patients one by one. */
static void
bits_are_rows(uint32_t (*number) (uint32_t i), int sets, uint32_t n, int months, const char *what)
{
	mo_patient_months by_bits;
	mo_patient_months by_rows;
	mo_month_bits packed[2];

	mo_patient_months_start(&by_bits, memory, 100, months);
	mo_patient_months_start(&by_rows, memory, 100, months);
	for (int k = 0; k < sets; k++)
	{
		uint32_t	most = random_below(n) + 1;
		size_t		bytes = number(n - 1) / 8 + random_below(20) + 1;	/* not a multiple of 8 */
		unsigned char *bits = counted_allocate(NULL, bytes);
		int			month = 100 + k * 7 % months;

		for (uint32_t i = 0; i < most / 3 + 1; i++)
		{
			int32_t		patient = (int32_t) number(random_below(most));

			mo_patient_bits_set(bits, &patient, 1);
			mo_patient_months_add(&by_rows, patient, month);
		}
		if (!mo_patient_months_add_bits(&by_bits, month, bits, bytes, bits))
			ok(false, "%s: a set is refused", what);
	}
	mo_patient_months_settle(&by_bits);
	mo_patient_months_settle(&by_rows);
	packed[0] = pack(&by_bits);
	packed[1] = pack(&by_rows);
	ok(packed[0].patients == packed[1].patients &&
	   memcmp(packed[0].ids, packed[1].ids, sizeof(int32_t) * packed[0].patients) == 0 &&
	   memcmp(packed[0].bits, packed[1].bits, sizeof(uint64_t) * packed[0].patients * packed[0].words) == 0,
	   "%s: the same as one by one", what);
	free_packed(&packed[0]);
	free_packed(&packed[1]);
	free_map(&by_bits);
	free_map(&by_rows);
	ok(bytes_held == 0, "%s: all memory was given back", what);
}

static uint32_t one_in_500(uint32_t i) { return i * 500 + 1; }
static uint32_t dense_then_thin(uint32_t i) { return i < 9000 ? i + 1 : i * 400; }

static void
many_bits(void)
{
	mo_patient_months map;
	unsigned char *bits = counted_allocate(NULL, 3);

	mo_patient_months_start(&map, memory, 0, 12);
	bits[0] = 1;
	ok(!mo_patient_months_add_bits(&map, 3, bits, 3, bits), "patient 0 is refused");
	ok(!mo_patient_months_add_bits(&map, 3, bits, MO_BYTES_OF_PATIENTS + 1, bits), "more bytes than patient numbers have are refused");
	bits[0] = 0;
	ok(mo_patient_months_add_bits(&map, 12, bits, 3, bits), "a month outside is left out");
	bits = counted_allocate(NULL, 1);
	ok(mo_patient_months_add_bits(&map, 3, bits, 0, bits) && bytes_held == 0, "so is an empty set");
	free_map(&map);
	bits_are_rows(ascending, 100, 20000, 48, "dense bits");
	bits_are_rows(ascending, 200, 5000, 150, "bits, 3 words");
	bits_are_rows(one_in_five, 48, 60000, 64, "bits of every fifth patient");
	bits_are_rows(one_in_500, 20, 20000, 36, "thin bits");
	bits_are_rows(dense_then_thin, 20, 20000, 36, "dense bits, then thin ones");
	bits_are_rows(ascending, 5, 20, 36, "few bits");
}

/* Every day of some years about the months, twice: before and after there is a table of days. */
static void
days_are_months(int first_month, int months)
{
	mo_patient_months by_days;
	mo_patient_months by_months;
	mo_month_bits packed[2];
	int64_t		middle = mo_days_from_civil(2000 + first_month / 12, 6, 15);

	mo_patient_months_start(&by_days, memory, first_month, months);
	mo_patient_months_start(&by_months, memory, first_month, months);
	for (int round = 0; round < 2; round++)
		for (int64_t day = middle - 5000; day < middle + 5000; day++)
		{
			int32_t		patient = (int32_t) (day - middle) + 10000 * (round + 1);

			mo_patient_months_add_day(&by_days, patient, day);
			mo_patient_months_add(&by_months, patient, mo_month_index(day));
		}
	mo_patient_months_add_day(&by_days, 1, INT32_MIN + 1);
	mo_patient_months_add_day(&by_days, 1, INT32_MAX - 1);
	mo_patient_months_settle(&by_days);
	mo_patient_months_settle(&by_months);
	packed[0] = pack(&by_days);
	packed[1] = pack(&by_months);
	ok(packed[0].patients == packed[1].patients && packed[0].patients > 0 &&
	   memcmp(packed[0].ids, packed[1].ids, sizeof(int32_t) * packed[0].patients) == 0 &&
	   memcmp(packed[0].bits, packed[1].bits, sizeof(uint64_t) * packed[0].patients * packed[0].words) == 0,
	   "days in %d months from %d", months, first_month);
	free_packed(&packed[0]);
	free_packed(&packed[1]);
	free_map(&by_days);
	free_map(&by_months);
}

/* Two maps over patients in common, merged in either direction, are the map of all. */
static void
merged_is_all(uint32_t (*number) (uint32_t i), uint32_t n, int months, const char *what)
{
	mo_patient_months map[3];
	mo_month_bits packed[3];

	for (int k = 0; k < 3; k++)
		mo_patient_months_start(&map[k], memory, 0, months);
	for (uint32_t i = 0; i < n; i++)
		for (int k = 0; k < 2; k++)
		{
			int32_t		patient = (int32_t) number(random_below(n));
			int			month = (int) random_below((uint32_t) months);

			mo_patient_months_add(&map[k], patient, month);
			mo_patient_months_add(&map[2], patient, month);
		}
	for (int k = 0; k < 3; k++)
	{
		mo_patient_months_settle(&map[k]);
		packed[k] = pack(&map[k]);
	}
	for (int k = 0; k < 2; k++)
	{
		mo_month_bits merged;

		mo_patient_months_merge(&map[k], &packed[1 - k]);
		merged = pack(&map[k]);
		ok(merged.patients == packed[2].patients && memcmp(merged.ids, packed[2].ids, sizeof(int32_t) * merged.patients) == 0 &&
		   memcmp(merged.bits, packed[2].bits, sizeof(uint64_t) * merged.patients * merged.words) == 0, "%s: merged", what);
		free_packed(&merged);
	}
	for (int k = 0; k < 3; k++)
	{
		free_packed(&packed[k]);
		free_map(&map[k]);
	}
	ok(bytes_held == 0, "%s: all memory was given back", what);
}

/* The months of one map that another does not have, in both of its forms. */
static void
without_others(uint32_t n, int months)
{
	mo_patient_months map[2];
	mo_month_bits packed[2];
	int32_t    *ids = calloc(n, sizeof(int32_t));
	uint64_t   *bits = calloc((size_t) n * 3, sizeof(uint64_t));
	bool		same = true;
	size_t		left = 0;

	for (int k = 0; k < 2; k++)
	{
		mo_patient_months_start(&map[k], memory, 0, months);
		for (uint32_t i = 0; i < n; i++)
			mo_patient_months_add(&map[k], (int32_t) (1 + random_below(n)), (int) random_below((uint32_t) months));
		mo_patient_months_settle(&map[k]);
		packed[k] = pack(&map[k]);
	}
	for (int form = 0; form < 2; form++)
	{
		mo_months_reader others = {form == 0 ? &map[1] : NULL, packed[1], 0};

		left = mo_month_bits_without(&packed[0], others, ids, bits);
		same = same && left == mo_month_bits_without(&packed[0], others, NULL, NULL);
		for (size_t i = 0, found = 0; i < packed[0].patients; i++)
		{
			const uint64_t *other = mo_patient_months_find(&map[1], packed[0].ids[i]);
			uint64_t	any = 0;

			for (int w = 0; w < packed[0].words; w++)
			{
				uint64_t	expected = packed[0].bits[i * packed[0].words + w] & ~(other == NULL ? 0 : other[w]);

				any |= expected;
				if (found < left && ids[found] == packed[0].ids[i])
					same = same && bits[found * packed[0].words + w] == expected;
			}
			same = same && (any != 0) == (found < left && ids[found] == packed[0].ids[i]);
			found += any != 0;
		}
	}
	ok(same && left > 0 && left < packed[0].patients, "%d months without those of others: %zu of %zu patients", months, left, packed[0].patients);
	for (int k = 0; k < 2; k++)
	{
		free_packed(&packed[k]);
		free_map(&map[k]);
	}
	free(ids);
	free(bits);
}

int
main(void)
{
	without_others(3000, 7);
	without_others(6000, 130);
	merged_is_all(ascending, 30000, 48, "dense patients");
	merged_is_all(ascending, 30000, 100, "dense patients, 2 words");
	merged_is_all(thinning, 30000, 48, "patients that leave pages");
	merged_is_all(one_in_five, 3000, 48, "few patients");
	days_are_months(291, 1);
	days_are_months(-13, 48);
	days_are_months(290, 192);
	memory_bounds();
	sets_and_faults();
	many_sets();
	many_bits();
	return done();
}
