/*
 * page_fields.c
 *		The page for programs: CSV and JSON.
 */
#include <string.h>

#include "page.h"
#include "view.h"

/* Columns of page->rows that programs get, under their names in the published views. */
static const char *const fields[] = {
	"kpi_id", "kpi_name", "kpi_short_name", "family_label", "month_start", "data_to", "next_data_due", "unit", "direction_of_good", "value",
	"display_value", "value_status", "numerator", "denominator", "value_lower", "value_upper", "target", "status_label", "rag",
	"comparator_value", "comparator_name", "peer_rank", "peer_n", "change_on_month", "change_on_year", "spc_variation_label",
	"spc_assurance_label", "exception_text", "run_id"
};
static const char *const trend_fields[] = {
	"month_start", "value", "value_status", "target", "comparator_value", "spc_mean", "spc_lower", "spc_upper", "special_cause_label"
};
static const char *const exception_fields[] = {"kpi_id", "reason_label", "exception_text"};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static bool
is_number(const PGresult *result, const char *column)
{
	Oid			type = PQftype(result, PQfnumber(result, column));

	return type == 20 || type == 21 || type == 23 || type == 700 || type == 701 || type == 1700;
}

/* Quoted where it must be. A text that a spreadsheet could run as a formula gets an apostrophe in front. */
static void
csv_text(FILE *out, const char *text)
{
	bool		formula = *text != '\0' && strchr("=+-@\t\r", *text) != NULL;
	bool		quoted = strpbrk(text, ",\"\r\n") != NULL;

	fputs(quoted ? "\"" : "", out);
	fputs(formula ? "'" : "", out);
	for (; *text != '\0'; text++)
	{
		if (*text == '"')
			putc('"', out);
		putc(*text, out);
	}
	fputs(quoted ? "\"" : "", out);
}

void
mo_page_csv(FILE *out, const mo_page *page)
{
	fputs("org_code,org_name,org_type", out);
	for (size_t i = 0; i < COUNT(fields); i++)
		fprintf(out, ",%s", fields[i]);
	fputs(",data_kind_label\r\n", out);
	for (int row = 0; row < PQntuples(page->rows); row++)
	{
		csv_text(out, page->org_code);
		putc(',', out);
		csv_text(out, page->org_name);
		putc(',', out);
		csv_text(out, page->org_type);
		for (size_t i = 0; i < COUNT(fields); i++)
		{
			const char *value = mo_view_text(page->rows, row, fields[i]);

			putc(',', out);
			if (is_number(page->rows, fields[i]))
				fputs(value, out);
			else
				csv_text(out, value);
		}
		putc(',', out);
		csv_text(out, page->data_kind);
		fputs("\r\n", out);
	}
}

static void
json_text(FILE *out, const char *text)
{
	putc('"', out);
	for (; *text != '\0'; text++)
	{
		unsigned char c = (unsigned char) *text;

		if (c == '"' || c == '\\')
			fprintf(out, "\\%c", c);
		else if (c < 0x20 || c == 0x7F || c == '<' || c == '>' || c == '&')	/* harmless inside HTML, too */
			fprintf(out, "\\u%04x", c);
		else
			putc(c, out);
	}
	putc('"', out);
}

static void
json_member(FILE *out, const PGresult *result, int row, const char *column)
{
	fprintf(out, "\"%s\": ", column);
	if (mo_view_is_null(result, row, column))
		fputs("null", out);
	else if (is_number(result, column))
		fputs(mo_view_text(result, row, column), out);
	else
		json_text(out, mo_view_text(result, row, column));
}

static void
json_object(FILE *out, const PGresult *result, int row, const char *const *columns, size_t count)
{
	putc('{', out);
	for (size_t i = 0; i < count; i++)
	{
		fputs(i > 0 ? ", " : "", out);
		json_member(out, result, row, columns[i]);
	}
}

static void
json_rows(FILE *out, const mo_page *page)
{
	for (int row = 0; row < PQntuples(page->rows); row++)
	{
		int			from;
		int			to;

		fputs(row > 0 ? ",\n    " : "\n    ", out);
		json_object(out, page->rows, row, fields, COUNT(fields));
		fputs(", \"trend\": [", out);
		mo_page_trend(page, mo_view_text(page->rows, row, "kpi_id"), &from, &to);
		for (int i = from; i < to; i++)
		{
			fputs(i > from ? ", " : "", out);
			json_object(out, page->trend, i, trend_fields, COUNT(trend_fields));
			putc('}', out);
		}
		fputs("]}", out);
	}
}

void
mo_page_json(FILE *out, const mo_page *page)
{
	static const char *const organisation[] = {"org_code", "org_name", "org_type", "current_pcn_name", "current_icb_name", "history"};

	fputs("{\n  \"organisation\": ", out);
	json_object(out, page->organisation, 0, organisation, COUNT(organisation));
	fputs("},\n  \"month\": ", out);
	if (page->month != NULL)
		json_text(out, page->month);
	else
		fputs("null", out);
	fputs(",\n  \"data_kind\": ", out);
	json_text(out, page->data_kind);
	fputs(",\n  \"data_to\": ", out);
	json_text(out, page->data_to);
	fprintf(out, ",\n  \"run_id\": %s,\n  \"generated_at_utc\": ", *page->run_id != '\0' ? page->run_id : "null");
	json_text(out, mo_view_text(page->organisation, 0, "generated_at_utc"));
	fputs(",\n  \"rows\": [", out);
	json_rows(out, page);
	fputs("\n  ],\n  \"exceptions\": [", out);
	for (int i = 0; i < PQntuples(page->exceptions); i++)
	{
		fputs(i > 0 ? ",\n    " : "\n    ", out);
		json_object(out, page->exceptions, i, exception_fields, COUNT(exception_fields));
		putc('}', out);
	}
	fputs("\n  ],\n  \"discussion\": ", out);
	json_text(out, mo_page_discussion);
	fputs("\n}\n", out);
}
