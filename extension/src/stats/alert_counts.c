#include "alert_counts.h"

#include <stdlib.h>

/* Months before 2000 of the earliest date (4713 BC), rounded up: makes the month of the key positive. */
#define MONTHS_BEFORE_2000 100000

int64_t
mo_counts_key(mo_counts_place place)
{
	uint64_t	low = ((uint64_t) (place.month + MONTHS_BEFORE_2000) << 8) | (uint64_t) place.class;

	return (int64_t) (((uint64_t) (uint32_t) place.group << 32) | low);
}

mo_counts_place
mo_counts_place_of(int64_t key)
{
	mo_counts_place place;

	place.group = (int32_t) (uint32_t) ((uint64_t) key >> 32);
	place.month = (int64_t) (((uint64_t) key >> 8) & 0xFFFFFF) - MONTHS_BEFORE_2000;
	place.class = (int32_t) (key & 0xFF);
	return place;
}

int64_t
mo_counts_length(int64_t slots)
{
	return MO_COUNTS_HEADER + slots * MO_CELL_SIZE;
}

bool
mo_counts_valid(const int64_t *table, int64_t length)
{
	int64_t		slots;

	if (length < MO_COUNTS_HEADER)
		return false;
	slots = table[MO_COUNTS_SLOTS];
	return slots > 0 && slots <= MO_COUNTS_MAX_SLOTS && (slots & (slots - 1)) == 0 &&
		length == mo_counts_length(slots) &&
		table[MO_COUNTS_USED] >= 0 && table[MO_COUNTS_USED] <= slots;
}

bool
mo_counts_full(const int64_t *table)
{
	return table[MO_COUNTS_USED] >= table[MO_COUNTS_SLOTS] / 4 * 3;
}

/* Fibonacci hashing: the high bits of key times 2^64 / golden ratio (Knuth, TAOCP 3, 6.4). */
static int64_t
home_slot(int64_t key, int64_t slots)
{
	uint64_t	mixed = ((uint64_t) key ^ ((uint64_t) key >> 29)) * UINT64_C(0x9E3779B97F4A7C15);

	return (int64_t) (mixed >> 32) & (slots - 1);
}

int64_t *
mo_counts_cell(int64_t *table, int64_t key)
{
	int64_t		slots = table[MO_COUNTS_SLOTS];
	int64_t		slot = home_slot(key, slots);

	for (int64_t tried = 0; tried < slots; tried++)
	{
		int64_t    *cell = table + MO_COUNTS_HEADER + slot * MO_CELL_SIZE;

		if (cell[MO_CELL_KEY] == key)
			return cell + MO_CELL_COUNTS;
		if (cell[MO_CELL_KEY] == 0)
		{
			cell[MO_CELL_KEY] = key;
			table[MO_COUNTS_USED]++;
			return cell + MO_CELL_COUNTS;
		}
		slot = (slot + 1) & (slots - 1);
	}
	return NULL;
}

bool
mo_counts_add(int64_t *table, const int64_t *from, int64_t *next)
{
	for (; *next < from[MO_COUNTS_SLOTS]; ++*next)
	{
		const int64_t *cell = from + MO_COUNTS_HEADER + *next * MO_CELL_SIZE;
		int64_t    *counts;

		if (cell[MO_CELL_KEY] == 0)
			continue;
		if (mo_counts_full(table) || (counts = mo_counts_cell(table, cell[MO_CELL_KEY])) == NULL)
			return false;
		for (int i = 0; i < MO_COUNTS_STATUSES; i++)
			counts[i] = (int64_t) ((uint64_t) counts[i] + (uint64_t) cell[MO_CELL_COUNTS + i]);
	}
	return true;
}

static int
compare_keys(const void *a, const void *b)
{
	int64_t		x = **(const int64_t *const *) a;
	int64_t		y = **(const int64_t *const *) b;

	return (x > y) - (x < y);
}

int64_t
mo_counts_sorted(const int64_t *table, const int64_t **cells)
{
	int64_t		n = 0;

	for (int64_t slot = 0; slot < table[MO_COUNTS_SLOTS] && n < table[MO_COUNTS_USED]; slot++)
	{
		const int64_t *cell = table + MO_COUNTS_HEADER + slot * MO_CELL_SIZE;

		if (cell[MO_CELL_KEY] != 0)
			cells[n++] = cell;
	}
	qsort(cells, (size_t) n, sizeof(*cells), compare_keys);
	return n;
}
