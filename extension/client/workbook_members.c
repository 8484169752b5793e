/*
 * workbook_members.c
 *		The organisations that belong to this one, by KPI: a PCN's practices, an ICB's PCNs.
 */
#include <stdio.h>
#include <string.h>

#include "view.h"
#include "workbook.h"

/*
 * Their figures of the latest month, or of the latest by an earlier month. Members are those of now; of a PCN and an ICB, whose
 * figures say to whom they belonged, those of that month.
 * $1 code, $2 level of the organisation, $3 last month or null.
 */
static const char members_query[] =
	"with member as (\n"
	"    select o.org_key, o.org_code, o.org_name from mo_dashboard.dim_organisation o\n"
	"    where case when $3::date is null then o.is_open = 1 else ($3::date + interval '1 month')::date - 1 >= o.valid_from\n"
	"            and ($3::date + interval '1 month')::date <= o.valid_to end\n"
	"        and ((o.org_type = 'practice' and $2::text = 'pcn' or o.org_type = 'pcn' and $2::text = 'icb') and case\n"
	"                when $3::date is not null then exists (select from mo_dashboard.fact_kpi b where b.org_key = o.org_key\n"
	"                    and b.month_start = $3::date and case $2::text when 'pcn' then b.as_at_pcn_code else b.as_at_icb_code end = $1::text)\n"
	"                when $2::text = 'pcn' then o.current_pcn_code = $1::text else o.current_icb_code = $1::text end\n"
	"            or o.org_type = 'pcn' and $2::text = 'sub_icb' and o.current_sub_icb_code = $1::text\n"
	"            or o.org_type = 'icb' and $2::text = 'region' and o.current_region_code = $1::text\n"
	"            or o.org_type = 'region' and $2::text = 'nation')\n"
	")\n"
	"select distinct on (o.org_name, o.org_key, k.kpi_sort, k.kpi_id) o.org_key, o.org_code, o.org_name, k.kpi_id, f.value, f.value_status,\n"
	"    f.rag, f.status_label\n"
	"from member o join mo_dashboard.fact_kpi f on f.org_key = o.org_key\n"
	"    join mo_dashboard.dim_kpi k on k.kpi_id = f.kpi_id and k.is_on_front_page = 1\n"
	"where f.org_key = any (array(select m.org_key from member m)) and f.month_start <= coalesce($3::date, date '9999-12-31')\n"
	"order by o.org_name, o.org_key, k.kpi_sort, k.kpi_id, f.month_start desc";

enum
{
	TITLE = 0, HEADINGS = 4, SELF = 5, MEDIAN = 6, TARGETS = 7
};

/* Where a member begins: its rows stand together. */
static bool
begins(const PGresult *members, int row)
{
	return row == 0 || !mo_view_equal(members, row, "org_key", mo_view_text(members, row - 1, "org_key"));
}

int
mo_member_row(const mo_book *book, int n)
{
	for (int row = 0; row < PQntuples(book->members); row++)
		if (begins(book->members, row) && n-- == 0)
			return row;
	return -1;
}

int
mo_member_count(const mo_book *book)
{
	int			count = 0;

	for (int row = 0; row < PQntuples(book->members); row++)
		count += begins(book->members, row);
	return count;
}

/* The figure of a member for a KPI, -1: none. */
static int
cell_of(const PGresult *members, int from, const char *kpi_id)
{
	for (int row = from; row < PQntuples(members) && (row == from || !begins(members, row)); row++)
		if (mo_view_equal(members, row, "kpi_id", kpi_id))
			return row;
	return -1;
}

bool
mo_members_all(const mo_book *book, const char *kpi_id)
{
	for (int row = 0; row < PQntuples(book->members); row++)
		if (begins(book->members, row))
		{
			int			cell = cell_of(book->members, row, kpi_id);

			if (cell < 0 || mo_view_is_null(book->members, cell, "value"))
				return false;
		}
	return true;
}

double
mo_members_least(const mo_book *book, const char *kpi_id)
{
	double		least = 0;
	double		value;

	for (int row = 0; row < PQntuples(book->members); row++)
		if (mo_view_equal(book->members, row, "kpi_id", kpi_id) && mo_view_number(book->members, row, "value", &value) && value < least)
			least = value;
	return least;
}

/* A number that carries the sign of its status, so that the colour does not stand alone. */
static void
write_figure(mo_book *book, lxw_worksheet *sheet, int at, int column, const PGresult *result, int row, const char *format)
{
	const char *rag = mo_view_text(result, row, "rag");
	const char *status = mo_view_text(result, row, "value_status");
	const char *icon = mo_status_icon(rag);
	char		number[128];

	if (strcmp(status, "not_due") == 0)
		rag = "grey";			/* what is not complete is not judged, as on its own page */
	if (mo_status_look(rag) == LOOK_GREY)
		snprintf(number, sizeof(number), "%.40s", format);
	else
		snprintf(number, sizeof(number), "\"%s \"%.40s;\"%s \"-%.40s", icon, format, icon, format);	/* or the minus would stand before the sign */
	mo_put_number(book, sheet, at, column, result, row, "value", mo_status_number_look(rag), number,
				  strcmp(status, "suppressed") == 0 ? "hidden" : "–");
}

static void
write_member(mo_book *book, lxw_worksheet *sheet, int at, int member)
{
	const PGresult *rows = book->page->rows;

	worksheet_set_row_pixels(sheet, (lxw_row_t) at, strlen(mo_view_text(book->members, member, "org_name")) > 30 ? 36 : 24, NULL);
	mo_put_field(book, sheet, at, 0, book->members, member, "org_name", LOOK_WRAP_NAME);
	mo_put_field(book, sheet, at, 1, book->members, member, "org_code", LOOK_GREY);
	for (int k = 0; k < PQntuples(rows); k++)
	{
		int			row = cell_of(book->members, member, mo_view_text(rows, k, "kpi_id"));

		if (row >= 0)
			write_figure(book, sheet, at, k + 2, book->members, row, mo_view_text(rows, k, "excel_format"));
		else
			mo_put_text(book, sheet, at, k + 2, "–", LOOK_GREY_NUMBER);
	}
}

/* Lowest and highest of the members: formulas over their cells, with the values they have. */
static void
write_extremes(mo_book *book, lxw_worksheet *sheet, int at, int members)
{
	static const char *const names[] = {"Lowest of them", "Highest of them"};
	static const char *const functions[] = {"MIN", "MAX"};
	const PGresult *rows = book->page->rows;

	for (int which = 0; which < 2; which++)
	{
		mo_put_text(book, sheet, at + which, 0, names[which], LOOK_BAND);
		mo_put_text(book, sheet, at + which, 1, "", LOOK_BAND);
		for (int k = 0; k < PQntuples(rows); k++)
		{
			const char *format = mo_view_text(rows, k, "excel_format");
			char		formula[100];
			char		cells[2][LXW_MAX_CELL_NAME_LENGTH];
			bool		any = false;
			double		best = 0;

			for (int n = 0; n < members; n++)
			{
				int			row = cell_of(book->members, mo_member_row(book, n), mo_view_text(rows, k, "kpi_id"));
				double		value;

				if (row >= 0 && mo_view_number(book->members, row, "value", &value) && (!any || (which == 0 ? value < best : value > best)))
				{
					best = value;
					any = true;
				}
			}
			lxw_rowcol_to_cell(cells[0], MO_MEMBERS_FIRST, (lxw_col_t) (k + 2));
			lxw_rowcol_to_cell(cells[1], (lxw_row_t) (MO_MEMBERS_FIRST + members - 1), (lxw_col_t) (k + 2));
			snprintf(formula, sizeof(formula), "=%s(%s:%s)", functions[which], cells[0], cells[1]);
			if (any)
				worksheet_write_formula_num(sheet, (lxw_row_t) (at + which), (lxw_col_t) (k + 2), formula,
											mo_look_format(book, LOOK_BAND_RIGHT, format), best);
			else
				mo_put_text(book, sheet, at + which, k + 2, "–", LOOK_BAND_RIGHT);
		}
	}
}

/* The organisation itself, the median of its peers and its targets, above its members. */
static void
write_yardsticks(mo_book *book, lxw_worksheet *sheet)
{
	const PGresult *rows = book->page->rows;

	mo_put_text(book, sheet, SELF, 0, book->page->org_name, LOOK_WRAP_STRONG);
	mo_put_text(book, sheet, SELF, 1, book->page->org_code, LOOK_GREY);
	mo_put_text(book, sheet, MEDIAN, 0, "Median of its peers", LOOK_NAME);
	mo_put_text(book, sheet, MEDIAN, 1, "", LOOK_GREY);
	mo_put_text(book, sheet, TARGETS, 0, "Target", LOOK_BAND);
	mo_put_text(book, sheet, TARGETS, 1, "", LOOK_BAND);
	for (int k = 0; k < PQntuples(rows); k++)
	{
		const char *format = mo_view_text(rows, k, "excel_format");

		write_figure(book, sheet, SELF, k + 2, rows, k, format);
		mo_put_number(book, sheet, MEDIAN, k + 2, rows, k, "comparator_value", LOOK_NUMBER, format, "–");
		mo_put_number(book, sheet, TARGETS, k + 2, rows, k, "target", LOOK_BAND_RIGHT, format, "–");
	}
}

/* Beneath the table, the measures that the page features. */
static void
insert_charts(mo_book *book, lxw_worksheet *sheet, int at)
{
	const char *kpi_ids[3];
	int			count = mo_page_features(book->page, kpi_ids, 3);

	for (int i = 0; i < count; i++)
	{
		lxw_chart  *chart = mo_member_chart(book, kpi_ids[i]);
		lxw_chart_options options = {.x_scale = 480 / 480.0, .y_scale = 0.9, .description = (char *) "Bars of the members' values in the table above",
		.x_offset = i * 495, .object_position = LXW_OBJECT_MOVE_DONT_SIZE};

		if (chart != NULL)
			worksheet_insert_chart_opt(sheet, (lxw_row_t) at, 0, chart, &options);
	}
}

bool
mo_book_members(mo_book *book, lxw_worksheet *sheet)
{
	const PGresult *rows = book->page->rows;
	int			members = mo_member_count(book);
	bool		then = book->page->month != NULL && (strcmp(book->page->org_type, "pcn") == 0 || strcmp(book->page->org_type, "icb") == 0);
	char		title[300];

	mo_sheet_print(book, sheet);
	snprintf(title, sizeof(title), "Figures of the organisations that %s. ✔ on target, ◆ not clearly off, ✖ off target, against each one's own target; no "
			 "sign: not judged; hidden: the number is small, or would give away one that is.", then ? "belonged to it that month" : "belong to it now");
	mo_put_title(book, sheet, "its members, by measure", title);
	mo_put_text(book, sheet, 3, 0, mo_page_discussion, LOOK_NOTE);
	worksheet_set_column_pixels(sheet, 0, 0, 240, NULL);
	worksheet_set_column_pixels(sheet, 1, 1, 58, NULL);
	worksheet_set_column_pixels(sheet, 2, (lxw_col_t) (PQntuples(rows) + 1), 82, NULL);
	worksheet_set_row_pixels(sheet, HEADINGS, 46, NULL);
	mo_put_text(book, sheet, HEADINGS, 0, "Organisation", LOOK_HEADING);
	mo_put_text(book, sheet, HEADINGS, 1, "Code", LOOK_HEADING);
	for (int k = 0; k < PQntuples(rows); k++)
		mo_put_field(book, sheet, HEADINGS, k + 2, rows, k, "kpi_short_name", LOOK_HEADING_RIGHT);
	write_yardsticks(book, sheet);
	for (int n = 0; n < members; n++)
		write_member(book, sheet, MO_MEMBERS_FIRST + n, mo_member_row(book, n));
	if (members > 0)
	{
		write_extremes(book, sheet, MO_MEMBERS_FIRST + members, members);
		insert_charts(book, sheet, MO_MEMBERS_FIRST + members + 3);
	}
	else
		mo_put_text(book, sheet, MO_MEMBERS_FIRST, 0, "No organisation belongs to it that you may see.", LOOK_TEXT);
	worksheet_freeze_panes(sheet, SELF, 2);
	worksheet_repeat_rows(sheet, HEADINGS, HEADINGS);
	return true;
}

/* Read before any sheet, because the page's chart refers to them. */
PGresult *
mo_members_fetch(PGconn *connection, const mo_page *page)
{
	const char *values[3] = {page->org_code, page->org_type, page->month};

	return mo_view_query(connection, members_query, 3, values);
}
