#include "patient_months.h"

#include <string.h>

#include "nhs_calendar.h"

#define DAYS_FOR_TABLE 2048		/* after so many days a table of them has paid for its making */
#define FEWEST_SLOTS 16
#define FEWEST_PAGED_PATIENTS 4096	/* below this pages do not pay */
#define PAGED_BYTES_TO_ENTER 40 /* bytes a patient at which pages are taken up ... */
#define PAGED_BYTES_TO_LEAVE 64 /* ... and given up */

void
mo_patient_months_start(mo_patient_months *map, mo_memory memory, int first_month, int months)
{
	memset(map, 0, sizeof(*map));
	map->memory = memory;
	map->first_month = first_month;
	map->months = months;
	map->words = mo_words_of_months(months);
}

static void *
allocate(const mo_patient_months *map, size_t count, size_t size)
{
	return map->memory.allocate(map->memory.context, count * size);
}

static void
release(const mo_patient_months *map, void *block)
{
	if (block != NULL)
		map->memory.release(map->memory.context, block);
}

/* ------------------------------------------------------------------ hash form */

/* Murmur3's finaliser (A. Appleby, public domain), scaled to the number of slots. */
static size_t
first_slot(const mo_patient_months *map, uint32_t key)
{
	key ^= key >> 16;
	key *= 0x85ebca6b;
	key ^= key >> 13;
	key *= 0xc2b2ae35;
	key ^= key >> 16;
	return (size_t) (((uint64_t) key * map->slots) >> 32);
}

/* The slot of a key, or the free one where it belongs. There is always a free one. */
static size_t
find_slot(const mo_patient_months *map, uint32_t key)
{
	size_t		slot = first_slot(map, key);

	while (map->keys[slot] != key && map->keys[slot] != 0)
		slot = slot + 1 == map->slots ? 0 : slot + 1;
	return slot;
}

static uint64_t *
put_hashed(mo_patient_months *map, uint32_t key)
{
	size_t		slot = find_slot(map, key);

	if (map->keys[slot] == 0)
	{
		map->keys[slot] = key;
		map->patients++;
	}
	return &map->hashed[slot * map->words];
}

static void
start_hash(mo_patient_months *map, size_t slots)
{
	map->slots = slots;
	map->keys = allocate(map, slots, sizeof(uint32_t));
	map->hashed = allocate(map, slots, sizeof(uint64_t) * map->words);
	map->patients = 0;
}

/* Moves a hash table's patients into whatever form the map has now. */
static void
move_hashed(mo_patient_months *map, uint32_t *keys, uint64_t *words, size_t slots)
{
	for (size_t i = 0; i < slots; i++)
		if (keys[i] != 0)
			memcpy(mo_patient_words(map, (int32_t) keys[i]), &words[i * map->words], sizeof(uint64_t) * map->words);
	release(map, keys);
	release(map, words);
}

/* ----------------------------------------------------------------- paged form */

static size_t
paged_bytes(const mo_patient_months *map, size_t pages, size_t directory)
{
	return pages * MO_PAGE_PATIENTS * sizeof(uint64_t) * map->words + directory * sizeof(uint64_t *);
}

/* Marks the pages of the hash table's patients; returns how many were not marked, and widens *directory to hold them. */
static size_t
mark_pages(const mo_patient_months *map, unsigned char *seen, size_t *directory)
{
	size_t		pages = 0;

	for (size_t i = 0; i < map->slots; i++)
	{
		size_t		page = map->keys[i] >> MO_PAGE_BITS;

		if (map->keys[i] == 0 || seen[page])
			continue;
		seen[page] = 1;
		pages++;
		if (page >= *directory)
			*directory = page + 1;
	}
	return pages;
}

/* All pages first: making them one by one would ask whether they pay. */
static void
enter_pages(mo_patient_months *map, const unsigned char *seen, size_t directory)
{
	uint32_t   *keys = map->keys;
	uint64_t   *words = map->hashed;
	size_t		slots = map->slots;

	map->pages = allocate(map, directory, sizeof(uint64_t *));
	map->directory = directory;
	map->pages_made = 0;
	for (size_t page = 0; page < directory; page++)
	{
		if (!seen[page])
			continue;
		map->pages[page] = allocate(map, MO_PAGE_PATIENTS, sizeof(uint64_t) * map->words);
		map->pages_made++;
	}
	map->keys = NULL;
	map->hashed = NULL;
	map->patients = 0;
	map->slots = 0;
	move_hashed(map, keys, words, slots);
}

/* Takes up pages if the hash table's patients, or as many as are known to come, fill them well enough. */
static bool
try_pages(mo_patient_months *map, size_t patients, size_t pages, unsigned char *seen, size_t directory)
{
	pages += mark_pages(map, seen, &directory);
	if (patients < FEWEST_PAGED_PATIENTS || paged_bytes(map, pages, directory) > PAGED_BYTES_TO_ENTER * patients)
		return false;
	enter_pages(map, seen, directory);
	return true;
}

void
mo_patient_months_expect(mo_patient_months *map, size_t patients, size_t pages, unsigned char *seen, size_t directory)
{
	if (map->pages == NULL && !map->stay_hashed)
		try_pages(map, patients > map->patients ? patients : map->patients, pages, seen, directory);
}

static void
leave_pages(mo_patient_months *map)
{
	uint64_t  **pages = map->pages;

	map->stay_hashed = true;
	map->pages = NULL;
	start_hash(map, map->patients + map->patients / 2 + FEWEST_SLOTS);
	for (size_t page = 0; page < map->directory; page++)
	{
		for (size_t i = 0; pages[page] != NULL && i < MO_PAGE_PATIENTS; i++)
		{
			uint64_t   *words = &pages[page][i * map->words];

			if (!mo_no_months(words, map->words))
				memcpy(put_hashed(map, (uint32_t) (page << MO_PAGE_BITS | i)), words, sizeof(uint64_t) * map->words);
		}
		release(map, pages[page]);
	}
	release(map, pages);
	map->directory = 0;
}

/* Room in the directory for a page; it grows by half at least. */
static void
widen_directory(mo_patient_months *map, size_t page)
{
	size_t		directory = map->directory + map->directory / 2;
	uint64_t  **pages;

	if (page < map->directory)
		return;
	if (directory <= page)
		directory = page + 1;
	pages = allocate(map, directory, sizeof(uint64_t *));
	memcpy(pages, map->pages, sizeof(uint64_t *) * map->directory);
	release(map, map->pages);
	map->pages = pages;
	map->directory = directory;
}

/* A page that is not there yet: made, unless pages take too much by now (false: the map is a hash table again). */
static bool
make_page(mo_patient_months *map, size_t page)
{
	size_t		directory = page < map->directory ? map->directory : page + page / 2 + 1;

	if (paged_bytes(map, map->pages_made + 1, directory) > PAGED_BYTES_TO_LEAVE * map->patients)
	{
		leave_pages(map);
		return false;
	}
	widen_directory(map, page);
	map->pages[page] = allocate(map, MO_PAGE_PATIENTS, sizeof(uint64_t) * map->words);
	map->pages_made++;
	return true;
}

/* ----------------------------------------------------------------- either form */

/* The hash table is full: half as large again, or pages if they take less. */
static void
grow(mo_patient_months *map)
{
	uint32_t   *keys = map->keys;
	uint64_t   *words = map->hashed;
	size_t		slots = map->slots;

	if (!map->stay_hashed && map->patients >= FEWEST_PAGED_PATIENTS)
	{
		unsigned char *seen = allocate(map, MO_PAGES_LIMIT, 1);
		bool		paged = try_pages(map, map->patients, 0, seen, 0);

		release(map, seen);
		if (paged)
			return;
	}
	start_hash(map, slots < FEWEST_SLOTS ? FEWEST_SLOTS : slots + slots / 2);
	move_hashed(map, keys, words, slots);
}

uint64_t *
mo_patient_words(mo_patient_months *map, int32_t patient)
{
	size_t		page = (uint32_t) patient >> MO_PAGE_BITS;

	if (map->pages == NULL && map->patients >= map->slots - map->slots / 5)
		grow(map);
	if (map->pages != NULL)
	{
		if ((page < map->directory && map->pages[page] != NULL) || make_page(map, page))
		{
			uint64_t   *words = &map->pages[page][(patient & (MO_PAGE_PATIENTS - 1)) * (size_t) map->words];

			map->patients += mo_no_months(words, map->words);
			return words;
		}
	}
	return put_hashed(map, (uint32_t) patient);
}

/*
 * Asks the processor for the memory that a patient's words are in. Inlined by force: gcc takes a function that only prefetches
 * for one without effect, and drops the call.
 */
static inline __attribute__((always_inline)) void
prefetch(const mo_patient_months *map, int32_t patient)
{
	size_t		page = (uint32_t) patient >> MO_PAGE_BITS;

	if (map->pages == NULL && map->slots > 0)
		__builtin_prefetch(&map->keys[first_slot(map, (uint32_t) patient)]);
	else if (page < map->directory && map->pages[page] != NULL)
		__builtin_prefetch(&map->pages[page][(patient & (MO_PAGE_PATIENTS - 1)) * (size_t) map->words], 1);
}

static void
apply(mo_patient_months *map, const mo_waiting_month *waiting)
{
	mo_patient_words(map, waiting->patient)[waiting->bit / 64] |= UINT64_C(1) << (waiting->bit % 64);
}

static inline __attribute__((always_inline)) void
add_bit(mo_patient_months *map, int32_t patient, int bit)
{
	mo_waiting_month *waiting = &map->waiting[map->arrived % MO_WAITING];

	if (map->arrived >= MO_WAITING)
		apply(map, waiting);
	waiting->patient = patient;
	waiting->bit = bit;
	map->arrived++;
	prefetch(map, patient);
}

void
mo_patient_months_add(mo_patient_months *map, int32_t patient, int64_t month)
{
	int64_t		bit = month - map->first_month;

	if (bit >= 0 && bit < map->months)
		add_bit(map, patient, (int) bit);
}

static void
make_day_table(mo_patient_months *map)
{
	int64_t		day;

	map->first_day = mo_month_begins(map->first_month);
	map->days = mo_month_begins((int64_t) map->first_month + map->months) - map->first_day;
	map->bit_of_day = allocate(map, (size_t) map->days, 1);
	for (int bit = 0; bit < map->months; bit++)
		for (day = mo_month_begins((int64_t) map->first_month + bit); day < mo_month_begins((int64_t) map->first_month + bit + 1); day++)
			map->bit_of_day[day - map->first_day] = (unsigned char) bit;
}

void
mo_patient_months_add_day(mo_patient_months *map, int32_t patient, int64_t day)
{
	if (map->bit_of_day != NULL)
	{
		if (day >= map->first_day && day < map->first_day + map->days)
			add_bit(map, patient, map->bit_of_day[day - map->first_day]);
		return;
	}
	mo_patient_months_add(map, patient, mo_month_index(day));
	if (++map->days_arrived == DAYS_FOR_TABLE)
		make_day_table(map);
}

void
mo_patient_months_settle(mo_patient_months *map)
{
	size_t		n = map->arrived < MO_WAITING ? map->arrived : MO_WAITING;

	for (size_t i = 0; i < n; i++)
		apply(map, &map->waiting[i]);
	map->arrived = 0;
	mo_patient_months_settle_sets(map);
	mo_patient_months_settle_bits(map);
}

const uint64_t *
mo_patient_months_find(const mo_patient_months *map, int32_t patient)
{
	size_t		page = (uint32_t) patient >> MO_PAGE_BITS;
	size_t		slot;

	if (map->pages != NULL)
	{
		const uint64_t *words;

		if (page >= map->directory || map->pages[page] == NULL)
			return NULL;
		words = &map->pages[page][(patient & (MO_PAGE_PATIENTS - 1)) * (size_t) map->words];
		return mo_no_months(words, map->words) ? NULL : words;
	}
	if (map->slots == 0)
		return NULL;
	slot = find_slot(map, (uint32_t) patient);
	return map->keys[slot] == 0 ? NULL : &map->hashed[slot * map->words];
}

void
mo_patient_months_add_range(mo_patient_months *map, int32_t patient, int64_t from, int64_t to)
{
	int64_t		first = from < map->first_month ? 0 : from - map->first_month;
	int64_t		last = to - map->first_month > map->months ? map->months : to - map->first_month;	/* exclusive */
	uint64_t   *words;

	if (first >= last)
		return;
	words = mo_patient_words(map, patient);
	for (int64_t bit = first; bit < last; bit++)
		words[bit / 64] |= UINT64_C(1) << (bit % 64);
}
