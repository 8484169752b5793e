/*
 * format_list_size.c
 *		Patients registered at a GP practice: NHS Digital's long layouts (gp-reg-pat-prac-quin-age, -all, -sing-age), whose
 *		ALL rows are totals, and the older quarterly NHSBSA layout with a column a sex and ASTRO-PU band.
 */
#include <stdio.h>
#include <string.h>

#include "dates.h"
#include "load.h"
#include "text.h"

enum
{
	L_MONTH, L_TYPE, L_CODE, L_SEX, L_AGE, L_PATIENTS, L_COLUMNS
};

static const mo_column long_columns[L_COLUMNS] = {
	{"month", "EXTRACT_DATE", true, -1}, {"org_type", "ORG_TYPE|TYPE", true, -1}, {"org_code", "ORG_CODE|CODE", true, -1},
	{"sex", "SEX", true, -1}, {"age_band", "AGE_GROUP_5|AGE", true, -1}, {"patients", "NUMBER_OF_PATIENTS", true, -1}
};

#define BAND(band) {"male_" band, "MALE_" band, true, -1}, {"female_" band, "FEMALE_" band, true, -1}
#define BANDS 9

/* The month is not in the file: the first of the quarter in its name, or --month. */
static const mo_column wide_columns[2 + 2 * BANDS] = {
	{"month", NULL, false, -1}, {"org_code", "PRACTICE_CODE", true, -1},
	BAND("0_4"), BAND("5_14"), BAND("15_24"), BAND("25_34"), BAND("35_44"), BAND("45_54"), BAND("55_64"), BAND("65_74"), BAND("75+")
};

static const int wide_from[BANDS] = {0, 5, 15, 25, 35, 45, 55, 65, 75};

static bool
begin(mo_load *load)
{
	return mo_stage_begin(load, "pg_temp.stage (line_no, line, month, org_type, org_code, sex, age_band, age_from, age_to, "
						  "is_total, patients)");
}

typedef struct band
{
	char		label[16];
	bool		all;
	int			from;
	int			to;				/* -1: open */
} band;

/* ALL, 0_4, 5-9, 95+, 17 */
static bool
parse_band(const char *text, size_t length, band *b)
{
	int			to = -1;
	int			used = 0;

	if (length == 0 || length >= sizeof(b->label))
		return false;
	memcpy(b->label, text, length);
	b->label[length] = '\0';
	b->all = strcmp(b->label, "ALL") == 0;
	b->from = b->to = -1;
	if (b->all)
		return true;
	if (sscanf(b->label, "%3d%n", &b->from, &used) != 1 || b->from < 0)
		return false;
	if (b->label[used] == '+' && b->label[used + 1] == '\0')
		return b->from <= 120;
	if (b->label[used] == '\0')
		to = b->from;
	else if ((b->label[used] == '_' || b->label[used] == '-') && sscanf(b->label + used + 1, "%3d%n", &to, &used) == 1)
	{
		const char *rest = strpbrk(b->label, "_-") + 1 + used;

		if (*rest != '\0')
			return false;
	}
	b->to = to;
	return to >= b->from && to <= 120;
}

/* Published word to our letter; ALL stays. NULL: neither. */
static const char *
sex_of(const char *text, size_t length)
{
	static const char *const words[][2] = {{"ALL", "ALL"}, {"MALE", "M"}, {"FEMALE", "F"}, {"M", "M"}, {"F", "F"},
	{"INDETERMINATE", "I"}, {"UNKNOWN", "U"}, {"NOT KNOWN", "U"}, {"NOT SPECIFIED", "U"}};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strlen(words[i][0]) == length && memcmp(words[i][0], text, length) == 0)
			return words[i][1];
	return NULL;
}

static void
put(mo_load *load, const mo_csv_row *row, int32_t month, const char *type, size_t type_length, const char *code,
	size_t code_length, const char *sex, const band *b, int64_t patients)
{
	mo_copy    *copy = &load->copy;
	bool		is_total = b->all || strcmp(sex, "ALL") == 0 || type_length != 2 || memcmp(type, "GP", 2) != 0;

	mo_put_line(load, row, 11);
	mo_put_int4(copy, month);
	mo_put_text(copy, type, type_length);
	mo_put_text(copy, code, code_length);
	mo_put_text(copy, sex, strlen(sex));
	mo_put_text(copy, b->label, strlen(b->label));
	if (b->all)
		mo_put_null(copy);
	else
		mo_put_smallint(copy, b->from);
	if (b->to < 0)
		mo_put_null(copy);
	else
		mo_put_smallint(copy, b->to);
	mo_put_bool(copy, is_total);
	mo_put_int4(copy, (int32_t) patients);
}

static void
long_row(mo_load *load, const mo_csv_row *row)
{
	char		buffer[100];
	char		quote[40];
	const char *type;
	const char *code;
	const char *text;
	const char *sex;
	size_t		type_length;
	size_t		code_length;
	size_t		length;
	int32_t		month;
	int64_t		patients;
	bool		is_new;
	band		b;

	if (!mo_take_month(load, row, L_MONTH, &month) ||
		!mo_take_text(load, row, L_TYPE, buffer, sizeof(buffer), &type, &type_length) ||
		!mo_take_code(load, row, L_CODE, 12, &code, &code_length) ||
		!mo_take_count(load, row, L_PATIENTS, INT32_MAX, &patients))
		return;
	text = mo_value(load, row, L_SEX, &length);
	sex = sex_of(text, length);
	if (sex == NULL)
	{
		mo_reject(load, L_SEX, "\"%s\" is no sex", mo_printable_value(text, length, quote, sizeof(quote)));
		return;
	}
	text = mo_value(load, row, L_AGE, &length);
	if (!parse_band(text, length, &b))
	{
		mo_reject(load, L_AGE, "\"%s\" is no age band", mo_printable_value(text, length, quote, sizeof(quote)));
		return;
	}
	if (mo_note_month(load, month, &is_new))
		put(load, row, month, type, type_length, code, code_length, sex, &b, patients);
}

/* Patient_List_Size_2013_04-06.csv: the first month of the quarter. */
static bool
wide_begin(mo_load *load)
{
	const char *at;
	int			year;
	int			first;
	int			last;
	char		date[16];
	int32_t		month = load->options->month;
	bool		is_new;

	for (at = load->name; month == MO_NO_MONTH && (at = strchr(at, '_')) != NULL; at++)
		if (sscanf(at, "_%4d_%2d-%2d", &year, &first, &last) == 3 && last == first + 2)
		{
			snprintf(date, sizeof(date), "%04d-%02d", year % 10000, first % 100);
			if (!mo_parse_month(date, strlen(date), &month))
				month = MO_NO_MONTH;
		}
	if (month == MO_NO_MONTH)
		return mo_fail(load, MO_EXIT_USAGE, 0, "has no month in it: give --month, or keep the published name (..._2013_04-06.csv)");
	return mo_note_month(load, month, &is_new) && begin(load);
}

static void
wide_row(mo_load *load, const mo_csv_row *row)
{
	const char *code;
	size_t		length;
	int64_t		patients[2 * BANDS];

	if (!mo_take_code(load, row, 1, 12, &code, &length))
		return;
	for (int i = 0; i < 2 * BANDS; i++)
		if (!mo_take_count(load, row, 2 + i, INT32_MAX, &patients[i]))
			return;
	for (int i = 0; i < 2 * BANDS; i++)
	{
		band		b = {.from = wide_from[i / 2], .to = i / 2 + 1 < BANDS ? wide_from[i / 2 + 1] - 1 : -1};

		put(load, row, load->months[0], "GP", 2, code, length, i % 2 == 0 ? "M" : "F", &b, patients[i]);
	}
}

const mo_format mo_list_size_long = {.source = "list_size", .name = "list_size_long", .columns = long_columns,
	.column_count = L_COLUMNS, .mappable = true, .begin = begin, .row = long_row, .end = mo_stage_end};

const mo_format mo_list_size_wide = {.source = "list_size", .name = "list_size_wide", .columns = wide_columns,
	.column_count = 2 + 2 * BANDS, .begin = wide_begin, .row = wide_row, .end = mo_stage_end};
