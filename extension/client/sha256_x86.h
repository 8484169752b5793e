/*
 * sha256_x86.h
 *		A block of SHA-256 by the processor's own instructions, to be compiled into whatever loop needs it.
 *
 * The instructions keep the state as ABEF and CDGH and do two rounds at a time; the message schedule runs four words
 * ahead of the rounds (Intel, "Intel SHA Extensions", 2013).
 */
#ifndef MO_SHA256_X86_H
#define MO_SHA256_X86_H

#if defined(__x86_64__) && !defined(MO_PORTABLE)
#include <immintrin.h>

#include "sha256.h"

#define MO_SHA256_X86 "sha,sse4.1,ssse3"

typedef struct mo_sha256_pair
{
	__m128i		abef;
	__m128i		cdgh;
} mo_sha256_pair;

__attribute__((target(MO_SHA256_X86))) static inline mo_sha256_pair
mo_sha256_x86_take(const uint32_t *state)
{
	__m128i		dcba = _mm_loadu_si128((const __m128i *) (const void *) state);
	__m128i		hgfe = _mm_loadu_si128((const __m128i *) (const void *) (state + 4));
	__m128i		cdab = _mm_shuffle_epi32(dcba, 0xB1);
	__m128i		efgh = _mm_shuffle_epi32(hgfe, 0x1B);

	return (mo_sha256_pair) {_mm_alignr_epi8(cdab, efgh, 8), _mm_blend_epi16(efgh, cdab, 0xF0)};
}

__attribute__((target(MO_SHA256_X86))) static inline void
mo_sha256_x86_put(uint32_t *state, mo_sha256_pair pair)
{
	__m128i		feba = _mm_shuffle_epi32(pair.abef, 0x1B);
	__m128i		dchg = _mm_shuffle_epi32(pair.cdgh, 0xB1);

	_mm_storeu_si128((__m128i *) (void *) state, _mm_blend_epi16(feba, dchg, 0xF0));
	_mm_storeu_si128((__m128i *) (void *) (state + 4), _mm_alignr_epi8(dchg, feba, 8));
}

/* Without a loop, all of the schedule stays in registers. */
__attribute__((target(MO_SHA256_X86))) static inline mo_sha256_pair
mo_sha256_x86_block(mo_sha256_pair before, const void *data)
{
	const __m128i big_endian = _mm_set_epi64x(0x0c0d0e0f08090a0bLL, 0x0405060700010203LL);
	const __m128i *words = data;
	__m128i		abef = before.abef;
	__m128i		cdgh = before.cdgh;
	__m128i		w[4];

#pragma GCC unroll 4
	for (int i = 0; i < 4; i++)
		w[i] = _mm_shuffle_epi8(_mm_loadu_si128(words + i), big_endian);
#pragma GCC unroll 16
	for (int round = 0; round < 16; round++)
	{
		__m128i		now = w[round % 4];
		__m128i		sum = _mm_add_epi32(now, _mm_loadu_si128((const __m128i *) (const void *) (mo_sha256_k + 4 * round)));

		cdgh = _mm_sha256rnds2_epu32(cdgh, abef, sum);
		abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(sum, 0x0E));
		if (round < 12)
		{
			__m128i		last = w[(round + 3) % 4];
			__m128i		next = _mm_sha256msg1_epu32(now, w[(round + 1) % 4]);

			next = _mm_add_epi32(next, _mm_alignr_epi8(last, w[(round + 2) % 4], 4));
			w[round % 4] = _mm_sha256msg2_epu32(next, last);
		}
	}
	return (mo_sha256_pair) {_mm_add_epi32(abef, before.abef), _mm_add_epi32(cdgh, before.cdgh)};
}

#endif
#endif							/* MO_SHA256_X86_H */
