/*
 * load_measures_published.c
 *		Values of measures as OpenPrescribing published them: month, code, numerator, denominator in a file of the
 *		measure's name; or the flat contract, with the measure in a column.
 */
#include <stdio.h>
#include <string.h>

#include "load.h"
#include "text.h"

enum
{
	P_MEASURE, P_MONTH, P_CODE, P_NUMERATOR, P_DENOMINATOR, P_PUBLISHED, P_COLUMNS
};

static const mo_column columns[P_COLUMNS] = {
	{"measure_id", "MEASURE_ID|MEASURE", false, -1}, {"month", "MONTH|DATE", true, -1}, {"org_code", "ORG_CODE|CODE|ORG_ID", true, -1},
	{"numerator", "NUMERATOR", true, -1}, {"denominator", "DENOMINATOR", true, -1}, {"published_on", "PUBLISHED_ON", false, -1}
};

static bool
begin(mo_load *load)
{
	return mo_stage_begin(load, "pg_temp.stage (line_no, measure_id, month, org_code, numerator, denominator, published_on)");
}

/* The measure of the row; of the file, where there is no such column. */
static bool
take_measure(mo_load *load, const mo_csv_row *row, mo_id *id)
{
	if (load->bindings[P_MEASURE].column != -1)
		return mo_take_id(load, row, P_MEASURE, id, true);
	id->text = mo_base_name(load->path);
	id->length = strcspn(id->text, ".");
	return true;
}

static void
take_row(mo_load *load, const mo_csv_row *row)
{
	mo_copy    *copy = &load->copy;
	mo_id		measure;
	const char *code;
	size_t		length;
	int32_t		month;
	int32_t		day;
	bool		is_new;
	bool		given = false;
	double		numerator;
	double		denominator;

	if (!take_measure(load, row, &measure) || !mo_take_month(load, row, P_MONTH, &month) || !mo_take_code(load, row, P_CODE, 12, &code, &length) ||
		!mo_take_number(load, row, P_NUMERATOR, &numerator) || !mo_take_number(load, row, P_DENOMINATOR, &denominator) ||
		!mo_take_date(load, row, P_PUBLISHED, &given, &day) || !mo_note_month(load, month, &is_new))
		return;
	mo_copy_row(copy, 7);
	mo_put_int8(copy, row->line);
	mo_put_text(copy, measure.text, measure.length);
	mo_put_int4(copy, month);
	mo_put_text(copy, code, length);
	mo_put_float8(copy, numerator);
	mo_put_float8(copy, denominator);
	mo_put_date(copy, given, given ? day : 0);
}

const mo_format mo_measures_published = {.source = "published_measure_value", .name = "measure_values", .columns = columns,
	.column_count = P_COLUMNS, .begin = begin, .row = take_row, .end = mo_stage_end};
