/* What looks at many bytes at a time finds the same as what looks at one after the other. */
#include <stdlib.h>
#include <string.h>

#include "csv.h"
#include "csv_index.h"
#include "fields.h"
#include "tap.h"

#define TEXT 3000

static uint32_t seed = 1;

static uint32_t
any(uint32_t below)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % below;
}

static void
fill(char *text, size_t length, const char *letters)
{
	for (size_t i = 0; i < length; i++)
		text[i] = any(20) == 0 ? (char) any(256) : letters[any((uint32_t) strlen(letters))];
}

/* A field with others around it, whose bytes must not count. */
static char *
field_in_a_row(char *row, size_t length, const char *letters)
{
	char	   *field = row + MO_CSV_AROUND;

	fill(row, MO_CSV_AROUND, letters);
	fill(field + length, MO_CSV_AROUND, letters);
	if (any(4) > 0)
	{
		for (size_t i = 0; i < length; i++)
			field[i] = letters[any((uint32_t) strlen(letters))];
	}
	else
		fill(field, length, letters);
	return field;
}

static void
numbers(void)
{
	int			wrong = 0;
	int			good = 0;

	for (int n = 0; n < 400000; n++)
	{
		char		row[2 * MO_CSV_AROUND + 20];
		size_t		length = any(21);
		const char *field = field_in_a_row(row, length, n % 2 ? "0123456789012345678901234567890123456789." : "0123456789");
		uint64_t	number = 0;
		uint64_t	expected = 0;
		unsigned	decimals = 0;
		unsigned	expected_decimals = 0;
		bool		is = mo_field_number(field, length, &number, &decimals);

		wrong += is != mo_plain_number(field, length, &expected, &expected_decimals) || number != expected || decimals != expected_decimals;
		good += is;
	}
	ok(wrong == 0 && good > 100000, "numbers of fields, %d good ones: %d wrong", good, wrong);
}

static void
codes(void)
{
	int			wrong = 0;
	int			good = 0;

	for (int n = 0; n < 400000; n++)
	{
		char		row[2 * MO_CSV_AROUND + 20];
		size_t		length = any(19);
		const char *field = field_in_a_row(row, length, n % 50 ? "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ" : "09AZ/:@[az");
		uint64_t	key[2] = {1, 1};
		uint64_t	expected[2] = {0, 0};
		bool		should = length > 0 && length <= 16;
		bool		is = mo_field_code(field, length, key);

		for (size_t i = 0; i < length; i++)
			should = should && strchr("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", field[i]) != NULL && field[i] != '\0';
		if (should)
			memcpy(expected, field, length);
		wrong += is != should || (is && memcmp(key, expected, sizeof(key)) != 0);
		good += is;
	}
	ok(wrong == 0 && good > 100000, "codes of fields, %d good ones: %d wrong", good, wrong);
}

/* Every byte that the search may take for another is in the letters. */
static void
places(void)
{
	static const char letters[] = ",\"\n\rabcdefgh\x01\x02\x0C\x0B\x2A\x2D\x1A\x1D\x32\x3C\xAC\xA2\x8A\x8D";
	int			wrong = 0;
	int			found_all = 0;

	for (int n = 0; n < 4000; n++)
	{
		char		text[TEXT + MO_CSV_INDEX_SLACK];
		uint32_t	found[TEXT + MO_CSV_INDEX_SLACK];
		uint32_t	expected[TEXT];
		char		hex[2][MO_SHA256_HEX];
		mo_sha256	sha[2];
		size_t		before = n % 3 == 0 ? any(100) : 64 * any(3);	/* what has been hashed of the file */
		size_t		length = any(TEXT);
		uint32_t	count = 0;
		uint32_t   *end;

		fill(text, sizeof(text), n % 5 == 0 ? "," : letters);
		for (size_t i = 0; i < length; i++)
			if (text[i] == ',' || text[i] == '"' || text[i] == '\n' || text[i] == '\r')
				expected[count++] = (uint32_t) (i + 77);
		for (int i = 0; i < 2; i++)
		{
			mo_sha256_begin(&sha[i]);
			mo_sha256_add(&sha[i], text, before);
		}
		end = mo_csv_index(n % 2 ? &sha[0] : NULL, text, length, 77, found);
		wrong += end != found + count || memcmp(found, expected, count * sizeof(uint32_t)) != 0;
		if (n % 2)
			mo_sha256_add(&sha[1], text, length);
		wrong += strcmp(mo_sha256_hex(&sha[0], hex[0]), mo_sha256_hex(&sha[1], hex[1])) != 0;
		found_all += (int) count;
	}
	ok(wrong == 0 && found_all > 100000, "commas, quotes and line ends, and the hash found beside: %d wrong", wrong);
}

int
main(void)
{
	numbers();
	codes();
	places();
	return done();
}
