/* Rolling attainment against a day-by-day count, for 1, 2 and 3 words of months, dense and sparse patient numbers; memory a patient. */
#include "tap.h"

#include "stats/cohort_attainment.h"
#include "stats/nhs_calendar.h"

static size_t bytes_held;

static void *
counted_allocate(void *context, size_t size)
{
	size_t	   *block = calloc(1, size + sizeof(size_t));

	(void) context;
	*block = size;
	bytes_held += size;
	return block + 1;
}

static void
counted_release(void *context, void *block)
{
	(void) context;
	bytes_held -= ((size_t *) block)[-1];
	free((size_t *) block - 1);
}

static const mo_memory memory = {counted_allocate, counted_release, NULL};

static uint64_t random_state = 42;

static uint32_t
random_below(uint32_t n)
{
	random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t) (((random_state >> 32) * n) >> 32);
}

static void
free_map(mo_patient_months *map)
{
	for (size_t i = 0; i < map->directory; i++)
		if (map->pages[i] != NULL)
			counted_release(NULL, map->pages[i]);
	if (map->pages != NULL)
		counted_release(NULL, map->pages);
	if (map->keys != NULL)
	{
		counted_release(NULL, map->keys);
		counted_release(NULL, map->hashed);
	}
	if (map->sets != NULL)
		counted_release(NULL, map->sets);
	if (map->bit_of_day != NULL)
		counted_release(NULL, map->bit_of_day);
}

static size_t
add_copy(mo_patient_months *map, int64_t month, const int32_t *patients, size_t n)
{
	int32_t    *copy = counted_allocate(NULL, sizeof(int32_t) * n + 1);
	size_t		bad;

	memcpy(copy, patients, sizeof(int32_t) * n);
	bad = mo_patient_months_add_set(map, month, copy, n, copy);
	if (bad < n)
		counted_release(NULL, copy);
	return bad;
}

static mo_month_bits
pack(const mo_patient_months *map)
{
	int32_t    *ids = malloc(sizeof(int32_t) * map->patients + 1);
	uint64_t   *bits = malloc(sizeof(uint64_t) * map->patients * map->words + 1);
	mo_month_bits packed = {map->first_month, map->months, map->words, map->patients, ids, bits};

	mo_patient_months_pack(map, ids, bits);
	return packed;
}

static void
free_packed(const mo_month_bits *packed)
{
	free((void *) packed->ids);
	free((void *) packed->bits);
}

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

/* ------------------------------------------------ the day-by-day count of one question */

#define PATIENTS 400
#define ORGANISATIONS 7
#define PER_PATIENT 4

typedef struct world
{
	int			scale;			/* patient numbers are multiples of it */
	int32_t		event[PATIENTS][PER_PATIENT];
	int32_t		cohort[PATIENTS][2][2];
	mo_spell	spells[PATIENTS * 3];
} world;

static void
make_world(world *w, int32_t first_day, uint32_t days, int scale)
{
	w->scale = scale;
	for (int p = 0; p < PATIENTS; p++)
	{
		for (int e = 0; e < PER_PATIENT; e++)
			w->event[p][e] = first_day + (int32_t) random_below(days);
		for (int c = 0; c < 2; c++)
		{
			w->cohort[p][c][0] = first_day + (int32_t) random_below(days);
			w->cohort[p][c][1] = random_below(3) == 0 ? INT32_MAX : w->cohort[p][c][0] + 1 + (int32_t) random_below(days / 2);
		}
		for (int s = 0; s < 3; s++)
		{
			mo_spell   *spell = &w->spells[3 * p + s];

			spell->patient = (p + 1) * scale;
			spell->organisation = (int32_t) random_below(ORGANISATIONS) - 3;
			spell->from = random_below(6) == 0 ? INT32_MIN : first_day + (int32_t) random_below(days);
			if (random_below(2) == 0 && spell->from != INT32_MIN)	/* month ends and beginnings more often than chance has it */
				spell->from = (int32_t) mo_month_end(spell->from) + (int32_t) random_below(2);
			spell->to = random_below(4) == 0 ? INT32_MAX : (int32_t) mo_month_end(first_day + (int32_t) random_below(days)) + (int32_t) random_below(3) - 1;
			if (spell->to <= spell->from)
				spell->to = INT32_MAX;
		}
	}
}

/* The organisation patient p counts at on a day, or INT32_MAX. */
static int32_t
registered_at(const world *w, int p, int32_t day)
{
	const mo_spell *best = NULL;

	for (int s = 0; s < PATIENTS * 3; s++)
	{
		const mo_spell *spell = &w->spells[s];

		if (spell->patient != (p + 1) * w->scale || spell->from > day || day >= spell->to)
			continue;
		if (best == NULL || spell->from > best->from || (spell->from == best->from && spell->organisation < best->organisation))
			best = spell;
	}
	return best == NULL ? INT32_MAX : best->organisation;
}

static bool
event_between(const world *w, int p, int64_t from, int64_t to)
{
	for (int e = 0; e < PER_PATIENT; e++)
		if (w->event[p][e] >= from && w->event[p][e] <= to)
			return true;
	return false;
}

static void
count_by_days(const world *w, int month, int window, int32_t counts[ORGANISATIONS][MO_MEASURES])
{
	int64_t		begin = mo_days_from_civil(2000 + month / 12, month % 12 + 1, 1);
	int64_t		end = mo_month_end(begin);
	int64_t		window_begin = mo_days_from_civil(2000 + (month - window + 1) / 12, (month - window + 1) % 12 + 1, 1);

	memset(counts, 0, sizeof(int32_t) * ORGANISATIONS * MO_MEASURES);
	for (int p = 0; p < PATIENTS; p++)
	{
		int32_t		organisation = registered_at(w, p, (int32_t) end);
		bool		in_cohort = false;

		for (int c = 0; c < 2; c++)
			in_cohort |= w->cohort[p][c][0] <= end && end < w->cohort[p][c][1];
		if (!in_cohort || organisation == INT32_MAX)
			continue;
		counts[organisation + 3][MO_COHORT]++;
		counts[organisation + 3][MO_ATTAINED] += event_between(w, p, window_begin, end);
		counts[organisation + 3][MO_ATTAINED_YEAR_TO_DATE] += event_between(w, p, mo_financial_year_start(end), end);
		counts[organisation + 3][MO_ATTAINED_IN_MONTH] += event_between(w, p, begin, end);
	}
}

static void
fill_maps(const world *w, mo_patient_months *events, mo_patient_months *cohort)
{
	for (int p = 0; p < PATIENTS; p++)
	{
		for (int e = 0; e < PER_PATIENT; e++)
			mo_patient_months_add(events, (p + 1) * w->scale, mo_month_index(w->event[p][e]));
		for (int c = 0; c < 2; c++)
			mo_patient_months_add_range(cohort, (p + 1) * w->scale, mo_month_index(w->cohort[p][c][0]), mo_month_index(w->cohort[p][c][1]));
	}
}

static int
cells_that_differ(const world *w, const mo_attainment *run)
{
	int			differ = 0;

	for (int month = run->from_month; month <= run->to_month; month++)
	{
		int32_t		expected[ORGANISATIONS][MO_MEASURES];

		count_by_days(w, month, run->window, expected);
		for (size_t o = 0; o < run->organisation_count; o++)
			for (mo_measure m = MO_COHORT; m < MO_MEASURES; m++)
				differ += *mo_attainment_cell(run, o, m, month - run->from_month) != expected[run->organisations[o] + 3][m];
	}
	return differ;
}

/* margin: how many months more than needed the maps cover on either side */
/* The run's cells against the count by days; from the maps where they are given. */
static void
count_and_check(const world *w, mo_attainment run, const mo_patient_months *events, const mo_patient_months *cohort, const char *what)
{
	run.events.map = events;
	run.cohort.map = cohort;
	mo_attainment_start(&run, memory);
	while (mo_attainment_step(&run, 100))
		;
	ok(cells_that_differ(w, &run) == 0, "%d months from %d, window %d, %d words, %s: equal to the count by days",
	   run.to_month - run.from_month + 1, run.from_month, run.window, run.words, what);
	counted_release(NULL, run.organisations);
	counted_release(NULL, run.table);
	counted_release(NULL, run.counts);
}

static void
attainment_is_right(int from_month, int months, int window, int scale, int margin)
{
	static world w;
	static mo_spell scratch[PATIENTS * 3];
	mo_attainment run = {0};
	mo_patient_months events;
	mo_patient_months cohort;
	int			back = from_month - mo_attainment_looks_back_to(from_month, window);

	make_world(&w, (int32_t) mo_days_from_civil(2000 + (from_month - back) / 12 - 1, 3, 15), (uint32_t) (months + back + 14) * 31, scale);
	mo_patient_months_start(&events, memory, from_month - back - margin, months + back + 2 * margin);
	mo_patient_months_start(&cohort, memory, from_month - margin, months + margin);
	fill_maps(&w, &events, &cohort);
	mo_patient_months_settle(&events);
	run.from_month = from_month;
	run.to_month = from_month + months - 1;
	run.window = window;
	run.events.packed = pack(&events);
	run.cohort.packed = pack(&cohort);
	run.spell_count = mo_spells_sort(w.spells, PATIENTS * 3, scratch);
	run.spells = w.spells;
	ok(mo_spells_fault(w.spells, run.spell_count) == NULL, "spells are in order");
	count_and_check(&w, run, NULL, NULL, "packed");
	count_and_check(&w, run, &events, &cohort, "not packed");
	free_packed(&run.events.packed);
	free_packed(&run.cohort.packed);
	free_map(&events);
	free_map(&cohort);
	ok(bytes_held == 0, "all memory was given back");
}

static void
spell_order(void)
{
	enum {N = 5000};
	static mo_spell spells[N];
	static mo_spell copy[N];
	static mo_spell scratch[N];
	size_t		n;
	int			good = 1;

	for (int i = 0; i < N; i++)
	{
		mo_spell	spell = {1 + (int32_t) random_below(i % 2 ? INT32_MAX - 1 : 40), (int32_t) random_below(3), (int32_t) random_below(9), 20};

		spells[i] = copy[i] = spell;
	}
	n = mo_spells_sort(spells, N, scratch);
	qsort(copy, N, sizeof(mo_spell), mo_spell_compare);
	for (size_t i = 0, k = 0; i < N; i++)
		if (i == 0 || mo_spell_compare(&copy[i], &copy[i - 1]) != 0)
			good &= k < n && mo_spell_compare(&copy[i], &spells[k++]) == 0;
	ok(good && n < N, "spells sorted as qsort does, repetitions dropped");
	ok(mo_spells_sort(spells, n, scratch) == n && mo_spells_sort(spells, 0, scratch) == 0, "sorted and empty input stay so");
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

int
main(void)
{
	days_are_months(291, 1);
	days_are_months(-13, 48);
	days_are_months(290, 192);
	memory_bounds();
	spell_order();
	sets_and_faults();
	many_sets();
	attainment_is_right(279, 36, 12, 1, 0);
	attainment_is_right(279, 36, 12, 1, 7);
	attainment_is_right(280, 1, 12, 100003, 0);
	attainment_is_right(290, 1, 1, 1, 0);
	attainment_is_right(285, 53, 12, 3, 0);	/* 64 months with April's look-back */
	attainment_is_right(285, 54, 12, 3, 1);
	attainment_is_right(243, 120, 12, 1, 5);
	attainment_is_right(243, 117, 12, 1, 0);	/* 128 months */
	attainment_is_right(250, 24, 37, 77, 3);
	attainment_is_right(250, 100, 90, 1, 0);
	attainment_is_right(243, 181, 12, 1, 0);	/* 192 months */
	return done();
}
