#include "peer_values.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static mo_peer_fault
check_number(double number, int is_fraction)
{
	if (is_fraction)
		return number >= 0 && number <= 1 ? MO_PEER_OK : MO_PEER_FRACTION;
	return isfinite(number) ? MO_PEER_OK : MO_PEER_VALUE;
}

/* One number; strtod alone would also take spaces, hexadecimal and names. */
static mo_peer_fault
parse_number(const char **text, int is_fraction, double *number)
{
	const char *p = *text;
	char	   *end;

	if (*p == '-' || *p == '+')
		p++;
	if (!(isdigit((unsigned char) *p) || *p == '.') || (p[0] == '0' && (p[1] == 'x' || p[1] == 'X')))
		return MO_PEER_SYNTAX;
	*number = strtod(*text, &end);
	if (end == *text)
		return MO_PEER_SYNTAX;
	*text = end;
	*number += 0.0;				/* no negative zero */
	return check_number(*number, is_fraction);
}

/* Numbers separated by commas up to the closing character, which is skipped. */
static mo_peer_fault
parse_list(const char **text, char closing, int is_fraction, int64_t *count, double *numbers)
{
	*count = 0;
	if (**text == closing)
	{
		(*text)++;
		return MO_PEER_OK;
	}
	for (;;)
	{
		double		number;
		mo_peer_fault fault = parse_number(text, is_fraction, &number);

		if (fault != MO_PEER_OK)
			return fault;
		if (numbers != NULL)
			numbers[*count] = number;
		(*count)++;
		if (**text == closing)
			break;
		if (**text != ',')
			return MO_PEER_SYNTAX;
		(*text)++;
	}
	(*text)++;
	return MO_PEER_OK;
}

mo_peer_fault
mo_peer_values_parse(const char *text, int64_t *fractions, int64_t *values, double *numbers)
{
	mo_peer_fault fault;

	if (*text++ != '{')
		return MO_PEER_SYNTAX;
	fault = parse_list(&text, '|', 1, fractions, numbers);
	if (fault == MO_PEER_OK)
		fault = parse_list(&text, '}', 0, values, numbers == NULL ? NULL : numbers + *fractions);
	if (fault == MO_PEER_OK && *text != '\0')
		fault = MO_PEER_SYNTAX;
	return fault;
}

static uint64_t
big_endian(const unsigned char *bytes, int size)
{
	uint64_t	number = 0;

	for (int i = 0; i < size; i++)
		number = number << 8 | bytes[i];
	return number;
}

mo_peer_fault
mo_peer_values_header(const unsigned char *bytes, size_t length, int64_t *fractions, int64_t *values)
{
	uint64_t	n_fractions;
	uint64_t	n_values;
	uint64_t	numbers;

	if (length < MO_PEER_BINARY_HEADER || (length - MO_PEER_BINARY_HEADER) % sizeof(double) != 0)
		return MO_PEER_SYNTAX;
	n_fractions = big_endian(bytes, 4);
	n_values = big_endian(bytes + 4, 8);
	numbers = (length - MO_PEER_BINARY_HEADER) / sizeof(double);
	if (n_fractions > numbers || n_values != numbers - n_fractions)
		return MO_PEER_SYNTAX;
	*fractions = (int64_t) n_fractions;
	*values = (int64_t) n_values;
	return MO_PEER_OK;
}

mo_peer_fault
mo_peer_values_numbers(const unsigned char *bytes, int64_t fractions, int64_t values, double *numbers)
{
	for (int64_t i = 0; i < fractions + values; i++)
	{
		uint64_t	bits = big_endian(bytes + MO_PEER_BINARY_HEADER + 8 * i, 8);
		mo_peer_fault fault;

		memcpy(&numbers[i], &bits, sizeof(double));
		numbers[i] += 0.0;
		fault = check_number(numbers[i], i < fractions);
		if (fault != MO_PEER_OK)
			return fault;
	}
	return MO_PEER_OK;
}
