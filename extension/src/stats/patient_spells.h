/*
 * patient_spells.h
 *		Registrations of patients with organisations, from a day to a day, in a canonical order. Plain C.
 *
 * Ranges are half-open: [from, to). Days are counted from 2000-01-01; INT32_MIN is "always was", INT32_MAX "still open".
 */
#ifndef MO_STATS_PATIENT_SPELLS_H
#define MO_STATS_PATIENT_SPELLS_H

#include <stddef.h>
#include <stdint.h>

typedef struct mo_spell
{
	int32_t		patient;		/* 1 to 2^31 - 1 */
	int32_t		organisation;	/* any */
	int32_t		from;
	int32_t		to;				/* above from */
} mo_spell;

/*
 * Order: patient; then the registration that began last first; then the lower organisation; then the longer. Below 0, 0, above 0.
 * The first of a patient's spells that holds on a day is the one that counts.
 */
extern int	mo_spell_compare(const void *a, const void *b);

/* Sorts, drops repetitions, returns how many are left. scratch has room for n spells. Linear but for patients of many spells. */
extern size_t mo_spells_sort(mo_spell *spells, size_t n, void *scratch);

/* What is wrong with sorted spells from elsewhere, or NULL. */
extern const char *mo_spells_fault(const mo_spell *spells, size_t n);

#endif							/* MO_STATS_PATIENT_SPELLS_H */
