/*
 * london_time.c
 *		London dates of moments, whatever the session's time zone.
 *
 * The rules are those of the server's own time zone data, as in `moment at time zone 'Europe/London'` (which PostgreSQL
 * calls immutable; so do we). A column of moments falls into few fortnights, so the offset from UTC is kept for blocks
 * of 2^20 seconds (12 days): a date then costs a shift, a compare and a division.
 */
#include "london_time.h"

#include "pgtime.h"
#include "utils/date.h"
#include "utils/datetime.h"

PG_FUNCTION_INFO_V1(mo_london_time_london_date);

#define SECONDS_TO_2000 ((POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) * INT64CONST(86400))
#define BLOCK_SHIFT 20
#define BLOCKS 128				/* 4 years; others take turns */

/* The offset is `before` up to the first second of `change`, `after` from there to the end of the block. */
typedef struct OffsetBlock
{
	bool		filled;
	int64		number;
	pg_time_t	change;
	long		before;
	long		after;
} OffsetBlock;

static pg_tz *london_zone = NULL;
static OffsetBlock blocks[BLOCKS];

static int64
floor_div(int64 a, int64 b)
{
	return a / b - (a % b < 0);
}

static pg_tz *
london(void)
{
	if (london_zone == NULL)
		london_zone = pg_tzset("Europe/London");
	if (london_zone == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_CONFIG_FILE_ERROR),
				 errmsg("the server has no time zone Europe/London"),
				 errhint("Install the tzdata package of the operating system.")));
	return london_zone;
}

/* Looks the block up in the zone; false when the zone has no single change there that one entry could hold. */
static bool
fill(OffsetBlock *block, int64 number)
{
	pg_time_t	start = number * (INT64CONST(1) << BLOCK_SHIFT);
	pg_time_t	end = start + (INT64CONST(1) << BLOCK_SHIFT);
	pg_time_t	next;
	long		unused;
	int			isdst;

	block->filled = false;
	if (pg_next_dst_boundary(&start, &block->before, &isdst, &block->change, &block->after, &isdst, london()) != 1)
		return false;
	if (block->change < end &&
		(pg_next_dst_boundary(&block->change, &unused, &isdst, &next, &unused, &isdst, london()) != 1 || next < end))
		return false;
	block->number = number;
	block->filled = true;
	return true;
}

/* Seconds east of UTC at a moment in Unix seconds. */
static int64
london_offset(pg_time_t second)
{
	int64		number = second >> BLOCK_SHIFT;
	OffsetBlock *block = &blocks[(uint64) number % BLOCKS];

	if (!(block->filled && block->number == number) && !fill(block, number))
		return pg_localtime(&second, london())->tm_gmtoff;
	return second < block->change ? block->before : block->after;
}

int64
mo_london_date(TimestampTz moment)
{
	pg_time_t	second = floor_div(moment, USECS_PER_SEC) + SECONDS_TO_2000;

	return floor_div(second + london_offset(second) - SECONDS_TO_2000, SECS_PER_DAY);
}

bool
mo_london_day_end(int64 day, TimestampTz *end)
{
	struct pg_tm tm = {0};

	day++;
	if (day < DATETIME_MIN_JULIAN - POSTGRES_EPOCH_JDATE || day > TIMESTAMP_END_JULIAN - POSTGRES_EPOCH_JDATE)
		return false;
	j2date(day + POSTGRES_EPOCH_JDATE, &tm.tm_year, &tm.tm_mon, &tm.tm_mday);
	tm.tm_isdst = -1;
	*end = day * USECS_PER_DAY + DetermineTimeZoneOffset(&tm, london()) * USECS_PER_SEC - 1;
	return IS_VALID_TIMESTAMP(*end);
}

TimestampTz
mo_finite_moment(TimestampTz moment, const char *what)
{
	if (TIMESTAMP_NOT_FINITE(moment))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("%s must be a finite time", what),
				 errhint("Make a time that has not come, or is not known, null.")));
	return moment;
}

/* (moment) */
Datum
mo_london_time_london_date(PG_FUNCTION_ARGS)
{
	int64		day = mo_london_date(mo_finite_moment(PG_GETARG_TIMESTAMPTZ(0), "moment"));

	/* the first minute of the first day of PostgreSQL's calendar is the day before in London */
	if (!IS_VALID_DATE(day))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("the London date is out of the range of dates"),
				 errhint("Check the year of the time.")));
	PG_RETURN_DATEADT((DateADT) day);
}
