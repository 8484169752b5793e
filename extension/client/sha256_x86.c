#include "sha256.h"

#if defined(__x86_64__) && !defined(MO_PORTABLE)
#include <cpuid.h>
#include <immintrin.h>

int
mo_sha256_x86_available(void)
{
	unsigned	a, b, c, d;

	/* leaf 7: SHA extensions; leaf 1: SSE4.1 and SSSE3, which go with them */
	if (!__get_cpuid_count(7, 0, &a, &b, &c, &d) || !(b & (1u << 29)))
		return 0;
	return __get_cpuid(1, &a, &b, &c, &d) && (c & (1u << 19)) && (c & (1u << 9));
}

/*
 * The instructions keep the state as ABEF and CDGH and do two rounds at a time; the message schedule runs four words
 * ahead of the rounds (Intel, "Intel SHA Extensions", 2013).
 */
__attribute__((target("sha,sse4.1,ssse3")))
void
mo_sha256_x86_blocks(uint32_t *state, const unsigned char *data, size_t blocks)
{
	const __m128i big_endian = _mm_set_epi64x(0x0c0d0e0f08090a0bLL, 0x0405060700010203LL);
	__m128i		dcba = _mm_loadu_si128((const __m128i *) (const void *) state);
	__m128i		hgfe = _mm_loadu_si128((const __m128i *) (const void *) (state + 4));
	__m128i		cdab = _mm_shuffle_epi32(dcba, 0xB1);
	__m128i		efgh = _mm_shuffle_epi32(hgfe, 0x1B);
	__m128i		abef = _mm_alignr_epi8(cdab, efgh, 8);
	__m128i		cdgh = _mm_blend_epi16(efgh, cdab, 0xF0);

	for (; blocks > 0; blocks--, data += 64)
	{
		__m128i		abef_before = abef;
		__m128i		cdgh_before = cdgh;
		__m128i		w[4];

		for (int i = 0; i < 4; i++)
			w[i] = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *) (const void *) (data + 16 * i)), big_endian);
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
		abef = _mm_add_epi32(abef, abef_before);
		cdgh = _mm_add_epi32(cdgh, cdgh_before);
	}
	cdab = _mm_shuffle_epi32(abef, 0x1B);	/* FEBA */
	efgh = _mm_shuffle_epi32(cdgh, 0xB1);	/* DCHG */
	_mm_storeu_si128((__m128i *) (void *) state, _mm_blend_epi16(cdab, efgh, 0xF0));
	_mm_storeu_si128((__m128i *) (void *) (state + 4), _mm_alignr_epi8(efgh, cdab, 8));
}

#else

int
mo_sha256_x86_available(void)
{
	return 0;
}

void
mo_sha256_x86_blocks(uint32_t *state, const unsigned char *data, size_t blocks)
{
	(void) state;
	(void) data;
	(void) blocks;
}
#endif
