/* Rolling attainment against a day-by-day count, for 1, 2 and 3 words of months, dense and sparse patient numbers. */
#include "tap.h"

#include "counted_memory.h"
#include "stats/cohort_attainment.h"
#include "stats/nhs_calendar.h"

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
	counted_release(NULL, run.narrow);
	counted_release(NULL, run.narrow_spells);
}

/* margin: how many months more than needed the maps cover on either side */
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

int
main(void)
{
	spell_order();
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
	attainment_is_right(281, 24, 12, 1, 0);	/* from July on: 31 January is day 214 */
	attainment_is_right(243, 181, 12, 1, 0);	/* 192 months */
	return done();
}
