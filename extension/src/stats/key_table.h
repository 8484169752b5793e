/*
 * key_table.h
 *		Two small hash tables: 64-bit keys to whole numbers, and names (strings) to the numbers 0, 1, 2 ... Plain C.
 *
 * Open addressing, at most half full, doubled as they grow. Memory comes from the caller (patient_months.h) and is never given back.
 */
#ifndef MO_STATS_KEY_TABLE_H
#define MO_STATS_KEY_TABLE_H

#include <stdint.h>
#include <string.h>

#include "patient_months.h"

#define MO_NOT_FOUND (-1)

typedef struct mo_key_table
{
	mo_memory	memory;
	uint64_t   *keys;			/* key + 1; 0 is a free slot */
	int32_t    *values;
	size_t		slots;			/* 0 or a power of two */
	size_t		count;
} mo_key_table;

static inline uint64_t
mo_key_hash(uint64_t key)
{
	key ^= key >> 32;
	key *= UINT64_C(0x9E3779B97F4A7C15);
	return key ^ (key >> 29);
}

static inline size_t
mo_key_slot(const mo_key_table *table, uint64_t key)
{
	size_t		slot = mo_key_hash(key) & (table->slots - 1);

	while (table->keys[slot] != 0 && table->keys[slot] != key + 1)
		slot = (slot + 1) & (table->slots - 1);
	return slot;
}

/* The value of a key below 2^64 - 1, or MO_NOT_FOUND. */
static inline int32_t
mo_key_find(const mo_key_table *table, uint64_t key)
{
	size_t		slot;

	if (table->slots == 0)
		return MO_NOT_FOUND;
	slot = mo_key_slot(table, key);
	return table->keys[slot] == 0 ? MO_NOT_FOUND : table->values[slot];
}

static inline void
mo_key_grow(mo_key_table *table)
{
	mo_key_table old = *table;

	table->slots = old.slots == 0 ? 64 : old.slots * 2;
	table->keys = table->memory.allocate(table->memory.context, table->slots * sizeof(uint64_t));
	table->values = table->memory.allocate(table->memory.context, table->slots * sizeof(int32_t));
	for (size_t i = 0; i < old.slots; i++)
		if (old.keys[i] != 0)
		{
			size_t		slot = mo_key_slot(table, old.keys[i] - 1);

			table->keys[slot] = old.keys[i];
			table->values[slot] = old.values[i];
		}
	if (old.slots > 0)
	{
		table->memory.release(table->memory.context, old.keys);
		table->memory.release(table->memory.context, old.values);
	}
}

/* Where the value of a key is; *is_new says that it was not there (its value is 0 then). Good until the next call. */
static inline int32_t *
mo_key_place(mo_key_table *table, uint64_t key, bool *is_new)
{
	size_t		slot;

	if (table->count * 2 >= table->slots)
		mo_key_grow(table);
	slot = mo_key_slot(table, key);
	*is_new = table->keys[slot] == 0;
	if (*is_new)
	{
		table->keys[slot] = key + 1;
		table->count++;
	}
	return &table->values[slot];
}

/* Names are not copied: their bytes stay where they are while the table is used. */
typedef struct mo_name
{
	const char *bytes;
	size_t		length;
	uint64_t	hash;
} mo_name;

typedef struct mo_name_table
{
	mo_memory	memory;
	int32_t    *numbers;		/* number + 1; 0 is a free slot */
	size_t		slots;
	mo_name    *names;			/* of each number; room for half the slots */
	int32_t		count;
} mo_name_table;

static inline uint64_t
mo_name_hash(const char *bytes, size_t length)
{
	uint64_t	hash = length;

	for (; length >= 8; bytes += 8, length -= 8)
	{
		uint64_t	word;

		memcpy(&word, bytes, 8);
		hash = mo_key_hash(hash ^ word);
	}
	for (; length > 0; bytes++, length--)
		hash = (hash ^ (unsigned char) *bytes) * UINT64_C(0x100000001B3);
	return mo_key_hash(hash);
}

static inline size_t
mo_name_slot(const mo_name_table *table, const mo_name *name)
{
	size_t		slot = name->hash & (table->slots - 1);

	while (table->numbers[slot] != 0)
	{
		const mo_name *there = &table->names[table->numbers[slot] - 1];

		if (there->hash == name->hash && there->length == name->length && memcmp(there->bytes, name->bytes, name->length) == 0)
			break;
		slot = (slot + 1) & (table->slots - 1);
	}
	return slot;
}

static inline void
mo_name_grow(mo_name_table *table)
{
	mo_name_table old = *table;

	table->slots = old.slots == 0 ? 64 : old.slots * 2;
	table->numbers = table->memory.allocate(table->memory.context, table->slots * sizeof(int32_t));
	table->names = table->memory.allocate(table->memory.context, table->slots / 2 * sizeof(mo_name));
	for (int32_t i = 0; i < old.count; i++)
	{
		table->names[i] = old.names[i];
		table->numbers[mo_name_slot(table, &table->names[i])] = i + 1;
	}
	if (old.slots > 0)
	{
		table->memory.release(table->memory.context, old.numbers);
		table->memory.release(table->memory.context, old.names);
	}
}

/* The number of a name, or MO_NOT_FOUND. */
static inline int32_t
mo_name_find(const mo_name_table *table, const char *bytes, size_t length)
{
	mo_name		name = {bytes, length, mo_name_hash(bytes, length)};

	return table->slots == 0 ? MO_NOT_FOUND : table->numbers[mo_name_slot(table, &name)] - 1;
}

/* The number of a name, the next one if it is new. */
static inline int32_t
mo_name_number(mo_name_table *table, const char *bytes, size_t length)
{
	mo_name		name = {bytes, length, mo_name_hash(bytes, length)};
	size_t		slot;

	if ((size_t) table->count * 2 >= table->slots)
		mo_name_grow(table);
	slot = mo_name_slot(table, &name);
	if (table->numbers[slot] == 0)
	{
		table->names[table->count] = name;
		table->numbers[slot] = ++table->count;
	}
	return table->numbers[slot] - 1;
}

/* By bytes, the shorter first where one begins with the other. */
static inline int
mo_name_compare(const mo_name *a, const mo_name *b)
{
	int			order = memcmp(a->bytes, b->bytes, a->length < b->length ? a->length : b->length);

	return order != 0 ? order : (a->length > b->length) - (a->length < b->length);
}

#endif							/* MO_STATS_KEY_TABLE_H */
