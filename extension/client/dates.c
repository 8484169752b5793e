#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "dates.h"
#include "nhs_calendar.h"

/* A date taken apart: runs of digits, and at most one word. Separators are blank - _ and /, which stand nowhere twice. */
typedef struct parts
{
	int			digits[3];		/* how many digits each number has */
	int			number[3];
	int			numbers;
	int			word_at;		/* numbers that precede the word; -1 without a word */
	int			month_named;
} parts;

static int
month_named(const char *word, size_t length)
{
	static const char *const names[] = {"JANUARY", "FEBRUARY", "MARCH", "APRIL", "MAY", "JUNE", "JULY", "AUGUST",
		"SEPTEMBER", "OCTOBER", "NOVEMBER", "DECEMBER"};
	char		upper[10];

	if (length < 3 || length >= sizeof(upper))
		return 0;
	for (size_t i = 0; i < length; i++)
		upper[i] = (char) toupper((unsigned char) word[i]);
	for (int month = 0; month < 12; month++)
		if (strncmp(upper, names[month], length) == 0 && (length == 3 || names[month][length] == '\0'))
			return month + 1;
	return 0;
}

static bool
take_apart(const char *text, size_t length, parts *p)
{
	size_t		i = 0;

	memset(p, 0, sizeof(*p));
	p->word_at = -1;
	while (i < length)
	{
		size_t		start = i;

		if (isdigit((unsigned char) text[i]))
		{
			if (p->numbers == 3)
				return false;
			for (; i < length && isdigit((unsigned char) text[i]) && i - start < 9; i++)
				p->number[p->numbers] = p->number[p->numbers] * 10 + (text[i] - '0');
			p->digits[p->numbers++] = (int) (i - start);
		}
		else if (isalpha((unsigned char) text[i]))
		{
			while (i < length && isalpha((unsigned char) text[i]))
				i++;
			p->month_named = month_named(text + start, i - start);
			if (p->word_at >= 0 || p->month_named == 0)
				return false;
			p->word_at = p->numbers;
		}
		else if (strchr(" -_/", text[i]) != NULL && text[i] != '\0' && i > 0 && i + 1 < length &&
				 isalnum((unsigned char) text[i + 1]))
			i++;
		else
			return false;
	}
	return true;
}

/* False when there is no such day. */
static bool
civil_day(int year, int month, int day, int32_t *out)
{
	int64_t		first;

	if (year < 1800 || year > 2199 || month < 1 || month > 12 || day < 1)
		return false;
	first = mo_days_from_civil(year, month, 1);
	if (first + day - 1 > mo_month_end(first))
		return false;
	*out = (int32_t) (first + day - 1);
	return true;
}

static void
trim(const char **text, size_t *length)
{
	while (*length > 0 && **text == ' ')
		++*text, --*length;
	while (*length > 0 && (*text)[*length - 1] == ' ')
		--*length;
}

bool
mo_parse_date(const char *text, size_t length, int32_t *day)
{
	parts		p;

	trim(&text, &length);
	if (!take_apart(text, length, &p))
		return false;
	if (p.word_at < 0 && p.numbers == 1 && p.digits[0] == 8)	/* 20260401 */
		return civil_day(p.number[0] / 10000, p.number[0] / 100 % 100, p.number[0] % 100, day);
	if (p.word_at < 0 && p.numbers == 3 && p.digits[0] == 4 && p.digits[1] == 2 && p.digits[2] == 2)	/* 2026-04-01 */
		return civil_day(p.number[0], p.number[1], p.number[2], day);
	if (p.word_at == 1 && p.numbers == 2 && p.digits[0] <= 2 && p.digits[1] == 4)	/* 01APR2026 */
		return civil_day(p.number[1], p.month_named, p.number[0], day);
	return false;
}

bool
mo_parse_month(const char *text, size_t length, int32_t *month)
{
	parts		p;

	if (mo_parse_date(text, length, month))
	{
		*month = (int32_t) mo_month_start(*month);
		return true;
	}
	trim(&text, &length);
	if (!take_apart(text, length, &p))
		return false;
	if (p.word_at < 0 && p.numbers == 1 && p.digits[0] == 6)	/* 201404 */
		return civil_day(p.number[0] / 100, p.number[0] % 100, 1, month);
	if (p.word_at < 0 && p.numbers == 2 && p.digits[0] == 4 && p.digits[1] == 2)	/* 2014_04 */
		return civil_day(p.number[0], p.number[1], 1, month);
	if (p.word_at == 0 && p.numbers == 1 && p.digits[0] == 4)	/* Apr 2014 */
		return civil_day(p.number[0], p.month_named, 1, month);
	return false;
}

const char *
mo_date_text(int32_t day, char *out)
{
	mo_civil	civil = mo_civil_from_days(day);

	snprintf(out, MO_DATE_TEXT, "%04d-%02d-%02d", (int) (civil.year % 10000), civil.month % 100, civil.day % 100);
	return out;
}

const char *
mo_month_text(int32_t day, char *out)
{
	mo_date_text(day, out);
	out[7] = '\0';
	return out;
}

int32_t
mo_today(void)
{
	time_t		now = time(NULL);
	struct tm	local;

	localtime_r(&now, &local);
	return (int32_t) mo_days_from_civil(local.tm_year + 1900, local.tm_mon + 1, local.tm_mday);
}

int32_t
mo_this_month(void)
{
	return (int32_t) mo_month_start(mo_today());
}
