/*
 * patient_memory.h
 *		What the targets over patient_months.h need: memory from malloc, packing, giving back.
 */
#ifndef MO_TEST_FUZZ_PATIENT_MEMORY_H
#define MO_TEST_FUZZ_PATIENT_MEMORY_H

#include <stdlib.h>

#include "stats/patient_months.h"

static inline void *
fuzz_allocate(void *context, size_t size)
{
	(void) context;
	return calloc(1, size > 0 ? size : 1);
}

static inline void
fuzz_release(void *context, void *block)
{
	(void) context;
	free(block);
}

static const mo_memory fuzz_memory = {fuzz_allocate, fuzz_release, NULL};

/* Settled and packed; fuzz_free_packed it. */
static inline mo_month_bits
fuzz_pack(mo_patient_months *map)
{
	int32_t    *ids;
	uint64_t   *bits;
	mo_month_bits packed;

	mo_patient_months_settle(map);
	ids = calloc(map->patients + 1, sizeof(int32_t));
	bits = calloc(map->patients + 1, map->words * sizeof(uint64_t));
	mo_patient_months_pack(map, ids, bits);
	packed = (mo_month_bits) {map->first_month, map->months, map->words, map->patients, ids, bits};
	return packed;
}

static inline void
fuzz_free_packed(const mo_month_bits *packed)
{
	free((void *) packed->ids);
	free((void *) packed->bits);
}

static inline void
fuzz_free_map(mo_patient_months *map)
{
	for (size_t i = 0; i < map->directory; i++)
		free(map->pages[i]);
	free(map->pages);
	free(map->keys);
	free(map->hashed);
	free(map->sets);
	free(map->bits);
	free(map->bit_of_day);
}

/* Where the patient is, or packed->patients. */
static inline size_t
fuzz_find(const mo_month_bits *packed, int32_t patient)
{
	size_t		i = 0;

	while (i < packed->patients && packed->ids[i] != patient)
		i++;
	return i;
}

#endif							/* MO_TEST_FUZZ_PATIENT_MEMORY_H */
