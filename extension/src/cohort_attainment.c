/*
 * cohort_attainment.c
 *		mo.attainment_cells(): the counts of rolling attainment as rows; and months as numbers.
 *
 * The aggregates that make its arguments are in patient_months.c and patient_spells.c, the counting in stats/cohort_attainment.c.
 */
#include "patient_types.h"

#include "funcapi.h"
#include "miscadmin.h"
#include "utils/date.h"

#define SPELLS_A_STEP 65536		/* between looks for a cancel request */
#define CELL_COLUMNS 6

PG_FUNCTION_INFO_V1(mo_attainment_cells);
PG_FUNCTION_INFO_V1(mo_attainment_cells_everyone);
PG_FUNCTION_INFO_V1(mo_attainment_events_from);
PG_FUNCTION_INFO_V1(mo_month_index_of);
PG_FUNCTION_INFO_V1(mo_month_of_index);

/* The day that begins a month given by its index. */
static DateADT
month_begins(int64 index)
{
	int64		day = mo_month_begins(index);

	if (day < DATETIME_MIN_JULIAN - POSTGRES_EPOCH_JDATE || day >= DATE_END_JULIAN - POSTGRES_EPOCH_JDATE)
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("date out of range"),
				 errhint("Dates go from 4713 BC to 5874897 AD; the window looks back before the first month.")));
	return (DateADT) day;
}

Datum
mo_month_index_of(PG_FUNCTION_ARGS)
{
	DateADT		day = PG_GETARG_DATEADT(0);

	if (DATE_NOT_FINITE(day))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("an infinite date is in no month"),
				 errhint("Leave undated events out.")));
	PG_RETURN_INT32((int32) mo_month_index(day));
}

Datum
mo_month_of_index(PG_FUNCTION_ARGS)
{
	PG_RETURN_DATEADT(month_begins(PG_GETARG_INT32(0)));
}

/* The months a value covers must include those that are needed. */
static void
check_cover(int first_month, int months, int from, int to, const char *what, const char *aggregate)
{
	if (first_month <= from && first_month + months > to)
		return;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("%s do not cover the months that are needed", what),
			 errhint("Give %s the months from %04d-%02d to %04d-%02d.", aggregate,
					 2000 + (from + 120000) / 12 - 10000, (from + 120000) % 12 + 1,
					 2000 + (to + 120000) / 12 - 10000, (to + 120000) % 12 + 1)));
}

/* Months of an argument; null means no patients. */
static mo_months_reader
months_argument(FunctionCallInfo fcinfo, int argno, int from, int to, const char *what, const char *aggregate)
{
	mo_months_reader reader = {0};

	if (PG_ARGISNULL(argno))
		return reader;
	reader = mo_months_reader_of(PG_GETARG_DATUM(argno));
	if (reader.map != NULL)
		check_cover(reader.map->first_month, reader.map->months, from, to, what, aggregate);
	else
		check_cover(reader.packed.first_month, reader.packed.months, from, to, what, aggregate);
	return reader;
}

static int
window_argument(FunctionCallInfo fcinfo, int argno)
{
	int32		window = PG_ARGISNULL(argno) ? 0 : PG_GETARG_INT32(argno);

	if (window < 1 || window > MO_MONTHS_LIMIT)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("window_months must be between 1 and %d", MO_MONTHS_LIMIT),
				 errhint("12 is the month itself and the eleven before it.")));
	return window;
}

/* Reporting months and window from argument argno on. */
static void
read_question(FunctionCallInfo fcinfo, int argno, mo_attainment *run)
{
	int			months = mo_month_range(fcinfo, argno, &run->from_month);

	run->to_month = run->from_month + months - 1;
	run->window = window_argument(fcinfo, argno + 2);
	run->first_month = mo_attainment_looks_back_to(run->from_month, run->window);
	if (run->to_month - run->first_month >= MO_MONTHS_LIMIT)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("reporting months and what they look back on are more than %d months", MO_MONTHS_LIMIT),
				 errhint("Ask for fewer years at a time.")));
}

/* (from_month, window_months): the first month that events have to cover */
Datum
mo_attainment_events_from(PG_FUNCTION_ARGS)
{
	int64		from = mo_month_index(PG_GETARG_DATEADT(0));

	if (DATE_NOT_FINITE(PG_GETARG_DATEADT(0)))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("from_month must be a finite date"),
				 errhint("Give any day of the month.")));
	PG_RETURN_DATEADT(month_begins(mo_attainment_looks_back_to((int) from, window_argument(fcinfo, 1))));
}

static void
emit_cells(ReturnSetInfo *result, const mo_attainment *run)
{
	bool		nulls[CELL_COLUMNS] = {false};
	Datum		values[CELL_COLUMNS];
	int			months = run->to_month - run->from_month + 1;
	Datum	   *begins = palloc(months * sizeof(Datum));

	for (int month = 0; month < months; month++)
		begins[month] = DateADTGetDatum(month_begins(run->from_month + month));
	for (size_t organisation = 0; organisation < run->organisation_count; organisation++)
	{
		CHECK_FOR_INTERRUPTS();
		values[0] = Int32GetDatum(run->organisations[organisation]);
		for (int month = 0; month < months; month++)
		{
			values[1] = begins[month];
			for (mo_measure measure = MO_COHORT; measure < MO_MEASURES; measure++)
				values[2 + measure] = Int32GetDatum(*mo_attainment_cell(run, organisation, measure, month));
			tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
		}
	}
}

static Datum
attainment_cells(FunctionCallInfo fcinfo, int registrations, mo_attainment *run)
{
	if (!PG_ARGISNULL(registrations))
		run->spells = mo_spells_of(PG_GETARG_DATUM(registrations), &run->spell_count);
	run->events = months_argument(fcinfo, 0, run->first_month, run->to_month, "events", "mo.event_months");
	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);	/* working it out would leak per call */
	mo_attainment_start(run, mo_memory_of(CurrentMemoryContext));
	while (mo_attainment_step(run, SPELLS_A_STEP))
		CHECK_FOR_INTERRUPTS();
	emit_cells((ReturnSetInfo *) fcinfo->resultinfo, run);
	return (Datum) 0;
}

/* (events, cohort, registrations, from_month, to_month, window_months) */
Datum
mo_attainment_cells(PG_FUNCTION_ARGS)
{
	mo_attainment run = {0};

	read_question(fcinfo, 3, &run);
	run.cohort = months_argument(fcinfo, 1, run.from_month, run.to_month, "cohort months", "mo.spell_months");
	return attainment_cells(fcinfo, 2, &run);
}

/* (events, registrations, from_month, to_month, window_months) */
Datum
mo_attainment_cells_everyone(PG_FUNCTION_ARGS)
{
	mo_attainment run = {0};

	read_question(fcinfo, 2, &run);
	run.everyone = true;
	return attainment_cells(fcinfo, 1, &run);
}
