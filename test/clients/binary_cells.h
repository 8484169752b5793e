/*
 * binary_cells.h
 *		Cells as PostgreSQL sends them in binary, beside the same cells in text: what a client that asks for binary would make of them.
 */
#ifndef MO_CLIENTS_BINARY_CELLS_H
#define MO_CLIENTS_BINARY_CELLS_H

#include <math.h>
#include <postgres_ext.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static inline uint32_t
unsigned_of(const unsigned char *bytes, int size)
{
	uint32_t	found = 0;

	for (int i = 0; i < size; i++)
		found = found << 8 | bytes[i];
	return found;
}

/* Days since 2000-01-01 as 2026-10-01 (Howard Hinnant, chrono-compatible low-level date algorithms). */
static inline void
print_day(char *out, int32_t days)
{
	int64_t		shifted = (int64_t) days + 10957 + 719468;
	int64_t		era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
	int64_t		of_era = shifted - era * 146097;
	int64_t		year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int64_t		of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int64_t		month = (5 * of_year + 2) / 153;

	sprintf(out, "%04d-%02d-%02d", (int) (year_of_era + era * 400 + (month >= 10)), (int) (month < 10 ? month + 3 : month - 9),
			(int) (of_year - (153 * month + 2) / 5 + 1));
}

/* numeric: groups of four decimal digits, the weight of the first, a sign, and digits to show. */
static inline const char *
print_numeric(char *out, const unsigned char *cell)
{
	int			groups = (int) unsigned_of(cell, 2);
	int			weight = (int16_t) unsigned_of(cell + 2, 2);
	int			scale = (int) unsigned_of(cell + 6, 2);
	char	   *to = out;

	if (unsigned_of(cell + 4, 2) > 0x4000)
		return "is NaN or infinite";
	if (scale > 4 || weight > 5)
		return "has more digits than .NET's decimal";
	if (unsigned_of(cell + 4, 2) == 0x4000)
		*to++ = '-';
	for (int i = 0; i <= (weight < 0 ? 0 : weight); i++)
		to += sprintf(to, i == 0 ? "%u" : "%04u", weight >= 0 && i < groups ? unsigned_of(cell + 8 + 2 * i, 2) : 0);
	if (scale > 0)
		sprintf(to, ".%.*s", scale, "0000");
	if (scale > 0 && weight + 1 >= 0 && weight + 1 < groups)
	{
		char		digits[6];

		sprintf(digits, "%04u", unsigned_of(cell + 8 + 2 * (weight + 1), 2));
		memcpy(to + 1, digits, scale);
	}
	return NULL;
}

static inline const char *
check_moment(const unsigned char *cell, const char *text)
{
	int64_t		micros = (int64_t) ((uint64_t) unsigned_of(cell, 4) << 32 | unsigned_of(cell + 4, 4));
	int64_t		day = micros / 86400000000,
				second;
	char		shown[80];

	if (micros == INT64_MAX || micros == INT64_MIN)
		return "is infinite";
	if (micros % 86400000000 < 0)
		day--;
	second = (micros - day * 86400000000) / 1000000;
	print_day(shown, (int32_t) day);
	sprintf(shown + strlen(shown), " %02d:%02d:%02d", (int) (second / 3600), (int) (second / 60 % 60), (int) (second % 60));
	if (strcmp(shown, "1900-01-01") < 0 || strcmp(shown, "9999-12-31 23:59:59") > 0)
		return "is outside the years that clients can show";
	return strcmp(shown, text) == 0 ? NULL : "is another time than in text";
}

/* What is wrong with a cell in binary, beside the same cell in text; NULL when nothing is. */
static inline const char *
check_cell(Oid type, const unsigned char *cell, int length, const char *text)
{
	char		shown[80];
	uint64_t	bits;
	double		real;
	const char *wrong;

	switch (type)
	{
		case 21:				/* smallint */
		case 23:				/* integer */
			if (length != (type == 21 ? 2 : 4))
				return "has the wrong length";
			sprintf(shown, "%d", type == 21 ? (int16_t) unsigned_of(cell, 2) : (int32_t) unsigned_of(cell, 4));
			return strcmp(shown, text) == 0 ? NULL : "is another number than in text";
		case 701:				/* double precision */
			bits = (uint64_t) unsigned_of(cell, 4) << 32 | unsigned_of(cell + 4, 4);
			memcpy(&real, &bits, sizeof(real));
			if (!isfinite(real))
				return "is NaN or infinite";
			return real == strtod(text, NULL) ? NULL : "is another number than in text";
		case 1700:				/* numeric */
			wrong = print_numeric(shown, cell);
			return wrong != NULL ? wrong : strcmp(shown, text) == 0 ? NULL : "is another amount than in text";
		case 1082:				/* date */
			print_day(shown, (int32_t) unsigned_of(cell, 4));
			if (strcmp(shown, "1900-01-01") < 0 || strcmp(shown, "9999-12-31") > 0 || strlen(shown) != 10)
				return "is outside the years that clients can show";
			return strcmp(shown, text) == 0 ? NULL : "is another day than in text";
		case 1114:				/* timestamp */
			return check_moment(cell, text);
		case 1043:				/* varchar */
		case 25:				/* text */
			return length == (int) strlen(text) && memcmp(cell, text, length) == 0 ? NULL : "is another text";
		default:
			return "is of a type that Power BI does not take";
	}
}

#endif
