/*
 * cohort_attainment.h
 *		Rolling distinct patients of a cohort, counted at the organisation of registration at each month end. Plain C.
 *
 * For each organisation and reporting month: patients in the cohort on the month's last day and then registered there (cohort); of
 * these, those with an event in the trailing window of calendar months (attained), since 1 April (attained_year_to_date), in the month
 * itself (attained_in_month). A patient counts once a month: of several registrations that hold on the day the one that began
 * last, then the lower organisation. Source: design section 5 and 5a.2.
 *
 * A half-open range of days [from, to) holds on the last day of exactly the months [month(from), month(to)): from is on or before
 * the end of its own month; to is after the end of the month before its own and on or before the end of its own.
 *
 * One pass: events, cohort and spells are met by ascending patients; a patient's months are bits, the window is an OR
 * of shifts. Counters of one byte a month are added to eight at a time, and emptied into the wide ones before they could overflow.
 * Cost: patients + spells + cells.
 */
#ifndef MO_STATS_COHORT_ATTAINMENT_H
#define MO_STATS_COHORT_ATTAINMENT_H

#include "patient_months.h"
#include "patient_spells.h"

typedef enum mo_measure
{
	MO_COHORT, MO_ATTAINED, MO_ATTAINED_YEAR_TO_DATE, MO_ATTAINED_IN_MONTH, MO_MEASURES
} mo_measure;

typedef struct mo_attainment
{
	/* asked for */
	mo_months_reader events;
	mo_months_reader cohort;
	bool		everyone;		/* the cohort is who is registered; .cohort is not looked at */
	const mo_spell *spells;
	size_t		spell_count;
	int			from_month;		/* reporting months, both inclusive */
	int			to_month;
	int			window;			/* months, 1 or more */
	/* found by mo_attainment_start */
	mo_memory	memory;
	int			first_month;	/* of the words: the reporting months and what they look back on */
	int			words;
	uint64_t	reported[MO_WORDS_LIMIT];	/* the reporting months */
	int64_t		begins[MO_MONTHS_LIMIT + 1];	/* the day that each month of the words begins, and the one after them */
	uint64_t	spread[4][MO_WORDS_LIMIT];	/* where an event may be carried on 1, 2, 4, 8 months without meeting April */
	int32_t    *organisations;	/* ascending */
	size_t		organisation_count;
	int32_t    *table;			/* hash table: index + 1 into organisations */
	size_t		table_size;
	int32_t    *counts;			/* [organisation][measure][reporting month] */
	uint64_t   *narrow;			/* [organisation][measure][reporting month / 8], a byte each: what is not yet in counts */
	unsigned char *narrow_spells;	/* of each organisation: how often its narrow counters have been added to */
	int			narrow_words;
	size_t		spell_cursor;
} mo_attainment;

/* The first month that events must cover: the window's, or April's if earlier. */
extern int	mo_attainment_looks_back_to(int from_month, int window);

/* Call with what is asked for filled in; events and cohort cover the months they must, at most MO_MONTHS_LIMIT in all. */
extern void mo_attainment_start(mo_attainment *run, mo_memory memory);

/* Works on about as many spells; false when there are none left and counts are final. */
extern bool mo_attainment_step(mo_attainment *run, size_t spells);

/* The counter of a cell; month counted from from_month. */
static inline int32_t *
mo_attainment_cell(const mo_attainment *run, size_t organisation, mo_measure measure, int month)
{
	size_t		months = (size_t) (run->to_month - run->from_month) + 1;

	return &run->counts[(organisation * MO_MEASURES + measure) * months + month];
}

#endif							/* MO_STATS_COHORT_ATTAINMENT_H */
