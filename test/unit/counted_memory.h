/*
 * counted_memory.h
 *		What the tests over patient_months.h share: memory that is counted, random numbers, packing a map and giving it back.
 */
#ifndef MO_TEST_COUNTED_MEMORY_H
#define MO_TEST_COUNTED_MEMORY_H

#include <stdlib.h>
#include <string.h>

#include "stats/patient_months.h"

static size_t bytes_held;

static inline void *
counted_allocate(void *context, size_t size)
{
	size_t	   *block = calloc(1, size + sizeof(size_t));

	(void) context;
	*block = size;
	bytes_held += size;
	return block + 1;
}

static inline void
counted_release(void *context, void *block)
{
	(void) context;
	bytes_held -= ((size_t *) block)[-1];
	free((size_t *) block - 1);
}

static const mo_memory memory = {counted_allocate, counted_release, NULL};

static uint64_t random_state = 42;

static inline uint32_t
random_below(uint32_t n)
{
	random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t) (((random_state >> 32) * n) >> 32);
}

static inline void
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
	if (map->bits != NULL)
		counted_release(NULL, map->bits);
	if (map->bit_of_day != NULL)
		counted_release(NULL, map->bit_of_day);
}

/* A set that the map may take over. */
static inline size_t
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

static inline mo_month_bits
pack(const mo_patient_months *map)
{
	int32_t    *ids = malloc(sizeof(int32_t) * map->patients + 1);
	uint64_t   *bits = malloc(sizeof(uint64_t) * map->patients * map->words + 1);
	mo_month_bits packed = {map->first_month, map->months, map->words, map->patients, ids, bits};

	mo_patient_months_pack(map, ids, bits);
	return packed;
}

static inline void
free_packed(const mo_month_bits *packed)
{
	free((void *) packed->ids);
	free((void *) packed->bits);
}

#endif							/* MO_TEST_COUNTED_MEMORY_H */
