/*
 * peer_values.h
 *		Text and binary forms of the state of median, percentile, percentiles and deciles. Plain C.
 *
 * The state is the fractions asked for (none for median and deciles) and the values seen so far, in no order.
 * Text: {fractions|values}, both separated by commas, as in {0.5|3,1,2} and {|}. No spaces.
 * Binary (big-endian): int32 fractions, int64 values, then those numbers as IEEE doubles.
 * A fraction is in [0, 1], a value is finite. Every function reports what is wrong instead of trusting its input.
 */
#ifndef MO_STATS_PEER_VALUES_H
#define MO_STATS_PEER_VALUES_H

#include <stddef.h>
#include <stdint.h>

typedef enum mo_peer_fault
{
	MO_PEER_OK,
	MO_PEER_SYNTAX,				/* not of that form, or bytes missing or left over */
	MO_PEER_FRACTION,			/* a fraction outside [0, 1] */
	MO_PEER_VALUE				/* NaN, infinite, or outside the range of a double */
} mo_peer_fault;

#define MO_PEER_BINARY_HEADER 12

/*
 * Reads the text. numbers may be NULL (to count first); otherwise it gets the fractions, then the values.
 * The decimal point is the C locale's, as everywhere in a server.
 */
extern mo_peer_fault mo_peer_values_parse(const char *text, int64_t *fractions, int64_t *values, double *numbers);

/* Checks that the length agrees with the counts it begins with and returns them. */
extern mo_peer_fault mo_peer_values_header(const unsigned char *bytes, size_t length, int64_t *fractions, int64_t *values);

/* Decodes and checks the numbers of a message whose header was good. */
extern mo_peer_fault mo_peer_values_numbers(const unsigned char *bytes, int64_t fractions, int64_t values, double *numbers);

#endif /* MO_STATS_PEER_VALUES_H */
