#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "text.h"

#define LONGEST_NAME 60		/* of a column, as far as one is shown */

/* Length of the valid UTF-8 sequence at text, 0 if there is none (RFC 3629: no surrogates, nothing overlong). */
static size_t
utf8_sequence(const unsigned char *text, size_t length)
{
	unsigned char lead = text[0];
	size_t		need = lead < 0x80 ? 1 : lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 0;

	if (need == 0 || need > length)
		return 0;
	for (size_t i = 1; i < need; i++)
		if ((text[i] & 0xC0) != 0x80)
			return 0;
	if ((lead == 0xE0 && text[1] < 0xA0) || (lead == 0xED && text[1] > 0x9F) ||
		(lead == 0xF0 && text[1] < 0x90) || (lead == 0xF4 && text[1] > 0x8F))
		return 0;
	return need;
}

long
mo_utf8_fault(const char *text, size_t length)
{
	const unsigned char *bytes = (const unsigned char *) text;
	size_t		i = 0;

	while (i < length)
	{
		uint64_t	word;
		size_t		step;

		if (i + 8 <= length)
		{
			memcpy(&word, bytes + i, 8);
			/* eight ASCII bytes, none of them zero */
			if (((word | ((word - UINT64_C(0x0101010101010101)) & ~word)) & UINT64_C(0x8080808080808080)) == 0)
			{
				i += 8;
				continue;
			}
		}
		step = utf8_sequence(bytes + i, length - i);
		if (step == 0 || bytes[i] == 0)
			return (long) i;
		i += step;
	}
	return -1;
}

char *
mo_printable(const char *text, size_t length, char *out, size_t size)
{
	const unsigned char *bytes = (const unsigned char *) text;
	size_t		used = 0;
	size_t		i = 0;

	while (i < length)
	{
		size_t		step = utf8_sequence(bytes + i, length - i);
		/* C0, DEL, and C1, which terminals obey too */
		bool		control = bytes[i] < 0x20 || bytes[i] == 0x7F || (bytes[i] == 0xC2 && step == 2 && bytes[i + 1] < 0xA0);

		if (used + 12 > size)	/* two bytes as \xHH\xHH, "..." and the end */
		{
			strcpy(out + used, "...");
			return out;
		}
		if (step == 0 || control)
		{
			for (size_t until = i + (step > 0 ? step : 1); i < until; i++)
				used += (size_t) sprintf(out + used, "\\x%02X", bytes[i]);
			continue;
		}
		memcpy(out + used, bytes + i, step);
		used += step;
		i += step;
	}
	out[used] = '\0';
	return out;
}

/* Names of columns have few digits and do not begin with one; keys, codes, dates and numbers have many or do. */
static bool
looks_like_name(const char *text, size_t length)
{
	int			digits = 0;

	while (length > 0 && (*text == '"' || *text == ' ' || *text == '\''))
		text++, length--;
	for (size_t i = 0; i < length; i++)
		digits += isdigit((unsigned char) text[i]) ? 1 : 0;
	return length <= LONGEST_NAME && digits <= 3 && (length == 0 || !isdigit((unsigned char) *text));
}

char *
mo_printable_names(const char *text, size_t length, char *out, size_t size)
{
	char		names[4 * LONGEST_NAME];
	size_t		used = 0;

	for (size_t at = 0; at <= length && used + LONGEST_NAME + 1 < sizeof(names);)
	{
		const char *comma = at < length ? memchr(text + at, ',', length - at) : NULL;
		size_t		end = comma != NULL ? (size_t) (comma - text) : length;
		bool		shown = looks_like_name(text + at, end - at);
		size_t		taken = shown ? end - at : 3;

		memcpy(names + used, shown ? text + at : "...", taken);
		used += taken;
		if (comma != NULL)
			names[used++] = ',';
		at = end + 1;
	}
	return mo_printable(names, used, out, size);
}

char *
mo_printable_value(const char *text, size_t length, char *out, size_t size)
{
	size_t		before = 0;

	while (before < length && text[before] != ',' && text[before] != '\n' && text[before] != '\r')
		before++;
	if (before == length || (memchr(text, '\n', length) == NULL && memchr(text, '\r', length) == NULL))
		return mo_printable(text, length, out, size);
	mo_printable(text, before, out, size - 3);
	return strcat(out, "...");
}

void
mo_normal_name(const char *text, size_t length, char *out, size_t size)
{
	size_t		used = 0;

	for (size_t i = 0; i < length && used + 1 < size; i++)
	{
		unsigned char c = (unsigned char) text[i];

		if (c < 0x80 && isalnum(c))
			out[used++] = (char) toupper(c);
		else if (c == '+')		/* Male 75+ */
			out[used++] = '+';
		else if (used > 0 && out[used - 1] != '_')
			out[used++] = '_';
	}
	while (used > 0 && out[used - 1] == '_')
		used--;
	out[used] = '\0';
}

const char *
mo_base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

bool
mo_lost_digits(const char *text, size_t length)
{
	size_t		i = 0;

	while (i < length && (isdigit((unsigned char) text[i]) || text[i] == '.'))
		i++;
	if (i == 0 || i + 2 > length || (text[i] != 'E' && text[i] != 'e') || text[i + 1] != '+')
		return false;
	for (i += 2; i < length; i++)
		if (!isdigit((unsigned char) text[i]))
			return false;
	return text[length - 1] != '+';
}

char
mo_check_digit(const char *digits, size_t length)
{
	static const char permutation[8][11] = {"0123456789", "1576283094", "5803796142", "8916043527",
		"9453126870", "4286573901", "2793806415", "7046913258"};
	static const char product[10][11] = {"0123456789", "1234067895", "2340178956", "3401289567",
		"4012395678", "5987604321", "6598710432", "7659821043", "8765932104", "9876543210"};
	static const char inverse[] = "0432156789";
	int			check = 0;

	for (size_t i = 0; i < length; i++)
		check = product[check][permutation[(i + 1) % 8][digits[length - 1 - i] - '0'] - '0'] - '0';
	return inverse[check];
}

bool
mo_lost_concept(const char *text, size_t length)
{
	if (length < 16 || length > 18)
		return mo_lost_digits(text, length);
	for (size_t i = 0; i < length; i++)
		if (!isdigit((unsigned char) text[i]) || (i >= 15 && text[i] != '0'))
			return mo_lost_digits(text, length);
	return mo_check_digit(text, length - 1) != '0';
}

bool
mo_parse_bool(const char *text, size_t length, bool *value)
{
	static const char *const words[] = {"true", "t", "yes", "y", "1", "false", "f", "no", "n", "0"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strlen(words[i]) == length && strncasecmp(words[i], text, length) == 0)
		{
			*value = i < 5;
			return true;
		}
	return false;
}
