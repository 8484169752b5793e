/*
 * roll_up.c
 *		Figures of a measure at every level, from columns given as arrays: one row an organisation, month and part.
 */
#include "mo.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/tuplestore.h"

#include "patient_types.h"
#include "roll_up_input.h"
#include "row_sink.h"
#include "stats/double_sum.h"
#include "stats/nhs_calendar.h"

PG_FUNCTION_INFO_V1(mo_rolled_up);
PG_FUNCTION_INFO_V1(mo_rolled_up_into);

/* Columns of the result. */
enum
{
	COLUMN_MONTH, COLUMN_ORG_TYPE, COLUMN_ORG_CODE, COLUMN_BREAKDOWN, COLUMN_NUMERATOR, COLUMN_DENOMINATOR, COLUMN_VALUE, COLUMN_VALUE_LOWER,
	COLUMN_VALUE_UPPER, COLUMN_PCN, COLUMN_PEER_GROUP = COLUMN_PCN + MO_GROUP - MO_PCN, COLUMN_PEER_N, COLUMN_PEER_MEDIAN,
	COLUMN_WITHOUT_SELF, COLUMN_PEER_RANK, COLUMN_PEER_DECILE, COLUMN_PEER_PERCENTILE, COLUMN_PREVIOUS_MONTH,
	COLUMN_PREVIOUS_YEAR = COLUMN_PREVIOUS_MONTH + 3, COLUMN_HIDDEN = COLUMN_PREVIOUS_YEAR + 3, COLUMN_TARGET, COLUMNS,
	COLUMN_MEASURE = COLUMNS, COLUMN_ORG_KEY, COLUMN_RUN, COLUMNS_STORED
};

static const mo_sink_column stored_columns[COLUMNS_STORED] = {
	{"month", DATEOID}, {"org_type", TEXTOID}, {"org_code", TEXTOID}, {"breakdown", TEXTOID}, {"numerator", FLOAT8OID},
	{"denominator", FLOAT8OID}, {"value", FLOAT8OID}, {"value_lower", FLOAT8OID}, {"value_upper", FLOAT8OID}, {"pcn_code", TEXTOID},
	{"sub_icb_code", TEXTOID}, {"icb_code", TEXTOID}, {"region_code", TEXTOID}, {"nation_code", TEXTOID}, {"peer_group", TEXTOID},
	{"peer_n", INT4OID}, {"peer_median", FLOAT8OID}, {"peer_median_without_self", FLOAT8OID}, {"peer_rank", INT4OID},
	{"peer_decile", INT4OID}, {"peer_percentile", FLOAT8OID}, {"previous_month_value", FLOAT8OID}, {"previous_month_numerator", FLOAT8OID},
	{"previous_month_hidden", INT2OID}, {"previous_year_value", FLOAT8OID}, {"previous_year_numerator", FLOAT8OID},
	{"previous_year_hidden", INT2OID}, {"hidden", INT2OID}, {"target", FLOAT8OID}, {"kpi_id", TEXTOID}, {"org_key", INT4OID}, {"run_id", INT4OID}
};

/* Arguments of mo.rolled_up_into before those of mo.rolled_up. */
enum
{
	ARG_TABLE, ARG_MEASURE, ARG_RUN, ARG_KEY_TYPES, ARG_KEY_CODES, ARG_KEYS, ARGS_BEFORE
};

typedef struct writing
{
	const mo_roll_up *run;
	int64		first_month;
	Datum	   *codes;			/* text of every code, part and type of organisation, and of ENG */
	Datum	   *parts;
	Datum		types[MO_ORG_TYPES];
	Datum		nation;
	Datum		values[COLUMNS_STORED];
	bool		nulls[COLUMNS_STORED];
} writing;

static Datum *
texts_of(const mo_name_table *names)
{
	Datum	   *texts = MemoryContextAllocHuge(CurrentMemoryContext, ((Size) names->count + 1) * sizeof(Datum));

	for (int32 i = 0; i < names->count; i++)
		texts[i] = PointerGetDatum(cstring_to_text_with_len(names->names[i].bytes, (int) names->names[i].length));
	return texts;
}

/* A number, null where it is NaN. */
static void
put_number(writing *out, int column, double value)
{
	out->nulls[column] = isnan(value);
	out->values[column] = Float8GetDatum(isnan(value) ? 0 : mo_finite(value, "a figure"));
}

static void
put_text(writing *out, int column, int32 code)
{
	out->nulls[column] = code == MO_NOWHERE;
	out->values[column] = code == MO_NOWHERE ? (Datum) 0 : out->codes[code];
}

static void
put_figure(writing *out, const mo_rolled *row)
{
	double		lower = NAN;
	double		upper = NAN;

	put_number(out, COLUMN_NUMERATOR, mo_finite(mo_sum_value(row->numerator), "a sum of numerators"));
	put_number(out, COLUMN_DENOMINATOR, mo_finite(mo_sum_value(row->denominator), "a sum of denominators"));
	put_number(out, COLUMN_VALUE, row->value);
	mo_roll_up_interval(out->run, row, &lower, &upper);
	put_number(out, COLUMN_VALUE_LOWER, lower);
	put_number(out, COLUMN_VALUE_UPPER, upper);
}

static void
put_peers(writing *out, const mo_rolled *row)
{
	mo_comparison peers = {0};
	int32		area = row->peers == MO_NOWHERE ? MO_NOWHERE : mo_roll_up_peer_area(out->run, row);
	bool		is_said = mo_roll_up_comparison(out->run, row, &peers);

	out->nulls[COLUMN_PEER_GROUP] = row->peers == MO_NOWHERE;
	out->values[COLUMN_PEER_GROUP] = area == MO_NOWHERE ? out->nation : out->codes[area];
	out->nulls[COLUMN_PEER_N] = !is_said;
	out->values[COLUMN_PEER_N] = Int32GetDatum(peers.n);
	put_number(out, COLUMN_PEER_MEDIAN, is_said ? peers.median : NAN);
	put_number(out, COLUMN_WITHOUT_SELF, is_said ? peers.without_self : NAN);
	out->nulls[COLUMN_PEER_RANK] = peers.rank == 0;
	out->values[COLUMN_PEER_RANK] = Int32GetDatum(peers.rank);
	out->nulls[COLUMN_PEER_DECILE] = peers.decile == 0;
	out->values[COLUMN_PEER_DECILE] = Int32GetDatum(peers.decile);
	put_number(out, COLUMN_PEER_PERCENTILE, is_said ? peers.percentile : NAN);
}

static void
put_before(writing *out, const mo_rolled *row, int months, int column)
{
	mo_known_figure before = {.numerator = NAN, .value = NAN};

	mo_roll_up_before(out->run, row, months, &before);
	put_number(out, column, before.value);
	put_number(out, column + 1, before.numerator);
	out->values[column + 2] = Int16GetDatum(before.hidden);
}

static void
put_row(writing *out, const mo_rolled *row)
{
	const mo_target *target = &out->run->targets[row->target];

	out->values[COLUMN_MONTH] = DateADTGetDatum((DateADT) mo_month_begins(out->first_month + row->month));
	out->values[COLUMN_ORG_TYPE] = out->types[target->type];
	out->values[COLUMN_ORG_CODE] = out->codes[target->code];
	out->values[COLUMN_BREAKDOWN] = out->parts[row->part];
	put_figure(out, row);
	for (int type = MO_PCN; type < MO_GROUP; type++)
		put_text(out, COLUMN_PCN + type - MO_PCN, row->place == MO_NOWHERE ? MO_NOWHERE : out->run->input.places[row->place].within[type]);
	put_peers(out, row);
	put_before(out, row, 1, COLUMN_PREVIOUS_MONTH);
	put_before(out, row, 12, COLUMN_PREVIOUS_YEAR);
	out->values[COLUMN_HIDDEN] = Int16GetDatum(row->hidden);
	put_number(out, COLUMN_TARGET, mo_roll_up_target(out->run, row));
}

static void
check_interrupts(void)
{
	CHECK_FOR_INTERRUPTS();
}

static void
forget(void *context)
{
	MemoryContextReset(context);
}

static void
roll_up(mo_roll_up_reading *in)
{
	size_t		at = 0;

	in->run.interrupt = check_interrupts;
	in->run.scratch = mo_memory_of(AllocSetContextCreate(CurrentMemoryContext, "rolled_up month", ALLOCSET_DEFAULT_SIZES));
	in->run.forget = forget;
	if (!mo_roll_up_run(&in->run, &at))
		ereport(ERROR,
				(errcode(ERRCODE_CARDINALITY_VIOLATION),
				 errmsg("organisation %s has two places in a month",
						text_to_cstring(DatumGetTextPP(texts_of(&in->codes)[in->run.input.places[at].code]))),
				 errhint("place_months and place_codes name each organisation once a month.")));
}

/* Reads the arguments, adds up, and gets ready to write. */
static void
start(mo_roll_up_reading *in, writing *out)
{
	mo_roll_up_read(in);
	roll_up(in);
	out->run = &in->run;
	out->first_month = in->first_month;
	out->codes = texts_of(&in->codes);
	out->parts = texts_of(&in->parts);
	out->nation = PointerGetDatum(cstring_to_text("ENG"));
	for (int type = 0; type < MO_ORG_TYPES; type++)
		out->types[type] = PointerGetDatum(cstring_to_text(mo_org_type_names[type]));
}

/* See extension/functions/85_roll_up.sql. */
Datum
mo_rolled_up(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *set = (ReturnSetInfo *) fcinfo->resultinfo;
	MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext, "rolled_up", ALLOCSET_DEFAULT_SIZES);
	MemoryContext caller;
	mo_roll_up_reading in = {.arguments = fcinfo->args};
	writing		out = {0};

	mo_check_arguments(fcinfo, MO_ROLL_UP_ARGUMENTS);
	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);	/* working it out would leak per call */
	caller = MemoryContextSwitchTo(scratch);
	start(&in, &out);
	for (size_t i = 0; i < in.run.order_count; i++)
	{
		if (i % 1024 == 0)
			CHECK_FOR_INTERRUPTS();
		put_row(&out, &in.run.rows[in.run.order[i]]);
		tuplestore_putvalues(set->setResult, set->setDesc, out.values, out.nulls);
	}
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(scratch);
	return (Datum) 0;
}

/* ------------------------------------------------ into a table */

/* Keys of organisations by number of target, or MO_NOT_FOUND. */
static int32 *
keys_of(mo_roll_up_reading *in, FunctionCallInfo fcinfo)
{
	mo_roll_up_keys given = mo_roll_up_read_keys(in, &fcinfo->args[ARG_KEY_TYPES]);
	int32	   *keys = palloc(((Size) in->run.target_count + 1) * sizeof(int32));

	for (int32 i = 0; i < in->run.target_count; i++)
		keys[i] = MO_NOT_FOUND;
	for (int i = 0; i < given.count; i++)
	{
		int32		target = given.code[i] == MO_NOT_FOUND ? MO_NOT_FOUND : in->run.target_of[(size_t) given.code[i] * MO_ORG_TYPES + given.type[i]];

		if (target != MO_NOT_FOUND)
			keys[target] = given.key[i];
	}
	return keys;
}

/* See extension/functions/85_roll_up.sql. */
Datum
mo_rolled_up_into(PG_FUNCTION_ARGS)
{
	MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext, "rolled_up_into", ALLOCSET_DEFAULT_SIZES);
	MemoryContext caller = MemoryContextSwitchTo(scratch);
	mo_roll_up_reading in = {.arguments = fcinfo->args + ARGS_BEFORE};
	writing		out = {0};
	mo_row_sink *sink;
	int32	   *keys;
	int64		stored;

	mo_check_arguments(fcinfo, ARGS_BEFORE + MO_ROLL_UP_ARGUMENTS);
	start(&in, &out);
	keys = keys_of(&in, fcinfo);
	out.values[COLUMN_MEASURE] = PointerGetDatum(PG_GETARG_TEXT_PP(ARG_MEASURE));
	out.values[COLUMN_RUN] = PG_GETARG_DATUM(ARG_RUN);
	sink = mo_row_sink_open(PG_GETARG_OID(ARG_TABLE), stored_columns, COLUMNS_STORED);
	for (size_t i = 0; i < in.run.order_count; i++)
	{
		const mo_rolled *row = &in.run.rows[in.run.order[i]];

		if (i % 1024 == 0)
			CHECK_FOR_INTERRUPTS();
		if (keys[row->target] == MO_NOT_FOUND)
			continue;
		put_row(&out, row);
		out.values[COLUMN_ORG_KEY] = Int32GetDatum(keys[row->target]);
		mo_row_sink_put(sink, out.values, out.nulls);
	}
	stored = mo_row_sink_close(sink);
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(scratch);
	PG_RETURN_INT64(stored);
}
