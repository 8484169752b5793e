/*
 * decimal.h
 *		Numbers as files write them, exactly: money as integers of a fixed scale, never by way of a float.
 *
 * Blanks around a number are allowed, and zeros at either end; exponents, thousands separators, NaN and a number that
 * needs more decimals than there are, are not.
 */
#ifndef MO_DECIMAL_H
#define MO_DECIMAL_H

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

/* What is wrong, in words that follow a column's name and a quoted value. */
extern const char *mo_number_fault(mo_number result);

#endif							/* MO_DECIMAL_H */
