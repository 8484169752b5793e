/*
 * roll_up_columns.c
 *		Arrays as columns: what the arguments of mo.rolled_up are read by. See roll_up_input.h.
 */
#include "mo.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "patient_types.h"
#include "roll_up_input.h"
#include "stats/nhs_calendar.h"

const char *const mo_org_type_names[MO_ORG_TYPES] = {"practice", "pcn", "sub_icb", "icb", "region", "nation", "group"};

/* n: as many elements as that, or -1 */
mo_column
mo_roll_up_column_of(mo_roll_up_reading *in, int argno, const char *what, int n, bool may_hold_nulls)
{
	ArrayType  *array = DatumGetArrayTypeP(in->arguments[argno].value);
	mo_column		read = {what, NULL, NULL, 0};
	int16		length;
	bool		by_value;
	char		align;

	if (ARR_NDIM(array) > 1)
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("%s must be a one-dimensional array", what),
				 errhint("Make it with array_agg() of a column.")));
	get_typlenbyvalalign(ARR_ELEMTYPE(array), &length, &by_value, &align);
	deconstruct_array(array, ARR_ELEMTYPE(array), length, by_value, align, &read.values, &read.nulls, &read.n);
	if (n >= 0 && read.n != n)
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("%s has %d elements where %d are needed", what, read.n, n),
				 errhint("Arrays that belong together are columns of the same rows.")));
	if (!may_hold_nulls && array_contains_nulls(array))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("%s must not hold nulls", what),
				 errhint("Leave rows without it out.")));
	return read;
}

int64
mo_roll_up_month_at(mo_roll_up_reading *in, const mo_column *from, int i)
{
	DateADT		day = DatumGetDateADT(from->values[i]);

	if (day == in->last_day)
		return in->last_month;
	if (DATE_NOT_FINITE(day))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("%s must hold finite dates", from->what),
				 errhint("Give any day of the month.")));
	in->last_day = day;
	in->last_month = mo_month_index(day);
	return in->last_month;
}

/* The number of a month, none before the first of all. */
int32
mo_roll_up_month_number(mo_roll_up_reading *in, const mo_column *from, int i)
{
	return (int32) (mo_roll_up_month_at(in, from, i) - in->first_month);
}

static int32
name_at(mo_name_table *names, const mo_column *from, int i, int32 limit)
{
	text	   *name;

	if (from->nulls[i])
		return MO_NOWHERE;
	name = DatumGetTextPP(from->values[i]);
	if (names->count >= limit)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("%s brings more than %d different names", from->what, limit),
				 errhint("Roll up fewer organisations and parts at a time.")));
	return mo_name_number(names, VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name));
}

int32
mo_roll_up_code_at(mo_roll_up_reading *in, const mo_column *from, int i)
{
	return name_at(&in->codes, from, i, MO_ROLL_UP_CODES);
}

int32
mo_roll_up_part_at(mo_roll_up_reading *in, const mo_column *from, int i)
{
	return name_at(&in->parts, from, i, MO_ROLL_UP_PARTS);
}

/* One of the first `types` types of organisation. */
mo_org_type
mo_roll_up_type_at(const mo_column *from, int i, int types)
{
	text	   *name = DatumGetTextPP(from->values[i]);

	for (int type = 0; type < types; type++)
		if (VARSIZE_ANY_EXHDR(name) == strlen(mo_org_type_names[type])
			&& memcmp(VARDATA_ANY(name), mo_org_type_names[type], VARSIZE_ANY_EXHDR(name)) == 0)
			return type;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("%s holds what is no type of organisation: \"%s\"", from->what, text_to_cstring(name)),
			 errhint("Types are practice, pcn, sub_icb, icb, region and nation, of results also group; coverage is of practice or pcn.")));
}

void *
mo_roll_up_room_for(int n, size_t size)
{
	return MemoryContextAllocHuge(CurrentMemoryContext, ((Size) n + 1) * size);
}
