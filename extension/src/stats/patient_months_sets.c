#include "patient_months.h"

#include <string.h>

#define WAITING_LEAST (256 * 1024)	/* patients in sets that wait, however small the map */
#define WAITING_PER_PATIENT 6

/*
 * The first number below 1, n when there is none. A number below 1 is negative, or becomes so when 1 is taken from it; looked for in two
 * numbers at once. What a 0 in the lower one borrows from the upper one does no harm: it has been found by then.
 */
static size_t
first_below_one(const int32_t *patients, size_t n)
{
	const uint64_t ones = UINT64_C(0x0000000100000001);
	const uint64_t signs = UINT64_C(0x8000000080000000);
	uint64_t	found = 0;
	size_t		i = 0;

	for (; i + 8 <= n; i += 8)
	{
		uint64_t	pair[4];

		memcpy(pair, patients + i, sizeof(pair));
		found |= (pair[0] | (pair[0] - ones)) | (pair[1] | (pair[1] - ones));
		found |= (pair[2] | (pair[2] - ones)) | (pair[3] | (pair[3] - ones));
	}
	for (i = (found & signs) != 0 ? 0 : i; i < n; i++)
		if (patients[i] < 1)
			return i;
	return n;
}

/* A set's patients of one page whose words are one each. */
static void
apply_to_page(mo_patient_months *map, mo_waiting_set *set, size_t page)
{
	uint64_t   *words = map->pages[page];
	uint64_t	bit = UINT64_C(1) << set->bit;
	size_t		new_patients = 0;
	size_t		i = set->next;

	for (; i < set->n && (uint32_t) set->patients[i] >> MO_PAGE_BITS == page; i++)
	{
		uint64_t   *word = &words[set->patients[i] & (MO_PAGE_PATIENTS - 1)];

		new_patients += *word == 0;
		*word |= bit;
	}
	set->next = i;
	map->patients += new_patients;
}

/* The next patient of a set, whatever form the map has. */
static void
apply_one(mo_patient_months *map, mo_waiting_set *set)
{
	mo_patient_words(map, set->patients[set->next++])[set->bit / 64] |= UINT64_C(1) << (set->bit % 64);
}

/* All of a set; page by page where there are pages, so that a set in no order finds its way, too. */
static void
apply_set(mo_patient_months *map, mo_waiting_set *set)
{
	while (set->next < set->n)
	{
		apply_one(map, set);
		if (map->pages != NULL && map->words == 1 && set->next < set->n)
		{
			size_t		page = (uint32_t) set->patients[set->next] >> MO_PAGE_BITS;

			if (page < map->directory && map->pages[page] != NULL)
				apply_to_page(map, set, page);
		}
	}
}

/* The lowest page that a set has reached; SIZE_MAX when all have been applied. */
static size_t
lowest_page(const mo_patient_months *map)
{
	size_t		lowest = SIZE_MAX;

	for (size_t i = 0; i < map->set_count; i++)
	{
		const mo_waiting_set *set = &map->sets[i];
		size_t		page = set->next == set->n ? SIZE_MAX : (uint32_t) set->patients[set->next] >> MO_PAGE_BITS;

		if (page < lowest)
			lowest = page;
	}
	return lowest;
}

/* One page of all sets. A set that goes back to a lower page is in no order, and is applied by itself. */
static void
apply_page_of_all(mo_patient_months *map, size_t page)
{
	for (size_t i = 0; i < map->set_count; i++)
	{
		mo_waiting_set *set = &map->sets[i];

		if (set->next == set->n || (uint32_t) set->patients[set->next] >> MO_PAGE_BITS != page)
			continue;
		if (page >= map->directory || map->pages[page] == NULL)
			apply_one(map, set);	/* which makes the page, or gives pages up */
		if (map->pages == NULL)
			return;
		apply_to_page(map, set, page);
		if (set->next < set->n && (uint32_t) set->patients[set->next] >> MO_PAGE_BITS < page)
			apply_set(map, set);
	}
}

/* How many distinct patients all sets have on a page. The sets are moved on to the next page. */
static size_t
patients_of_page(mo_patient_months *map, size_t page)
{
	uint64_t	there[MO_PAGE_PATIENTS / 64] = {0};
	size_t		patients = 0;

	for (size_t i = 0; i < map->set_count; i++)
	{
		mo_waiting_set *set = &map->sets[i];

		for (; set->next < set->n && (uint32_t) set->patients[set->next] >> MO_PAGE_BITS == page; set->next++)
		{
			uint32_t	patient = (uint32_t) set->patients[set->next] & (MO_PAGE_PATIENTS - 1);

			there[patient / 64] |= UINT64_C(1) << (patient % 64);
		}
	}
	for (size_t i = 0; i < MO_PAGE_PATIENTS / 64; i++)
		patients += (size_t) __builtin_popcountll(there[i]);
	return patients;
}

/* Tells the map which patients wait, so that it need not find out by and by that pages pay. Sets in no order are left to find out. */
static void
expect_sets(mo_patient_months *map)
{
	unsigned char *seen = map->memory.allocate(map->memory.context, MO_PAGES_LIMIT);
	size_t		patients = 0;
	size_t		pages = 0;
	size_t		last = 0;
	size_t		page;
	bool		ordered = true;

	while (ordered && (page = lowest_page(map)) != SIZE_MAX)
	{
		ordered = pages == 0 || page > last;
		last = page;
		seen[page] = 1;
		pages++;
		patients += patients_of_page(map, page);
	}
	for (size_t i = 0; i < map->set_count; i++)
		map->sets[i].next = 0;
	if (ordered && pages > 0)
		mo_patient_months_expect(map, patients, pages, seen, last + 1);
	map->memory.release(map->memory.context, seen);
}

void
mo_patient_months_settle_sets(mo_patient_months *map)
{
	size_t		page;

	if (map->pages == NULL && !map->stay_hashed && map->set_patients >= MO_PAGE_PATIENTS)
		expect_sets(map);
	for (size_t i = 0; i < map->set_count && (map->pages == NULL || map->words > 1); i++)
		apply_set(map, &map->sets[i]);
	while (map->pages != NULL && (page = lowest_page(map)) != SIZE_MAX)
		apply_page_of_all(map, page);
	for (size_t i = 0; i < map->set_count; i++)
	{
		apply_set(map, &map->sets[i]);	/* where pages have been given up */
		map->memory.release(map->memory.context, map->sets[i].block);
	}
	map->set_count = 0;
	map->set_patients = 0;
}

static bool
enough_waits(const mo_patient_months *map)
{
	size_t		patients = map->patients > map->largest_set ? map->patients : map->largest_set;
	size_t		most = patients * WAITING_PER_PATIENT > WAITING_LEAST ? patients * WAITING_PER_PATIENT : WAITING_LEAST;

	return map->set_count == MO_WAITING_SETS || map->set_patients > most;
}

size_t
mo_patient_months_add_set(mo_patient_months *map, int64_t month, const int32_t *patients, size_t n, void *block)
{
	int64_t		bit = month - map->first_month;
	size_t		bad = first_below_one(patients, n);

	if (bad < n)
		return bad;
	if (n == 0 || bit < 0 || bit >= map->months)
	{
		map->memory.release(map->memory.context, block);
		return n;
	}
	if (map->sets == NULL)
		map->sets = map->memory.allocate(map->memory.context, MO_WAITING_SETS * sizeof(mo_waiting_set));
	map->sets[map->set_count++] = (mo_waiting_set) {patients, n, 0, (int) bit, block};
	map->set_patients += n;
	if (n > map->largest_set)
		map->largest_set = n;
	if (enough_waits(map))
		mo_patient_months_settle_sets(map);
	return n;
}
