#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "decimal.h"

const double mo_power_of_ten[] = {
	1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22
};

const uint64_t mo_integer_power[] = {1, 10, 100, 1000, 10000, 100000};

static void
trim(const char **text, size_t *length)
{
	while (*length > 0 && (**text == ' ' || **text == '\t'))
		++*text, --*length;
	while (*length > 0 && ((*text)[*length - 1] == ' ' || (*text)[*length - 1] == '\t'))
		--*length;
}

mo_number
mo_parse_fixed(const char *text, size_t length, int scale, int64_t *value)
{
	uint64_t	number = 0;
	int			decimals = -1;	/* digits seen after the point; -1 before it */
	bool		negative;
	bool		digits = false;
	size_t		i = 0;
	unsigned	given;

	if (mo_plain_number(text, length, &number, &given) && mo_scale_number(number, given, scale, value))
		return MO_NUMBER_OK;
	number = 0;
	trim(&text, &length);
	if (length == 0)
		return MO_NUMBER_EMPTY;
	negative = text[0] == '-';
	if (negative || text[0] == '+')
		i++;
	for (; i < length; i++)
	{
		unsigned	digit = (unsigned) (unsigned char) text[i] - '0';

		if (text[i] == '.' && decimals < 0)
		{
			decimals = 0;
			continue;
		}
		if (digit > 9)
			return MO_NUMBER_BAD;
		digits = true;
		if (decimals >= scale)
		{
			if (digit != 0)
			{
				for (i++; i < length; i++)
					if (text[i] < '0' || text[i] > '9')
						return MO_NUMBER_BAD;
				return MO_NUMBER_TOO_PRECISE;
			}
			continue;
		}
		if (number > ((uint64_t) INT64_MAX - digit) / 10)
			return MO_NUMBER_RANGE;
		number = number * 10 + digit;
		decimals += decimals >= 0;
	}
	if (!digits)
		return MO_NUMBER_BAD;
	for (int d = decimals > 0 ? decimals : 0; d < scale; d++)
	{
		if (number > (uint64_t) INT64_MAX / 10)
			return MO_NUMBER_RANGE;
		number *= 10;
	}
	*value = negative ? -(int64_t) number : (int64_t) number;
	return MO_NUMBER_OK;
}

mo_number
mo_parse_count(const char *text, size_t length, int64_t max, int64_t *value)
{
	mo_number	result = mo_parse_fixed(text, length, 0, value);

	if (result != MO_NUMBER_OK)
		return result;
	return *value < 0 || *value > max ? MO_NUMBER_RANGE : MO_NUMBER_OK;
}

mo_number
mo_parse_quantity(const char *text, size_t length, double *value)
{
	uint64_t	number = 0;
	int			decimals = -1;
	int			significant = 0;
	char		copy[64];
	unsigned	given;

	if (mo_plain_number(text, length, &number, &given))
	{
		*value = mo_nearest_number(number, given);
		return MO_NUMBER_OK;
	}
	number = 0;
	trim(&text, &length);
	if (length == 0)
		return MO_NUMBER_EMPTY;
	if (length >= sizeof(copy) || (length == 1 && text[0] == '.'))
		return MO_NUMBER_BAD;
	for (size_t i = 0; i < length; i++)
	{
		unsigned	digit = (unsigned) (unsigned char) text[i] - '0';

		if (text[i] == '.' && decimals < 0)
			decimals = 0;
		else if (digit > 9)
			return text[0] == '-' && i == 0 && length > 1 ? MO_NUMBER_RANGE : MO_NUMBER_BAD;
		else
		{
			significant += significant > 0 || digit > 0;
			number = number * 10 + digit;
			decimals += decimals >= 0;
		}
	}
	/* Both exact in a double, so one division rounds once: the nearest. */
	if (significant <= 15 && decimals <= 22)
	{
		*value = (double) number / mo_power_of_ten[decimals > 0 ? decimals : 0];
		return MO_NUMBER_OK;
	}
	memcpy(copy, text, length);
	copy[length] = '\0';
	*value = strtod(copy, NULL);
	return MO_NUMBER_OK;
}

mo_number
mo_parse_signed(const char *text, size_t length, double *value)
{
	bool		negative;
	mo_number	result;

	trim(&text, &length);
	negative = length > 1 && text[0] == '-' && text[1] != '-';
	result = mo_parse_quantity(text + negative, length - negative, value);
	if (result == MO_NUMBER_OK && negative)
		*value = -*value;
	return result == MO_NUMBER_RANGE ? MO_NUMBER_BAD : result;
}

const char *
mo_number_fault(mo_number result)
{
	switch (result)
	{
		case MO_NUMBER_EMPTY:
			return "is empty";
		case MO_NUMBER_RANGE:
			return "is out of range";
		case MO_NUMBER_TOO_PRECISE:
			return "has more decimals than can be kept exactly";
		default:
			return "is not a number";
	}
}
