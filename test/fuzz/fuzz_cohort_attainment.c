/* A few patients of any bytes: every cell of the rolling attainment equals a count patient by patient and month by month. */
#include "fuzz.h"
#include "patient_memory.h"
#include "stats/cohort_attainment.h"
#include "stats/nhs_calendar.h"

#define PATIENTS 6
#define MOST 24

typedef struct fact
{
	int32_t		patient;
	int64_t		from;			/* months of an event (from only) or of a cohort spell */
	int64_t		to;
} fact;

typedef struct world
{
	fact		event[MOST];
	fact		member[MOST];
	mo_spell	spell[MOST];
	int			n;
	size_t		spells;
} world;

/* The organisation that a patient is counted at on a day, if any: the spells are in their order. */
static const mo_spell *
registered(const world *w, int32_t patient, int64_t day)
{
	for (size_t i = 0; i < w->spells; i++)
		if (w->spell[i].patient == patient && w->spell[i].from <= day && day < w->spell[i].to)
			return &w->spell[i];
	return NULL;
}

static bool
event_in(const world *w, int32_t patient, int from, int to)
{
	for (int i = 0; i < w->n; i++)
		if (w->event[i].patient == patient && w->event[i].from >= from && w->event[i].from <= to)
			return true;
	return false;
}

static bool
in_cohort(const world *w, int32_t patient, int month)
{
	for (int i = 0; i < w->n; i++)
		if (w->member[i].patient == patient && w->member[i].from <= month && month < w->member[i].to)
			return true;
	return false;
}

static void
check_month(const world *w, const mo_attainment *run, int month)
{
	int64_t		end = mo_days_from_civil(2000 + (month + 1) / 12, (month + 1) % 12 + 1, 1) - 1;
	int			april = (int) mo_month_index(mo_financial_year_start(end));

	for (size_t o = 0; o < run->organisation_count; o++)
	{
		int32_t		expected[MO_MEASURES] = {0};

		for (int32_t patient = 1; patient <= PATIENTS; patient++)
		{
			const mo_spell *spell = registered(w, patient, end);

			if (spell == NULL || spell->organisation != run->organisations[o] || !(run->everyone || in_cohort(w, patient, month)))
				continue;
			expected[MO_COHORT]++;
			expected[MO_ATTAINED] += event_in(w, patient, month - run->window + 1, month);
			expected[MO_ATTAINED_YEAR_TO_DATE] += event_in(w, patient, april, month);
			expected[MO_ATTAINED_IN_MONTH] += event_in(w, patient, month, month);
		}
		for (mo_measure measure = MO_COHORT; measure < MO_MEASURES; measure++)
			FUZZ_CHECK(*mo_attainment_cell(run, o, measure, month - run->from_month) == expected[measure]);
	}
}

static int32_t
some_patient(fuzz_input *in)
{
	uint8_t		byte;

	fuzz_take(in, &byte, 1);
	return byte % PATIENTS + 1;
}

/* Facts near the reporting months, spells at month ends more often than not. */
static void
make_world(fuzz_input *in, world *w, int first, int span, mo_patient_months *events, mo_patient_months *cohort)
{
	for (w->n = 0; in->left > 0 && w->n < MOST; w->n++)
	{
		fact	   *event = &w->event[w->n];
		fact	   *member = &w->member[w->n];
		mo_spell   *spell = &w->spell[w->spells];

		*event = (fact) {some_patient(in), first + fuzz_int32(in) % span, 0};
		*member = (fact) {some_patient(in), first + fuzz_int32(in) % span, first + fuzz_int32(in) % span};
		mo_patient_months_add(events, event->patient, event->from);
		mo_patient_months_add_range(cohort, member->patient, member->from, member->to);
		spell->patient = some_patient(in);
		spell->organisation = fuzz_int32(in) % 3;
		spell->from = (int32_t) mo_month_end(first * 30 + fuzz_int32(in) % (31 * span)) + spell->organisation;
		spell->to = w->n % 5 == 0 ? INT32_MAX : (int32_t) mo_month_end(first * 30 + fuzz_int32(in) % (31 * span)) + w->n % 2;
		if (w->n % 7 == 0)
			spell->from = INT32_MIN;
		w->spells += spell->from < spell->to;
	}
}

static void
count(world *w, mo_attainment *run)
{
	mo_attainment_start(run, fuzz_memory);
	while (mo_attainment_step(run, 2))
		;
	for (int month = run->from_month; month <= run->to_month; month++)
		check_month(w, run, month);
	free(run->organisations);
	free(run->table);
	free(run->counts);
	free(run->narrow);
	free(run->narrow_spells);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_input	in = {data, size};
	world		w = {0};
	mo_spell	scratch[MOST];
	mo_patient_months events;
	mo_patient_months cohort;
	mo_attainment run = {0};
	int			margin = fuzz_int32(&in) & 3;
	int			back;

	run.from_month = 200 + (fuzz_int32(&in) & 31);
	run.window = (int) ((uint32_t) fuzz_int32(&in) % 100) + 1;
	back = run.from_month - mo_attainment_looks_back_to(run.from_month, run.window);
	run.to_month = run.from_month + (int) ((uint32_t) fuzz_int32(&in) % (uint32_t) (MO_MONTHS_LIMIT - back - 8));
	mo_patient_months_start(&events, fuzz_memory, run.from_month - back - margin, run.to_month - run.from_month + 1 + back + 2 * margin);
	mo_patient_months_start(&cohort, fuzz_memory, run.from_month - margin, run.to_month - run.from_month + 1 + margin);
	make_world(&in, &w, run.from_month - back, run.to_month - run.from_month + back + 3, &events, &cohort);
	w.spells = mo_spells_sort(w.spell, w.spells, scratch);
	FUZZ_CHECK(mo_spells_fault(w.spell, w.spells) == NULL);
	run.spells = w.spell;
	run.spell_count = w.spells;
	run.events.packed = fuzz_pack(&events);
	run.cohort.packed = fuzz_pack(&cohort);
	for (int everyone = 0; everyone <= 1; everyone++)
	{
		mo_attainment again = run;

		again.everyone = everyone;
		count(&w, &again);
	}
	fuzz_free_packed(&run.events.packed);
	fuzz_free_packed(&run.cohort.packed);
	fuzz_free_map(&events);
	fuzz_free_map(&cohort);
	return 0;
}
