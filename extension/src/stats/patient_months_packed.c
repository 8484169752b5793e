#include "patient_months.h"

#include <string.h>

#include "radix_sort.h"

/* Tells the map which patients are to come, so that it need not find out by and by that pages pay. */
static void
expect_packed(mo_patient_months *map, const mo_month_bits *other)
{
	unsigned char *seen = map->memory.allocate(map->memory.context, MO_PAGES_LIMIT);
	size_t		pages = 0;
	size_t		page = 0;

	for (size_t i = 0; i < other->patients; i++)
	{
		page = (uint32_t) other->ids[i] >> MO_PAGE_BITS;
		pages += !seen[page];
		seen[page] = 1;
	}
	mo_patient_months_expect(map, other->patients, pages, seen, page + 1);
	map->memory.release(map->memory.context, seen);
}

/* As many patients, from i on, as the page of the first has, if it is there and a patient has one word; returns the next. */
static size_t
merge_page(mo_patient_months *map, const mo_month_bits *other, size_t i)
{
	size_t		page = (uint32_t) other->ids[i] >> MO_PAGE_BITS;
	size_t		new_patients = 0;

	if (map->pages == NULL || map->words != 1 || page >= map->directory || map->pages[page] == NULL)
		return i;
	for (; i < other->patients && (uint32_t) other->ids[i] >> MO_PAGE_BITS == page; i++)
	{
		uint64_t   *word = &map->pages[page][other->ids[i] & (MO_PAGE_PATIENTS - 1)];

		new_patients += *word == 0;
		*word |= other->bits[i];
	}
	map->patients += new_patients;
	return i;
}

void
mo_patient_months_merge(mo_patient_months *map, const mo_month_bits *other)
{
	if (map->pages == NULL && !map->stay_hashed && other->patients >= MO_PAGE_PATIENTS)
		expect_packed(map, other);
	for (size_t i = 0; i < other->patients; i++)
	{
		uint64_t   *words;

		i = merge_page(map, other, i);
		if (i == other->patients)
			break;
		words = mo_patient_words(map, other->ids[i]);
		for (int w = 0; w < map->words; w++)
			words[w] |= other->bits[i * map->words + w];
	}
}

static void
pack_hashed(const mo_patient_months *map, int32_t *ids, uint64_t *bits)
{
	uint64_t   *order = map->memory.allocate(map->memory.context, (map->patients + 1) * sizeof(uint64_t));
	uint64_t   *scratch = map->memory.allocate(map->memory.context, (map->patients + 1) * sizeof(uint64_t));
	size_t		n = 0;

	for (size_t i = 0; i < map->slots; i++)
		if (map->keys[i] != 0)
			order[n++] = (uint64_t) map->keys[i] << 32 | (uint32_t) i;
	mo_radix_sort(order, scratch, n);
	for (size_t i = 0; i < n; i++)
	{
		ids[i] = (int32_t) (order[i] >> 32);
		memcpy(&bits[i * map->words], &map->hashed[(uint32_t) order[i] * (size_t) map->words], sizeof(uint64_t) * map->words);
	}
	map->memory.release(map->memory.context, order);
	map->memory.release(map->memory.context, scratch);
}

void
mo_patient_months_pack(const mo_patient_months *map, int32_t *ids, uint64_t *bits)
{
	size_t		n = 0;

	if (map->pages == NULL)
		pack_hashed(map, ids, bits);
	for (size_t page = 0; page < map->directory; page++)
	{
		for (size_t i = 0; map->pages[page] != NULL && i < MO_PAGE_PATIENTS; i++)
		{
			const uint64_t *words = &map->pages[page][i * map->words];

			if (mo_no_months(words, map->words))
				continue;
			ids[n] = (int32_t) (page << MO_PAGE_BITS | i);
			memcpy(&bits[n * map->words], words, sizeof(uint64_t) * map->words);
			n++;
		}
	}
}

size_t
mo_month_bits_without(const mo_month_bits *these, mo_months_reader others, int32_t *ids, uint64_t *bits)
{
	size_t		n = 0;

	for (size_t i = 0; i < these->patients; i++)
	{
		const uint64_t *other = mo_months_read(&others, these->ids[i]);
		uint64_t	left[MO_WORDS_LIMIT];

		for (int w = 0; w < these->words; w++)
			left[w] = these->bits[i * these->words + w] & ~(other == NULL ? 0 : other[w]);
		if (mo_no_months(left, these->words))
			continue;
		if (ids != NULL)
		{
			ids[n] = these->ids[i];
			memcpy(&bits[n * these->words], left, sizeof(uint64_t) * these->words);
		}
		n++;
	}
	return n;
}

const char *
mo_month_bits_fault(const mo_month_bits *packed)
{
	int			spare = packed->words * 64 - packed->months;
	uint64_t	outside = spare == 0 ? 0 : ~UINT64_C(0) << (64 - spare);

	for (size_t i = 0; i < packed->patients; i++)
	{
		const uint64_t *words = &packed->bits[i * packed->words];

		if (packed->ids[i] < 1)
			return "a patient number below 1";
		if (i > 0 && packed->ids[i] <= packed->ids[i - 1])
			return "patients out of order";
		if (words[packed->words - 1] & outside)
			return "a month outside the range";
		if (mo_no_months(words, packed->words))
			return "a patient without months";
	}
	return NULL;
}
