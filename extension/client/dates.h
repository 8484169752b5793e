/*
 * dates.h
 *		Dates and months as the sources write them, as days since 2000-01-01 (PostgreSQL's own count).
 */
#ifndef MO_DATES_H
#define MO_DATES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MO_DATE_TEXT 16

/* 20260401, 2026-04-01, 01APR2026, 01-Apr-2026, 01 April 2026. Years 1800 to 2199; the day has to exist. */
extern bool mo_parse_date(const char *text, size_t length, int32_t *day);

/* As a date, or 201404, 2014_04, 2014-04, Apr 2014, APR2014: the first day of that month. */
extern bool mo_parse_month(const char *text, size_t length, int32_t *month);

/*
 * 2026-04-01T09:30:00Z, 2026-04-01 09:30:00.5+01:00, 2026-04-01 09:30: microseconds since 2000-01-01 00:00 UTC. Without an
 * offset, and for a date alone, London time by the rule since 1996; of the hour that comes twice in October the second.
 */
extern bool mo_parse_time(const char *text, size_t length, int64_t *time);

/* 2026-04-01, or 2026-04 for a month. */
extern const char *mo_date_text(int32_t day, char *out);
extern const char *mo_month_text(int32_t day, char *out);

/* The first day of the month we are in, and today. */
extern int32_t mo_this_month(void);
extern int32_t mo_today(void);

#endif							/* MO_DATES_H */
