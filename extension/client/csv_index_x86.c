#include "csv_index.h"

#if defined(__x86_64__) && !defined(MO_PORTABLE)
#include <cpuid.h>

#include "sha256_x86.h"

#define BLOCK 64
#define TARGET "ssse3,popcnt,bmi"
#define AT_ONCE 8				/* places that are written whether or not there are so many */

int
mo_csv_index_x86_available(void)
{
	unsigned	a, b, c, d;

	/* leaf 1: SSSE3 and POPCNT; leaf 7: BMI1 */
	if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & (1u << 9)) || !(c & (1u << 23)))
		return 0;
	if (!__get_cpuid_count(7, 0, &a, &b, &c, &d) || !(b & (1u << 3)))
		return 0;
	return mo_sha256_x86_available() ? 2 : 1;
}

/*
 * Bit i says that byte i of the 64 is one of the four. No two of them have the same lower half, so that a byte is looked
 * up by its own: in the place of each stands the byte it has to be, elsewhere one it cannot be.
 */
__attribute__((target(TARGET))) static inline uint64_t
special_bits(const char *bytes)
{
	const __m128i table = _mm_setr_epi8(1, 0, '"', 0, 0, 0, 0, 0, 0, 0, '\n', 0, ',', '\r', 0, 0);
	uint64_t	bits = 0;

#pragma GCC unroll 4
	for (int i = 0; i < BLOCK / 16; i++)
	{
		__m128i		chunk = _mm_loadu_si128((const __m128i *) (const void *) (bytes + 16 * i));
		__m128i		hit = _mm_cmpeq_epi8(_mm_shuffle_epi8(table, chunk), chunk);

		bits |= (uint64_t) (uint32_t) _mm_movemask_epi8(hit) << (16 * i);
	}
	return bits;
}

/* Places of the bits that are set. Eight are written at once: 64 bytes seldom have more, and the processor need not guess how many. */
__attribute__((target(TARGET))) static inline uint32_t *
put_places(uint64_t bits, uint32_t base, uint32_t *found)
{
	uint32_t   *end = found + __builtin_popcountll(bits);

	do
	{
#pragma GCC unroll 8
		for (int i = 0; i < AT_ONCE; i++)
		{
			found[i] = base + (uint32_t) _tzcnt_u64(bits);
			bits &= bits - 1;
		}
		found += AT_ONCE;
	} while (__builtin_expect(found < end, 0));
	return end;
}

__attribute__((target(TARGET)))
uint32_t *
mo_csv_index_x86(const char *text, size_t blocks, uint32_t base, uint32_t *found)
{
	for (; blocks > 0; blocks--, text += BLOCK, base += BLOCK)
		found = put_places(special_bits(text), base, found);
	return found;
}

__attribute__((target(TARGET "," MO_SHA256_X86)))
uint32_t *
mo_csv_index_x86_hashing(uint32_t *state, const char *text, size_t blocks, uint32_t base, uint32_t *found)
{
	mo_sha256_pair pair = mo_sha256_x86_take(state);

	for (; blocks > 0; blocks--, text += BLOCK, base += BLOCK)
	{
		pair = mo_sha256_x86_block(pair, text);
		found = put_places(special_bits(text), base, found);
	}
	mo_sha256_x86_put(state, pair);
	return found;
}

#else

int
mo_csv_index_x86_available(void)
{
	return 0;
}

uint32_t *
mo_csv_index_x86(const char *text, size_t blocks, uint32_t base, uint32_t *found)
{
	(void) text;
	(void) blocks;
	(void) base;
	return found;
}

uint32_t *
mo_csv_index_x86_hashing(uint32_t *state, const char *text, size_t blocks, uint32_t base, uint32_t *found)
{
	(void) state;
	return mo_csv_index_x86(text, blocks, base, found);
}
#endif
