/*
 * format_organisations.c
 *		epraccur, the ODS file of GP practices and prescribing cost centres: 27 columns, no header as a rule.
 *		NHS England ODS, "GP and GP practice related data".
 */
#include <string.h>

#include "load.h"

enum
{
	O_CODE, O_NAME, O_REGION, O_ICB, O_POSTCODE, O_OPEN, O_CLOSE, O_STATUS, O_COMMISSIONER, O_JOIN, O_LEFT, O_SETTING, O_COLUMNS
};

static const mo_column columns[O_COLUMNS] = {
	{"organisation_code", "ORGANISATION_CODE|ORG_CODE", true, 0}, {"name", "NAME", true, 1},
	{"national_grouping", "NATIONAL_GROUPING", true, 2},
	{"high_level_health_geography", "HIGH_LEVEL_HEALTH_GEOGRAPHY|HIGH_LEVEL_HEALTH_AUTHORITY", true, 3},
	{"postcode", "POSTCODE", false, 9}, {"open_date", "OPEN_DATE", true, 10}, {"close_date", "CLOSE_DATE", true, 11},
	{"status_code", "STATUS_CODE|STATUS", true, 12}, {"commissioner", "COMMISSIONER|PARENT_ORGANISATION_CODE", true, 14},
	{"join_date", "JOIN_PROVIDER_PURCHASER_DATE|JOIN_PARENT_DATE|JOIN_DATE", true, 15},
	{"left_date", "LEFT_PROVIDER_PURCHASER_DATE|LEFT_PARENT_DATE|LEFT_DATE", true, 16},
	{"prescribing_setting", "PRESCRIBING_SETTING", true, 25}
};

static bool
is_code(const mo_field *field)
{
	if (field->length < 3 || field->length > 12)
		return false;
	for (uint32_t i = 0; i < field->length; i++)
		if (!((field->text[i] >= '0' && field->text[i] <= '9') || (field->text[i] >= 'A' && field->text[i] <= 'Z')))
			return false;
	return true;
}

/* A code first, one letter of status in its place. */
static bool
looks_like(const mo_csv_row *first)
{
	return is_code(&first->fields[0]) && first->fields[12].length == 1 && first->fields[1].length > 0;
}

static bool
begin(mo_load *load)
{
	return mo_stage_begin(load, "pg_temp.stage (line_no, line, org_code, name, region_code, icb_code, postcode, open_from, open_to, "
						  "ods_status, sub_icb_code, sub_icb_from, sub_icb_to, prescribing_setting)");
}

typedef struct organisation
{
	const char *text[6];		/* code, name, region, icb, postcode, commissioner */
	size_t		length[6];
	char		buffer[2][1000];
	bool		given[4];		/* open, close, join, left */
	int32_t		day[4];
	const char *status;
	size_t		status_length;
	int64_t		setting;
	bool		has_setting;
} organisation;

static bool
take(mo_load *load, const mo_csv_row *row, organisation *o)
{
	size_t		length;

	if (!mo_take_code(load, row, O_CODE, 12, &o->text[0], &o->length[0]) ||
		!mo_take_text(load, row, O_NAME, o->buffer[0], sizeof(o->buffer[0]), &o->text[1], &o->length[1]) ||
		!mo_take_optional_code(load, row, O_REGION, 12, &o->text[2], &o->length[2]) ||
		!mo_take_optional_code(load, row, O_ICB, 12, &o->text[3], &o->length[3]) ||
		!mo_take_text(load, row, O_POSTCODE, o->buffer[1], sizeof(o->buffer[1]), &o->text[4], &o->length[4]) ||
		!mo_take_optional_code(load, row, O_COMMISSIONER, 12, &o->text[5], &o->length[5]))
		return false;
	for (int i = 0; i < 4; i++)
	{
		static const int dates[] = {O_OPEN, O_CLOSE, O_JOIN, O_LEFT};

		if (!mo_take_date(load, row, dates[i], &o->given[i], &o->day[i]))
			return false;
	}
	if (o->length[1] == 0)
		return mo_reject(load, O_NAME, "is empty");
	o->status = mo_value(load, row, O_STATUS, &o->status_length);
	if (o->status_length > 1 || (o->status_length == 1 && memchr("ACDP", o->status[0], 4) == NULL))
		return mo_reject(load, O_STATUS, "is none of A, C, D and P");
	mo_value(load, row, O_SETTING, &length);
	o->has_setting = length > 0;
	return !o->has_setting || mo_take_count(load, row, O_SETTING, 99, &o->setting);
}

static void
row(mo_load *load, const mo_csv_row *csv_row)
{
	static organisation o;
	mo_copy    *copy = &load->copy;

	if (!take(load, csv_row, &o))
		return;
	mo_put_line(load, csv_row, 14);
	for (int i = 0; i < 5; i++)
		mo_put_text_or_null(copy, o.text[i], o.length[i]);
	/* ODS gives last days; ours are the first days after. */
	mo_put_date(copy, o.given[0], o.day[0]);
	mo_put_date(copy, o.given[1], o.day[1] + 1);
	mo_put_text_or_null(copy, o.status, o.status_length);
	mo_put_text_or_null(copy, o.text[5], o.length[5]);
	mo_put_date(copy, o.given[2], o.day[2]);
	mo_put_date(copy, o.given[3] || o.given[1], (o.given[3] ? o.day[3] : o.day[1]) + 1);
	if (o.has_setting)
		mo_put_smallint(copy, (int) o.setting);
	else
		mo_put_null(copy);
}

const mo_format mo_epraccur = {.source = "organisations", .name = "epraccur", .columns = columns, .column_count = O_COLUMNS,
	.fields = 27, .looks_like = looks_like, .begin = begin, .row = row, .end = mo_stage_end};
