/*
 * times.c
 *		Times of day in files, as microseconds since 2000-01-01 00:00 UTC (PostgreSQL's own count). Declared in dates.h.
 */
#include <ctype.h>
#include <string.h>

#include "dates.h"
#include "nhs_calendar.h"

#define SECOND INT64_C(1000000)
#define HOUR (3600 * SECOND)
#define DAY (24 * HOUR)

typedef struct reader
{
	const char *at;
	const char *end;
} reader;

/* Exactly two digits, up to `most`. */
static bool
two_digits(reader *r, int most, int *value)
{
	if (r->end - r->at < 2 || !isdigit((unsigned char) r->at[0]) || !isdigit((unsigned char) r->at[1]))
		return false;
	*value = (r->at[0] - '0') * 10 + (r->at[1] - '0');
	r->at += 2;
	return *value <= most;
}

static bool
accept(reader *r, char c)
{
	if (r->at == r->end || *r->at != c)
		return false;
	r->at++;
	return true;
}

/* 09:30, 09:30:00, 09:30:00.123456 */
static bool
read_clock(reader *r, int64_t *clock)
{
	int			hour;
	int			minute;
	int			second = 0;
	int64_t		unit = SECOND;

	if (!two_digits(r, 23, &hour) || !accept(r, ':') || !two_digits(r, 59, &minute))
		return false;
	if (accept(r, ':') && !two_digits(r, 59, &second))
		return false;
	*clock = ((hour * 60 + minute) * 60 + second) * SECOND;
	if (!accept(r, '.'))
		return true;
	if (r->at == r->end || !isdigit((unsigned char) *r->at))
		return false;
	for (; r->at < r->end && isdigit((unsigned char) *r->at); r->at++)
	{
		unit /= 10;
		*clock += (*r->at - '0') * unit;
	}
	return true;
}

/* Z, +01, +0100, +01:00; nothing leaves *given false. */
static bool
read_offset(reader *r, bool *given, int64_t *offset)
{
	bool		negative;
	int			hour;
	int			minute = 0;

	*given = r->at < r->end;
	*offset = 0;
	if (!*given || accept(r, 'Z') || accept(r, 'z'))
		return r->at == r->end;
	negative = *r->at == '-';
	if (!accept(r, '+') && !accept(r, '-'))
		return false;
	if (!two_digits(r, 15, &hour))
		return false;
	if (r->at < r->end && ((accept(r, ':'), !two_digits(r, 59, &minute))))
		return false;
	*offset = (negative ? -1 : 1) * (hour * 60 + minute) * 60 * SECOND;
	return r->at == r->end;
}

/* The last Sunday of a month of 31 days, as days since 2000-01-01, which was a Saturday. */
static int64_t
last_sunday(int64_t year, int month)
{
	int64_t		last = mo_days_from_civil((int32_t) year, month, 31);

	return last - ((last - 1) % 7 + 7) % 7;
}

/* What London's clocks are ahead at a time they show. In the hour that is skipped they have not been put forward yet. */
static int64_t
london_offset(int32_t day, int64_t local)
{
	int64_t		year = mo_civil_from_days(day).year;

	return local >= last_sunday(year, 3) * DAY + 2 * HOUR && local < last_sunday(year, 10) * DAY + HOUR ? HOUR : 0;
}

bool
mo_parse_time(const char *text, size_t length, int64_t *time)
{
	reader		r = {text, text + length};
	const char *colon = memchr(text, ':', length);
	size_t		date = colon != NULL && colon - text >= 3 ? (size_t) (colon - text) - 3 : length;
	int32_t		day;
	int64_t		clock = 0;
	int64_t		offset = 0;
	bool		given = false;

	if (!mo_parse_date(text, date, &day) || (date < length && text[date] != 'T' && text[date] != ' '))
		return false;
	r.at += date + (date < length);
	if (date < length && !read_clock(&r, &clock))
		return false;
	if (accept(&r, ' ') && r.at == r.end)
		return false;
	if (!read_offset(&r, &given, &offset))
		return false;
	*time = day * DAY + clock;
	if (!given && mo_civil_from_days(day).year < 1996)
		return false;			/* clocks were put back on other days then */
	*time -= given ? offset : london_offset(day, *time);
	return true;
}
