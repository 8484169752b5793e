/*
 * working_days.c
 *		Working days of a calendar whose holidays are given as a date[].
 *
 * What is wanted: a deadline per row of a large table with the same bank holidays every time. So the array is
 * detoasted, checked and sorted once per call site and kept in fn_extra. The cache is believed only when the bytes of
 * the argument are the bytes it was made from: a pointer alone says nothing, memory is used again. Arrays that come as
 * a pointer to somewhere else (out of line, or an expanded array of PL/pgSQL) are fetched before they are compared.
 */
#include "working_days.h"

#include "utils/date.h"

PG_FUNCTION_INFO_V1(mo_working_days_is_working_day);
PG_FUNCTION_INFO_V1(mo_working_days_count_between);
PG_FUNCTION_INFO_V1(mo_working_days_add);

/* In one piece of memory: the struct, the days, the bytes of the argument they were made from. */
typedef struct HolidayCache
{
	mo_holidays holidays;
	Size		source_size;
	char	   *source;
} HolidayCache;

static bool
made_from(const HolidayCache *cache, const struct varlena *source)
{
	return cache != NULL && cache->source_size == VARSIZE_ANY(source) &&
		memcmp(cache->source, source, cache->source_size) == 0;
}

/* Checks and sorts the array; everything that can fail is done before the cache exists. */
static HolidayCache *
prepare(struct varlena *source, MemoryContext context)
{
	int			count;
	int32	   *days = mo_date_array(DatumGetArrayTypeP(PointerGetDatum(source)), "holidays", &count);
	Size		size = VARSIZE_ANY(source);
	Size		offset = MAXALIGN(sizeof(HolidayCache));
	HolidayCache *cache = MemoryContextAllocHuge(context, add_size(add_size(offset, mul_size(sizeof(int32), count)), size));
	int32	   *kept = (int32 *) ((char *) cache + offset);

	memcpy(kept, days, sizeof(int32) * count);
	cache->holidays.days = kept;
	cache->holidays.count = mo_weekday_holidays(kept, count);
	cache->source = (char *) (kept + count);
	cache->source_size = size;
	memcpy(cache->source, source, size);
	return cache;
}

const mo_holidays *
mo_holidays_argument(FunctionCallInfo fcinfo, int argno)
{
	FmgrInfo   *flinfo = fcinfo->flinfo;
	struct varlena *source = (struct varlena *) PG_GETARG_POINTER(argno);
	HolidayCache *old = flinfo == NULL ? NULL : flinfo->fn_extra;
	HolidayCache *cache;

	if (VARATT_IS_EXTERNAL(source))
		source = PG_DETOAST_DATUM(PointerGetDatum(source));
	if (made_from(old, source))
		return &old->holidays;
	cache = prepare(source, flinfo == NULL ? CurrentMemoryContext : flinfo->fn_mcxt);
	if (flinfo != NULL)
	{
		flinfo->fn_extra = cache;
		if (old != NULL)
			pfree(old);
	}
	return &cache->holidays;
}

static int64
finite_day(DateADT day, const char *what)
{
	if (DATE_NOT_FINITE(day))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("%s must be a finite date", what),
				 errhint("Make an open-ended date null.")));
	return day;
}

/* (day, holidays) */
Datum
mo_working_days_is_working_day(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(mo_is_working_day(finite_day(PG_GETARG_DATEADT(0), "day"), mo_holidays_argument(fcinfo, 1)));
}

/* (start, finish, holidays): the whole calendar has 1.5e9 weekdays, so int4 holds any answer. */
Datum
mo_working_days_count_between(PG_FUNCTION_ARGS)
{
	int64		start = finite_day(PG_GETARG_DATEADT(0), "start");
	int64		finish = finite_day(PG_GETARG_DATEADT(1), "finish");

	PG_RETURN_INT32((int32) mo_working_days_between(start, finish, mo_holidays_argument(fcinfo, 2)));
}

/* (day, n, holidays) */
Datum
mo_working_days_add(PG_FUNCTION_ARGS)
{
	int64		day = finite_day(PG_GETARG_DATEADT(0), "day");
	int64		result = mo_add_working_days(day, PG_GETARG_INT32(1), mo_holidays_argument(fcinfo, 2));

	if (result < DATETIME_MIN_JULIAN - POSTGRES_EPOCH_JDATE || result >= DATE_END_JULIAN - POSTGRES_EPOCH_JDATE)
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("the working day is out of the range of dates"),
				 errhint("n counts working days: check that it is not a number of seconds or a key.")));
	PG_RETURN_DATEADT((DateADT) result);
}
