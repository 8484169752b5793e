/*
 * fields.h
 *		Numbers and codes of a scanner's row, sixteen bytes at a time.
 *
 * A field of a row lies in the scanner's buffer, which has MO_CSV_AROUND bytes before and behind it that may be read
 * (csv.h): so its bytes can be loaded at once, whatever their number, and those that are not of the field masked out.
 * Nothing here decides what is wrong with a field: false means that it has to be looked at the slow way.
 */
#ifndef MO_FIELDS_H
#define MO_FIELDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "decimal.h"

#if defined(__x86_64__) && !defined(MO_PORTABLE)
#include <emmintrin.h>

/* From place 16 - n on: n times 0xFF at the end; from place 16 + n on: n times 0 at the end. */
static const unsigned char mo_field_mask[48] __attribute__((aligned(16))) = {
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
};

static inline __m128i
mo_field_load(const void *from)
{
	return _mm_loadu_si128((const __m128i *) from);
}

/* Sixteen digits, as numbers, the first the highest. */
static inline uint64_t
mo_field_digits(__m128i digits)
{
	__m128i		high = _mm_and_si128(digits, _mm_set1_epi16(0x00FF));
	__m128i		low = _mm_srli_epi16(digits, 8);
	__m128i		two = _mm_add_epi16(_mm_mullo_epi16(high, _mm_set1_epi16(10)), low);
	__m128i		four = _mm_madd_epi16(two, _mm_set1_epi32(1 << 16 | 100));
	__m128i		eight = _mm_madd_epi16(_mm_packs_epi32(four, four), _mm_set1_epi32(1 << 16 | 10000));
	uint64_t	both = (uint64_t) _mm_cvtsi128_si64(eight);

	return (both & UINT32_MAX) * 100000000 + (both >> 32);
}

/*
 * A number of up to 15 digits, perhaps with a point, and nothing else: without its point, and how many digits stand
 * behind that. The text is loaded so that it ends where the sixteen bytes end, and once more a byte further on: from
 * there come the digits before the first point. A second one is no digit.
 */
static inline bool
mo_field_number(const char *text, size_t length, uint64_t *number, unsigned *decimals)
{
	const char *end = text + length;
	const __m128i nine = _mm_set1_epi8(9);
	__m128i		plain;
	__m128i		digits;
	__m128i		kept;
	unsigned	points;
	unsigned	behind;

	if (length - 1 > 14)
		return false;
	plain = mo_field_load(end - 16);
	kept = mo_field_load(mo_field_mask + length);
	points = (unsigned) _mm_movemask_epi8(_mm_and_si128(_mm_cmpeq_epi8(plain, _mm_set1_epi8('.')), kept));
	if (points != 0 && length == 1)
		return false;
	behind = points != 0 ? 15 - (unsigned) __builtin_ctz(points) : 16;
	digits = mo_field_load(mo_field_mask + behind);
	digits = _mm_or_si128(_mm_and_si128(digits, plain), _mm_andnot_si128(digits, mo_field_load(end - 17)));
	kept = mo_field_load(mo_field_mask + length - (points != 0));
	digits = _mm_and_si128(_mm_sub_epi8(digits, _mm_set1_epi8('0')), kept);
	if (_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_max_epu8(digits, nine), nine)) != 0xFFFF)
		return false;
	*number = mo_field_digits(digits);
	*decimals = behind & 15;
	return true;
}

/* A code of 1 to 16 capital letters and digits, padded with zeros. */
static inline bool
mo_field_code(const char *text, size_t length, uint64_t *key)
{
	__m128i		code;
	__m128i		kept;
	__m128i		digit;
	__m128i		letter;

	if (length - 1 > 15)
		return false;
	kept = mo_field_load(mo_field_mask + 32 - length);
	code = _mm_and_si128(mo_field_load(text), kept);
	digit = _mm_and_si128(_mm_cmpgt_epi8(code, _mm_set1_epi8('0' - 1)), _mm_cmplt_epi8(code, _mm_set1_epi8('9' + 1)));
	letter = _mm_and_si128(_mm_cmpgt_epi8(code, _mm_set1_epi8('A' - 1)), _mm_cmplt_epi8(code, _mm_set1_epi8('Z' + 1)));
	_mm_storeu_si128((__m128i *) (void *) key, code);
	return _mm_movemask_epi8(_mm_andnot_si128(_mm_or_si128(digit, letter), kept)) == 0;
}

#else

static inline bool
mo_field_number(const char *text, size_t length, uint64_t *number, unsigned *decimals)
{
	return mo_plain_number(text, length, number, decimals);
}

static inline bool
mo_field_code(const char *text, size_t length, uint64_t *key)
{
	if (length - 1 > 15)
		return false;
	key[0] = key[1] = 0;
	memcpy(key, text, length);
	for (size_t i = 0; i < length; i++)
		if (!((text[i] >= '0' && text[i] <= '9') || (text[i] >= 'A' && text[i] <= 'Z')))
			return false;
	return true;
}
#endif

#endif							/* MO_FIELDS_H */
