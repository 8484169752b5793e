/*
 * decimal.h
 *		Numbers as files write them, exactly: money as integers of a fixed scale, never by way of a float.
 *
 * Blanks around a number are allowed, and zeros at either end; exponents, thousands separators, NaN and a number that
 * needs more decimals than there are, are not.
 */
#ifndef MO_DECIMAL_H
#define MO_DECIMAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum mo_number
{
	MO_NUMBER_OK,
	MO_NUMBER_EMPTY,
	MO_NUMBER_BAD,
	MO_NUMBER_RANGE,
	MO_NUMBER_TOO_PRECISE
} mo_number;

/* value = number * 10^scale; scale 0 to 18. */
extern mo_number mo_parse_fixed(const char *text, size_t length, int scale, int64_t *value);

/* A whole number from 0 to max ("12", "0000012", "12.0"). */
extern mo_number mo_parse_count(const char *text, size_t length, int64_t max, int64_t *value);

/* The double nearest to the decimal number written, 0 or above. */
extern mo_number mo_parse_quantity(const char *text, size_t length, double *value);

/* The same with a sign. */
extern mo_number mo_parse_signed(const char *text, size_t length, double *value);

/*
 * Nearly every number of a file: up to 15 digits, perhaps with a point, and nothing else. False: it has to be looked at
 * more closely, by one of those above.
 */
static inline bool
mo_plain_number(const char *text, size_t length, uint64_t *number, unsigned *decimals)
{
	uint64_t	value = 0;
	size_t		point = length;

	if (length == 0 || length > 15)
		return false;
	for (size_t i = 0; i < length; i++)
	{
		unsigned	digit = (unsigned) (unsigned char) text[i] - '0';

		if (digit <= 9)
			value = value * 10 + digit;
		else if (text[i] == '.' && point == length && length > 1)
			point = i;
		else
			return false;
	}
	*number = value;
	*decimals = point < length ? (unsigned) (length - point - 1) : 0;
	return true;
}

extern const uint64_t mo_integer_power[6];
extern const double mo_power_of_ten[23];

/* Such a number with `scale` decimals; false: it has more, or is too large to be sure. */
static inline bool
mo_scale_number(uint64_t number, unsigned decimals, int scale, int64_t *value)
{
	if ((int) decimals > scale || scale > 5 || number >= UINT64_C(10000000000000))
		return false;
	*value = (int64_t) (number * mo_integer_power[scale - (int) decimals]);
	return true;
}

/* Both are exact in a double, so one division rounds once: the nearest. */
static inline double
mo_nearest_number(uint64_t number, unsigned decimals)
{
	return (double) number / mo_power_of_ten[decimals];
}

/* What is wrong, in words that follow a column's name and a quoted value. */
extern const char *mo_number_fault(mo_number result);

#endif							/* MO_DECIMAL_H */
