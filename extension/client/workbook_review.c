/*
 * workbook_review.c
 *		Sheets that people write on: exceptions and actions, and the ICB return.
 */
#include <stdio.h>
#include <string.h>

#include "view.h"
#include "workbook.h"

#define NEW_ACTIONS 10

static const char actions_query[] =
	"select a.action_id, k.kpi_short_name, a.review_month, a.action_narrative, a.owner_name, a.due_date, a.state_label, a.overdue_label, a.months_carried\n"
	"from mo_dashboard.review_action a left join mo_dashboard.dim_kpi k on k.kpi_id = a.kpi_id\n"
	"where a.org_key = $1::integer order by a.state_label in ('done', 'dropped'), a.due_date, a.action_id";

/* $1 org_key, $2 a month of the quarter, or null: the latest quarter. */
static const char return_query[] =
	"select q.quarter_label, q.section_label, q.section_sort, q.line_label, q.display_value, q.display_target, q.numerator, q.denominator,\n"
	"    q.status_label, q.line_narrative, q.state_label, q.submitted_by, q.restated_label\n"
	"from (\n"
	"    select r.quarter_start, max(r.quarter_start) over () as latest, r.quarter_label, r.section_label, r.section_sort, r.line_sort, r.line_label,\n"
	"        r.display_value, r.display_target, r.numerator, r.denominator, r.status_label, r.line_narrative, r.state_label, r.submitted_by,\n"
	"        r.restated_label\n"
	"    from mo_dashboard.icb_return r\n"
	"    where r.org_key = $1::integer and r.quarter_start <= coalesce($2::date, date '9999-12-31')\n"
	") q\n"
	"where q.quarter_start = q.latest order by q.section_sort, q.line_sort, q.line_label";

static const char *const action_states[] = {"open", "in progress", "done", "dropped", NULL};
static const char *const return_states[] = {"draft", "ready to submit", "submitted", NULL};

/* A choice from a list. */
static void
choice(lxw_worksheet *sheet, int from, int column, int to, const char *const *list, const char *message)
{
	lxw_data_validation validation = {.validate = LXW_VALIDATION_TYPE_LIST, .value_list = (void *) list,
	.input_title = "Choose", .input_message = (char *) message, .error_title = "Not in the list",
	.error_message = "Choose one of the list."};

	worksheet_data_validation_range(sheet, (lxw_row_t) from, (lxw_col_t) column, (lxw_row_t) to, (lxw_col_t) column, &validation);
}

/* A measure from the sheet Definitions: its names may hold commas, so they cannot stand in a list. */
static void
choice_of_measure(const mo_book *book, lxw_worksheet *sheet, int from, int column, int to)
{
	char		formula[80];
	lxw_data_validation validation = {.validate = LXW_VALIDATION_TYPE_LIST_FORMULA, .value_formula = formula,
	.error_title = "Not a measure", .error_message = "Choose a measure of the page."};

	snprintf(formula, sizeof(formula), "=Definitions!$A$%d:$A$%d", MO_DEFINITIONS_FIRST + 1, MO_DEFINITIONS_FIRST + PQntuples(book->page->rows));
	worksheet_data_validation_range(sheet, (lxw_row_t) from, (lxw_col_t) column, (lxw_row_t) to, (lxw_col_t) column, &validation);
}

static void
a_day(lxw_worksheet *sheet, int from, int column, int to)
{
	lxw_data_validation validation = {.validate = LXW_VALIDATION_TYPE_DATE, .criteria = LXW_VALIDATION_CRITERIA_GREATER_THAN,
		.value_datetime = {.year = 2000, .month = 1, .day = 1}, .error_title = "Not a date", .error_message = "Enter a date such as 31/03/2027."};

	worksheet_data_validation_range(sheet, (lxw_row_t) from, (lxw_col_t) column, (lxw_row_t) to, (lxw_col_t) column, &validation);
}

/* A fillable text of at most so many characters. */
static void
a_text(lxw_worksheet *sheet, int row, int column)
{
	lxw_data_validation validation = {.validate = LXW_VALIDATION_TYPE_LENGTH, .criteria = LXW_VALIDATION_CRITERIA_LESS_THAN_OR_EQUAL_TO,
	.value_number = 2000, .error_title = "Too long", .error_message = "At most 2,000 characters."};

	worksheet_data_validation_cell(sheet, (lxw_row_t) row, (lxw_col_t) column, &validation);
}

/* Its sign and the words, at the top of the row, in its colour. */
static void
put_status(mo_book *book, lxw_worksheet *sheet, int row, int column, const char *status)
{
	const char *rag = strcmp(status, "on target") == 0 ? "green" : strcmp(status, "not clearly off") == 0 ? "amber"
		: strcmp(status, "off target") == 0 ? "red" : "grey";
	char		text[100];

	snprintf(text, sizeof(text), "%s %.60s", mo_status_icon(rag), status);
	mo_put_text(book, sheet, row, column, *status != '\0' ? text : "", (mo_look) (LOOK_GREEN_TOP + (mo_status_look(rag) - LOOK_GREEN)));
}

static int
write_exceptions(mo_book *book, lxw_worksheet *sheet, int at)
{
	static const char *const headings[] = {"Measure", "Reason", "What the figures say", ">Value", ">Target", "   Status", "Comment", NULL};
	const mo_page *page = book->page;

	mo_put_headings(book, sheet, at++, headings);
	for (int i = 0; i < PQntuples(page->exceptions); i++, at++)
	{
		int			row = mo_page_row(page, mo_view_text(page->exceptions, i, "kpi_id"));

		worksheet_set_row_pixels(sheet, (lxw_row_t) at, 36, NULL);
		mo_put_field(book, sheet, at, 0, page->exceptions, i, "kpi_short_name", LOOK_WRAP_STRONG);
		mo_put_field(book, sheet, at, 1, page->exceptions, i, "reason_label", LOOK_WRAP);
		mo_put_field(book, sheet, at, 2, page->exceptions, i, "exception_text", LOOK_WRAP);
		if (row >= 0)
		{
			const char *format = mo_view_text(page->rows, row, "excel_format");

			mo_put_number(book, sheet, at, 3, page->rows, row, "value", LOOK_WRAP_NUMBER, format,
						  mo_view_equal(page->rows, row, "value_status", "suppressed") ? "hidden" : "–");
			mo_put_number(book, sheet, at, 4, page->rows, row, "target", LOOK_WRAP_NUMBER, format, "–");
			put_status(book, sheet, at, 5, mo_view_text(page->rows, row, "status_label"));
		}
		mo_put_text(book, sheet, at, 6, "", LOOK_FILL);
	}
	if (PQntuples(page->exceptions) == 0)
		mo_put_text(book, sheet, at++, 0, "None this month.", LOOK_TEXT);
	return at + 1;
}

static int
write_actions(mo_book *book, lxw_worksheet *sheet, int at, const PGresult *actions)
{
	static const char *const headings[] = {"Measure", "Raised for", "Action", "Owner", "Due", "State", "Note", NULL};
	int			first;
	int			last;

	for (int i = 0; i < 7; i++)
		mo_put_text(book, sheet, at, i, i == 0 ? "Actions of the review" : "", LOOK_BAND);
	mo_put_headings(book, sheet, ++at, headings);
	first = ++at;
	last = first + PQntuples(actions) + NEW_ACTIONS - 1;
	for (int i = 0; i < PQntuples(actions); i++, at++)
	{
		char		note[120];
		int			months = atoi(mo_view_text(actions, i, "months_carried"));
		char		carried[40] = "";

		worksheet_set_row_pixels(sheet, (lxw_row_t) at, 36, NULL);
		mo_put_field(book, sheet, at, 0, actions, i, "kpi_short_name", LOOK_FILL);
		mo_put_day(book, sheet, at, 1, actions, i, "review_month", LOOK_FILL, "mmm yyyy");
		mo_put_field(book, sheet, at, 2, actions, i, "action_narrative", LOOK_FILL);
		mo_put_field(book, sheet, at, 3, actions, i, "owner_name", LOOK_FILL);
		mo_put_day(book, sheet, at, 4, actions, i, "due_date", LOOK_FILL, "d mmm yyyy");
		mo_put_field(book, sheet, at, 5, actions, i, "state_label", LOOK_FILL);
		if (months > 0)
			snprintf(carried, sizeof(carried), ", carried %d %s", months, months == 1 ? "month" : "months");
		snprintf(note, sizeof(note), "No. %.12s, %.40s%s", mo_view_text(actions, i, "action_id"), mo_view_text(actions, i, "overdue_label"), carried);
		mo_put_text(book, sheet, at, 6, note, LOOK_FILL);
	}
	for (; at <= last; at++)
	{
		worksheet_set_row_pixels(sheet, (lxw_row_t) at, 28, NULL);
		for (int i = 0; i < 7; i++)
			worksheet_write_blank(sheet, (lxw_row_t) at, (lxw_col_t) i,
								  mo_look_format(book, LOOK_FILL, i == 1 ? "mmm yyyy" : i == 4 ? "d mmm yyyy" : NULL));
	}
	choice_of_measure(book, sheet, first, 0, last);
	a_day(sheet, first, 1, last);
	a_day(sheet, first, 4, last);
	choice(sheet, first, 5, last, action_states, "open, in progress, done or dropped");
	return at;
}

bool
mo_book_exceptions(mo_book *book, lxw_worksheet *sheet)
{
	static const int widths[] = {190, 110, 420, 110, 100, 120, 280};
	PGresult   *actions = mo_view_query(book->connection, actions_query, 1, &book->page->org_key);

	if (actions == NULL)
		return false;
	mo_sheet_print(book, sheet);
	mo_put_title(book, sheet, "exceptions and actions",
				 "Pale yellow cells are for the review: comments, and what was agreed. What is written here stays in this file until it is entered in the dashboard.");
	for (int i = 0; i < 7; i++)
		worksheet_set_column_pixels(sheet, (lxw_col_t) i, (lxw_col_t) i, (uint32_t) widths[i], NULL);
	write_actions(book, sheet, write_exceptions(book, sheet, 4), actions);
	PQclear(actions);
	return true;
}

/* Who answers for the return, to be filled in. */
static int
write_signatures(mo_book *book, lxw_worksheet *sheet, int at, const PGresult *lines)
{
	static const char *const labels[] = {"Prepared by", "Signed off by (Clinical Director)", "Date"};
	const char *state = PQntuples(lines) > 0 ? mo_view_text(lines, 0, "state_label") : "draft";

	mo_put_text(book, sheet, at, 0, "State of the return", LOOK_NAME);
	mo_put_merged(book, sheet, at, 1, at, 3, state, LOOK_FILL);
	choice(sheet, at, 1, at, return_states, "draft, ready to submit or submitted");
	for (int i = 0; i < 3; i++)
	{
		at++;
		mo_put_text(book, sheet, at, 0, labels[i], LOOK_NAME);
		mo_put_merged(book, sheet, at, 1, at, 3, i == 0 && PQntuples(lines) > 0 ? mo_view_text(lines, 0, "submitted_by") : "", LOOK_FILL);
	}
	worksheet_write_blank(sheet, (lxw_row_t) at, 1, mo_look_format(book, LOOK_FILL, "d mmm yyyy"));
	a_day(sheet, at, 1, at);
	return at + 2;
}

/* A row high enough for its narrative: some 75 characters a line. */
static void
write_line(mo_book *book, lxw_worksheet *sheet, int at, const PGresult *lines, int i)
{
	static const char *const fields[] = {"line_label", "display_value", "display_target", "status_label", "numerator", "denominator", "line_narrative",
	"restated_label"};
	size_t		rows = 2 + strlen(mo_view_text(lines, i, "line_narrative")) / 75;

	worksheet_set_row_pixels(sheet, (lxw_row_t) at, (uint32_t) (17 * (rows > 20 ? 20 : rows)), NULL);
	for (int f = 0; f < 8; f++)
		if (f == 4 || f == 5)
			mo_put_number(book, sheet, at, f, lines, i, fields[f], LOOK_WRAP_NUMBER,
						  strchr(mo_view_text(lines, i, fields[f]), '.') != NULL ? "#,##0.00" : "#,##0", "");
		else if (f == 3)
			put_status(book, sheet, at, f, mo_view_text(lines, i, fields[f]));
		else
			mo_put_field(book, sheet, at, f, lines, i, fields[f], f == 6 ? LOOK_FILL : f == 1 || f == 2 ? LOOK_WRAP_NUMBER : LOOK_WRAP);
	a_text(sheet, at, 6);
}

static void
write_return(mo_book *book, lxw_worksheet *sheet, const PGresult *lines)
{
	static const char *const headings[] = {"Line", ">Value", ">Target", "   Status", ">Numerator", ">Denominator", "  Narrative", "Restated", NULL};
	int			at = write_signatures(book, sheet, 4, lines);
	const char *section = "";

	mo_put_headings(book, sheet, at++, headings);
	worksheet_repeat_rows(sheet, (lxw_row_t) (at - 1), (lxw_row_t) (at - 1));
	for (int i = 0; i < PQntuples(lines); i++)
	{
		if (i == 0 || !mo_view_equal(lines, i, "section_label", section))
		{
			section = mo_view_text(lines, i, "section_label");
			for (int c = 0; c < 8; c++)
				mo_put_text(book, sheet, at, c, c == 0 ? section : "", LOOK_BAND);
			at++;
		}
		write_line(book, sheet, at++, lines, i);
	}
	if (PQntuples(lines) == 0)
		mo_put_text(book, sheet, at, 0, "There is no return for this organisation and quarter.", LOOK_TEXT);
}

bool
mo_book_return(mo_book *book, lxw_worksheet *sheet)
{
	static const int widths[] = {330, 110, 110, 120, 100, 100, 480, 120};
	const char *values[2] = {book->page->org_key, book->page->month};
	PGresult   *lines = mo_view_query(book->connection, return_query, 2, values);
	char		title[60];

	if (lines == NULL)
		return false;
	mo_sheet_print(book, sheet);
	snprintf(title, sizeof(title), "ICB return%s%.20s", PQntuples(lines) > 0 ? ", " : "", PQntuples(lines) > 0 ? mo_view_text(lines, 0, "quarter_label") : "");
	mo_put_title(book, sheet, title,
				 "The quarterly medicines optimisation return. Pale yellow cells may be filled in; the figures are protected against slips (there is no password).");
	for (int i = 0; i < 8; i++)
		worksheet_set_column_pixels(sheet, (lxw_col_t) i, (lxw_col_t) i, (uint32_t) widths[i], NULL);
	write_return(book, sheet, lines);
	worksheet_protect(sheet, NULL, &(lxw_protection) {.format_columns = LXW_TRUE, .format_rows = LXW_TRUE});
	PQclear(lines);
	return true;
}
