/*
 * workbook_lists.c
 *		Data as an Excel table, the definitions, and what has changed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "view.h"
#include "workbook.h"

/* $1 org_key, $2 last month or null, $3 keys of the organisation and its members. */
static const char data_query[] =
	"select k.kpi_short_name, t.kpi_id, k.family_label, t.org_type, t.org_code, t.org_name, t.month_start, t.numerator, t.denominator, t.value,\n"
	"    t.display_value, t.value_status, t.value_lower, t.value_upper, t.target, t.comparator_value, t.spc_mean, t.spc_lower, t.spc_upper,\n"
	"    t.special_cause_label, t.spc_variation_label, t.direction_of_good, t.run_id, k.excel_format\n"
	"from mo_dashboard.kpi_trend t join mo_dashboard.dim_kpi k on k.kpi_id = t.kpi_id and k.is_on_front_page = 1\n"
	"where t.org_key = any ($3::integer[]) and t.month_start <= coalesce($2::date, date '9999-12-31')\n"
	"order by t.org_key <> $1::integer, t.org_name, t.org_key, k.kpi_sort, k.kpi_id, t.month_start";

static const char definitions_query[] =
	"select k.kpi_short_name, k.kpi_name, k.family_label, k.numerator_wording, k.denominator_wording, k.unit, k.direction_of_good, k.target_type,\n"
	"    k.interval_method, k.small_number_rule, k.cadence, k.expected_lag_days, k.source_list, k.owner_role, k.definition_version,\n"
	"    k.rationale_narrative, k.reference_narrative\n"
	"from mo_dashboard.dim_kpi k where k.kpi_id = any ($1::text[]) order by k.kpi_sort, k.kpi_id";

static const char changes_query[] =
	"select c.changed_at_utc, c.change_label, k.kpi_short_name, c.source_name, c.change_narrative\n"
	"from mo_dashboard.change_log c left join mo_dashboard.dim_kpi k on k.kpi_id = c.kpi_id\n"
	"where c.org_key is null or c.org_key = $1::integer order by c.changed_at_utc desc, k.kpi_sort limit 300";

static const char sources_query[] =
	"select s.source_title, s.source_system, s.state_label, s.latest_month, s.loaded_at_utc, s.next_data_due, s.rows_rejected\n"
	"from mo_dashboard.data_status s where s.state_label <> 'never loaded' order by s.source_sort";

/* {1,2,3} of a column, a value once: what = any (...) takes. To be freed. */
static char *
array_of(const PGresult *result, const char *column, const char *first)
{
	size_t		size = strlen(first) + 4;
	char	   *text;
	char	   *end;

	for (int row = 0; row < PQntuples(result); row++)
		size += strlen(mo_view_text(result, row, column)) + 1;
	text = malloc(size);
	if (text == NULL)
		return NULL;
	end = text + sprintf(text, "{%s", first);
	for (int row = 0; row < PQntuples(result); row++)
		if (row == 0 || !mo_view_equal(result, row, column, mo_view_text(result, row - 1, column)))
			end += sprintf(end, "%s%s", end[-1] == '{' ? "" : ",", mo_view_text(result, row, column));
	strcpy(end, "}");
	return text;
}

static char *const data_headings[] = {
	"Measure", "Measure id", "Family", "Level", "Code", "Organisation", "Month", "Numerator", "Denominator", "Value", "Value as printed", "Value status",
	"Lower 95 %", "Upper 95 %", "Target", "Median of peers", "Mean (SPC)", "Lower limit (SPC)", "Upper limit (SPC)", "Special cause", "Variation",
	"Direction of good", "Run"
};

#define DATA_COLUMNS ((int) (sizeof(data_headings) / sizeof(data_headings[0])))

/* How a column of the table is written. */
static void
write_datum(mo_book *book, lxw_worksheet *sheet, int row, int column, const PGresult *data)
{
	static const char kinds[] = "tttttt" "dnnv" "tt" "vvvvvvv" "ttt" "n";
	const char *field = PQfname(data, column);
	const char *format = mo_view_text(data, row, "excel_format");

	if (PQgetisnull(data, row, column))
		return;
	if (kinds[column] == 't')
		mo_put_field(book, sheet, row + 1, column, data, row, field, LOOK_TEXT);
	else if (kinds[column] == 'd')
		mo_put_day(book, sheet, row + 1, column, data, row, field, LOOK_TEXT, "mmm yyyy");
	else
		worksheet_write_number(sheet, (lxw_row_t) (row + 1), (lxw_col_t) column, strtod(PQgetvalue(data, row, column), NULL),
							   kinds[column] == 'v' ? mo_look_format(book, LOOK_TEXT, format) : NULL);
}

static void
write_data(mo_book *book, lxw_worksheet *sheet, const PGresult *data)
{
	lxw_table_column columns[DATA_COLUMNS];
	lxw_table_column *pointers[DATA_COLUMNS + 1] = {NULL};
	lxw_table_options options = {.name = "KpiData", .columns = pointers, .style_type = LXW_TABLE_STYLE_TYPE_LIGHT, .style_type_number = 9};
	int			rows = PQntuples(data);

	memset(columns, 0, sizeof(columns));
	for (int i = 0; i < DATA_COLUMNS; i++)
	{
		columns[i].header = data_headings[i];
		pointers[i] = &columns[i];
	}
	for (int row = 0; row < rows; row++)
		for (int i = 0; i < DATA_COLUMNS; i++)
			write_datum(book, sheet, row, i, data);
	worksheet_add_table(sheet, 0, 0, (lxw_row_t) (rows > 0 ? rows : 1), DATA_COLUMNS - 1, &options);
}

bool
mo_book_data(mo_book *book, lxw_worksheet *sheet)
{
	char	   *keys = array_of(book->members, "org_key", book->page->org_key);
	const char *values[3] = {book->page->org_key, book->page->month, keys};
	PGresult   *data = keys != NULL ? mo_view_query(book->connection, data_query, 3, values) : NULL;

	free(keys);
	if (data == NULL)
		return false;
	mo_sheet_print(book, sheet);
	worksheet_set_column_pixels(sheet, 0, 2, 150, NULL);
	worksheet_set_column_pixels(sheet, 3, 4, 70, NULL);
	worksheet_set_column_pixels(sheet, 5, 5, 200, NULL);
	worksheet_set_column_pixels(sheet, 6, 18, 100, NULL);
	worksheet_set_column_pixels(sheet, 19, 21, 150, NULL);
	worksheet_freeze_panes(sheet, 1, 0);
	worksheet_repeat_rows(sheet, 0, 0);
	write_data(book, sheet, data);
	PQclear(data);
	return true;
}

/* Pixels that the longest of a row's texts needs, at some six and a half pixels a character and 17 a line. */
static uint32_t
row_height(const PGresult *list, int row, const int *widths)
{
	size_t		most = 1;

	for (int i = 0; i < PQnfields(list); i++)
	{
		size_t		lines = 1 + 13 * strlen(PQgetvalue(list, row, i)) / (2 * (size_t) widths[i] - 20);

		if (PQftype(list, i) != 1114 && PQftype(list, i) != 1082)
			most = lines > most ? lines : most;
	}
	return (uint32_t) (17 * (most < 23 ? most : 23) + 5);
}

/* Rows of a result under headings, all of them texts that wrap; days and times by their form. */
static int
write_list(mo_book *book, lxw_worksheet *sheet, int at, const char *const *headings, const PGresult *list, const int *widths)
{
	mo_put_headings(book, sheet, at++, headings);
	for (int row = 0; row < PQntuples(list); row++, at++)
	{
		worksheet_set_row_pixels(sheet, (lxw_row_t) at, row_height(list, row, widths), NULL);
		for (int i = 0; i < PQnfields(list); i++)
			if (PQftype(list, i) == 1082)
				mo_put_day(book, sheet, at, i, list, row, PQfname(list, i), LOOK_WRAP, strcmp(PQfname(list, i), "latest_month") == 0 ? "mmm yyyy" : "d mmm yyyy");
			else if (PQftype(list, i) == 1114)
				mo_put_day(book, sheet, at, i, list, row, PQfname(list, i), LOOK_WRAP, "d mmm yyyy hh:mm");
			else if (PQftype(list, i) == 23)
				mo_put_number(book, sheet, at, i, list, row, PQfname(list, i), LOOK_WRAP, "#,##0", "");
			else
				mo_put_field(book, sheet, at, i, list, row, PQfname(list, i), i == 0 ? LOOK_WRAP_STRONG : LOOK_WRAP);
	}
	return at;
}

bool
mo_book_definitions(mo_book *book, lxw_worksheet *sheet)
{
	static const char *const headings[] = {"Measure", "In full", "Family", "What is counted", "Divided by", "Unit", "Good is", "Target", "95 % interval",
	"Small numbers", "Cadence", "Days until complete", "Sources", "Answers for it", "Version", "Why", "Where it comes from", NULL};
	static const int widths[] = {150, 190, 90, 190, 190, 60, 60, 80, 64, 120, 70, 76, 230, 110, 60, 260, 240};
	char	   *ids = array_of(book->page->rows, "kpi_id", "");
	const char *values[1] = {ids};
	PGresult   *list = ids != NULL ? mo_view_query(book->connection, definitions_query, 1, values) : NULL;

	free(ids);
	if (list == NULL)
		return false;
	mo_sheet_print(book, sheet);
	mo_put_title(book, sheet, "definitions", "What each measure counts, from the catalogue of the dashboard.");
	for (int i = 0; headings[i] != NULL; i++)
		worksheet_set_column_pixels(sheet, (lxw_col_t) i, (lxw_col_t) i, (uint32_t) widths[i], NULL);
	write_list(book, sheet, MO_DEFINITIONS_FIRST - 1, headings, list, widths);
	worksheet_freeze_panes(sheet, MO_DEFINITIONS_FIRST, 1);
	worksheet_repeat_rows(sheet, MO_DEFINITIONS_FIRST - 1, MO_DEFINITIONS_FIRST - 1);
	PQclear(list);
	return true;
}

bool
mo_book_changes(mo_book *book, lxw_worksheet *sheet)
{
	static const char *const change_headings[] = {"When (UTC)", "What kind", "Measure", "Source", "What has changed", NULL};
	static const char *const source_headings[] = {"Source", "System", "State", "Latest month", "Loaded (UTC)", "Next due", "Rows refused", NULL};
	static const int widths[] = {230, 150, 190, 150, 420, 110, 90};
	PGresult   *changes = mo_view_query(book->connection, changes_query, 1, &book->page->org_key);
	PGresult   *sources = changes != NULL ? mo_view_query(book->connection, sources_query, 0, NULL) : NULL;
	int			at;

	if (sources != NULL)
	{
		mo_sheet_print(book, sheet);
		mo_put_title(book, sheet, "changes", "Definitions and restated figures as the dashboard has noted them, the latest 300; then the state of its sources.");
		for (int i = 0; i < 7; i++)
			worksheet_set_column_pixels(sheet, (lxw_col_t) i, (lxw_col_t) i, (uint32_t) widths[i], NULL);
		at = write_list(book, sheet, 4, change_headings, changes, widths) + 1;
		for (int i = 0; i < 7; i++)
			mo_put_text(book, sheet, at, i, i == 0 ? "Sources" : "", LOOK_BAND);
		write_list(book, sheet, at + 1, source_headings, sources, widths);
	}
	PQclear(changes);
	PQclear(sources);
	return sources != NULL;
}
