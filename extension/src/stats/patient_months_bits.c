#include "patient_months.h"

#include <string.h>

#define WAITING_LEAST (2 * 1024 * 1024)	/* bytes of sets that wait, however small the map */
#define WAITING_PER_PATIENT 32

#define ALWAYS_INLINE static inline __attribute__((always_inline))

typedef uint64_t square[64];

/* Bits 64 * i to 64 * i + 63 of a set, 0 beyond its end. */
ALWAYS_INLINE uint64_t
load_word(const unsigned char *bytes, size_t n, size_t i)
{
	uint64_t	word = 0;

	if (i * 8 + 8 <= n)
		memcpy(&word, bytes + i * 8, 8);
	else if (i * 8 < n)
		memcpy(&word, bytes + i * 8, n - i * 8);
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	word = __builtin_bswap64(word);
#endif
	return word;
}

/* Bits set, without the processor's own instruction, which not every machine the server was built for has. */
static unsigned
count_bits(uint64_t x)
{
	x -= x >> 1 & UINT64_C(0x5555555555555555);
	x = (x & UINT64_C(0x3333333333333333)) + (x >> 2 & UINT64_C(0x3333333333333333));
	x = (x + (x >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
	return (unsigned) (x * UINT64_C(0x0101010101010101) >> 56);
}

/* Squares of side j within squares of side 2 j change places, across the diagonal. */
ALWAYS_INLINE void
swap_squares(square a, const int j, uint64_t mask)
{
	for (int base = 0; base < 64; base += 2 * j)
		for (int k = base; k < base + j; k++)
		{
			uint64_t	t = ((a[k] >> j) ^ a[k + j]) & mask;

			a[k] ^= t << j;
			a[k + j] ^= t;
		}
}

/* Bit k of a[i] changes places with bit i of a[k]. Source: H. S. Warren, Hacker's Delight, 2nd edition, section 7-3. */
static void
transpose(square a)
{
	swap_squares(a, 32, UINT64_C(0x00000000ffffffff));
	swap_squares(a, 16, UINT64_C(0x0000ffff0000ffff));
	swap_squares(a, 8, UINT64_C(0x00ff00ff00ff00ff));
	swap_squares(a, 4, UINT64_C(0x0f0f0f0f0f0f0f0f));
	swap_squares(a, 2, UINT64_C(0x3333333333333333));
	swap_squares(a, 1, UINT64_C(0x5555555555555555));
}

#define BLOCKS (MO_PAGE_PATIENTS / 64)	/* of a page */

/*
 * Copies every set's bits of a page side by side: sets from malloc begin at the same place of a memory page, and would push each other's
 * lines out of the cache.
 */
static void
load_tile(const mo_patient_months *map, size_t page, uint64_t (*tile)[BLOCKS])
{
	for (size_t i = 0; i < map->bits_count; i++)
		for (size_t k = 0; k < BLOCKS; k++)
			tile[i][k] = load_word(map->bits[i].bytes, map->bits[i].n, page * BLOCKS + k);
}

/* The sets' bits of 64 patients, by month of word w; whether there is any. */
static bool
gather(const mo_patient_months *map, uint64_t (*tile)[BLOCKS], size_t k, int w, square months)
{
	uint64_t	any = 0;

	memset(months, 0, sizeof(square));
	for (size_t i = 0; i < map->bits_count; i++)
	{
		unsigned	bit = (unsigned) map->bits[i].bit;

		if (bit / 64 != (unsigned) w)
			continue;
		months[bit % 64] |= tile[i][k];
		any |= tile[i][k];
	}
	return any != 0;
}

/* The patients of a block of 64 that any set has. */
static uint64_t
patients_of_block(const mo_patient_months *map, size_t block)
{
	uint64_t	any = 0;

	for (size_t i = 0; i < map->bits_count; i++)
		any |= load_word(map->bits[i].bytes, map->bits[i].n, block);
	return any;
}

static size_t
blocks_waiting(const mo_patient_months *map)
{
	size_t		longest = 0;

	for (size_t i = 0; i < map->bits_count; i++)
		if (map->bits[i].n > longest)
			longest = map->bits[i].n;
	return (longest + 7) / 8;
}

/* Tells the map which patients are to come. */
static void
expect_bits(mo_patient_months *map, size_t blocks)
{
	unsigned char *seen = map->memory.allocate(map->memory.context, MO_PAGES_LIMIT);
	size_t		patients = 0;
	size_t		pages = 0;
	size_t		last = 0;

	for (size_t block = 0; block < blocks; block++)
	{
		uint64_t	any = patients_of_block(map, block);

		if (any == 0)
			continue;
		last = block * 64 >> MO_PAGE_BITS;
		pages += !seen[last];
		seen[last] = 1;
		patients += count_bits(any);
	}
	mo_patient_months_expect(map, patients, pages, seen, last + 1);
	map->memory.release(map->memory.context, seen);
}

/* Months of 64 patients into their words, one each, in a page. */
static void
apply_to_words(mo_patient_months *map, uint64_t *words, const square months)
{
	size_t		new_patients = 0;

	for (int i = 0; i < 64; i++)
	{
		new_patients += words[i] == 0 && months[i] != 0;
		words[i] |= months[i];
	}
	map->patients += new_patients;
}

/* Months of 64 patients, one by one. */
static void
apply_each(mo_patient_months *map, size_t block, int w, const square months)
{
	for (int i = 0; i < 64; i++)
		if (months[i] != 0)
			mo_patient_words(map, (int32_t) (block * 64 + i))[w] |= months[i];
}

static void
apply_block(mo_patient_months *map, uint64_t (*tile)[BLOCKS], size_t page, size_t k)
{
	for (int w = 0; w < map->words; w++)
	{
		square		months;

		if (!gather(map, tile, k, w, months))
			continue;
		transpose(months);
		if (map->words == 1 && map->pages != NULL && page < map->directory && map->pages[page] != NULL)
			apply_to_words(map, &map->pages[page][k * 64], months);
		else
			apply_each(map, page * BLOCKS + k, w, months);
	}
}

void
mo_patient_months_settle_bits(mo_patient_months *map)
{
	size_t		blocks = blocks_waiting(map);
	uint64_t	(*tile)[BLOCKS] = NULL;

	if (map->pages == NULL && !map->stay_hashed && blocks >= BLOCKS)
		expect_bits(map, blocks);
	if (blocks > 0)
		tile = map->memory.allocate(map->memory.context, map->bits_count * sizeof(*tile));
	for (size_t page = 0; page * BLOCKS < blocks; page++)
	{
		load_tile(map, page, tile);
		for (size_t k = 0; k < BLOCKS; k++)
			apply_block(map, tile, page, k);
	}
	if (blocks > 0)
		map->memory.release(map->memory.context, tile);
	for (size_t i = 0; i < map->bits_count; i++)
		map->memory.release(map->memory.context, map->bits[i].block);
	map->bits_count = 0;
	map->bits_bytes = 0;
}

/* The longest set there has been is counted: there are at least as many patients. */
static void
count_longest(mo_patient_months *map, const unsigned char *bytes, size_t n)
{
	size_t		patients = 0;

	if (n <= map->longest_bits)
		return;
	map->longest_bits = n;
	for (size_t i = 0; i * 8 < n; i++)
		patients += count_bits(load_word(bytes, n, i));
	if (patients > map->largest_set)
		map->largest_set = patients;
}

bool
mo_patient_months_add_bits(mo_patient_months *map, int64_t month, const unsigned char *bytes, size_t n, void *block)
{
	int64_t		bit = month - map->first_month;
	size_t		patients;

	if (n > MO_BYTES_OF_PATIENTS || (n > 0 && (bytes[0] & 1) != 0))
		return false;
	if (n == 0 || bit < 0 || bit >= map->months)
	{
		map->memory.release(map->memory.context, block);
		return true;
	}
	if (map->bits == NULL)
		map->bits = map->memory.allocate(map->memory.context, MO_WAITING_BITS * sizeof(mo_waiting_bits));
	map->bits[map->bits_count++] = (mo_waiting_bits) {bytes, n, (int) bit, block};
	map->bits_bytes += n;
	count_longest(map, bytes, n);
	patients = map->patients > map->largest_set ? map->patients : map->largest_set;
	if (map->bits_count == MO_WAITING_BITS || map->bits_bytes > WAITING_LEAST + WAITING_PER_PATIENT * patients)
		mo_patient_months_settle_bits(map);
	return true;
}

void
mo_patient_bits_set(unsigned char *bytes, const int32_t *patients, size_t n)
{
	for (size_t i = 0; i < n; i++)
		bytes[patients[i] / 8] |= (unsigned char) (1 << patients[i] % 8);
}
