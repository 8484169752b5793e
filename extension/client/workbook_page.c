/*
 * workbook_page.c
 *		Sheet 1: the page, on exactly one sheet of A4 landscape.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "view.h"
#include "workbook.h"

enum
{
	NAME, MONTH, VALUE, TARGET, STATUS, MEDIAN, CHANGE, RANK, TREND, GAP, RIGHT, LAST = RIGHT + 5
};

static const int widths[] = {190, 66, 78, 66, 124, 80, 86, 60, 112, 14, 66, 66, 66, 66, 66, 66};

/* Rows of the sheet: banner, counts, table; what comes after the table depends on its length. */
enum
{
	BANNER = 0, BANNER_LINE = 1, DATA_TO = 2, COUNTS = 4, HEADINGS = 6, TABLE = 7
};

#define SLOTS 5
#define ROW_HEIGHT 27
#define HEADINGS_HEIGHT 32

static void
set_up(mo_book *book, lxw_worksheet *sheet)
{
	worksheet_set_landscape(sheet);
	worksheet_set_paper(sheet, 9);
	worksheet_set_margins(sheet, 0.35, 0.35, 0.35, 0.35);
	worksheet_fit_to_pages(sheet, 1, 1);
	worksheet_center_horizontally(sheet);
	worksheet_gridlines(sheet, LXW_HIDE_ALL_GRIDLINES);
	worksheet_set_zoom(sheet, 90);
	for (int i = 0; i <= LAST; i++)
		worksheet_set_column_pixels(sheet, (lxw_col_t) i, (lxw_col_t) i, (uint32_t) widths[i], mo_look_format(book, LOOK_TEXT, NULL));
}

static void
write_banner(mo_book *book, lxw_worksheet *sheet)
{
	const mo_page *page = book->page;
	const char *icb = mo_view_text(page->organisation, 0, "current_icb_name");
	char		line[2 * MO_LINE];

	worksheet_set_row_pixels(sheet, BANNER, 38, NULL);
	worksheet_set_row_pixels(sheet, BANNER_LINE, 22, NULL);
	worksheet_set_row_pixels(sheet, DATA_TO, 22, NULL);
	worksheet_set_row_pixels(sheet, DATA_TO + 1, 8, NULL);
	mo_put_merged(book, sheet, BANNER, 0, BANNER, RIGHT + 2, page->org_name, LOOK_BANNER);
	mo_put_merged(book, sheet, BANNER, RIGHT + 3, BANNER, LAST, page->data_kind, LOOK_KIND);
	snprintf(line, sizeof(line), "Medicines optimisation dashboard · %s · %s%s%s", page->org_code,
			 mo_view_text(page->organisation, 0, "org_type_label"), *icb != '\0' && strcmp(icb, page->org_name) != 0 ? " · " : "",
			 strcmp(icb, page->org_name) != 0 ? icb : "");
	mo_put_merged(book, sheet, BANNER_LINE, 0, BANNER_LINE, LAST, line, LOOK_BANNER_LINE);
	mo_put_merged(book, sheet, DATA_TO, 0, DATA_TO, LAST, page->data_to, LOOK_BANNER_LINE);
}

static int
band_count(const mo_page *page)
{
	int			bands = 0;

	for (int row = 0; row < PQntuples(page->rows); row++)
		bands += row == 0 || !mo_view_equal(page->rows, row, "family_label", mo_view_text(page->rows, row - 1, "family_label"));
	return bands;
}

/* Four counts over the status column, as formulas with the value they have. */
static void
write_counts(mo_book *book, lxw_worksheet *sheet)
{
	static const struct
	{
		const char *rag;
		const char *words;
		mo_look		look;
		int			from;
		int			to;
	}			tiles[] = {{"green", "on target", LOOK_GREEN_TILE, NAME, NAME}, {"amber", "not clearly off", LOOK_AMBER_TILE, MONTH, TARGET},
	{"red", "off target", LOOK_RED_TILE, STATUS, MEDIAN}, {"grey", "not judged", LOOK_GREY_TILE, CHANGE, TREND}};
	const mo_page *page = book->page;
	int			last = TABLE + PQntuples(page->rows) + band_count(page);

	worksheet_set_row_pixels(sheet, COUNTS, 26, NULL);
	worksheet_set_row_pixels(sheet, COUNTS + 1, 6, NULL);
	for (size_t i = 0; i < sizeof(tiles) / sizeof(tiles[0]); i++)
	{
		char		formula[120];
		char		number[64];
		int			count = 0;

		for (int row = 0; row < PQntuples(page->rows); row++)
			count += mo_view_equal(page->rows, row, "rag", tiles[i].rag);
		snprintf(formula, sizeof(formula), "=COUNTIF($E$%d:$E$%d,\"%s*\")", TABLE + 1, last, mo_status_icon(tiles[i].rag));
		snprintf(number, sizeof(number), "\"%s \"0\" %s\"", mo_status_icon(tiles[i].rag), tiles[i].words);
		if (tiles[i].to > tiles[i].from)
			worksheet_merge_range(sheet, COUNTS, (lxw_col_t) tiles[i].from, COUNTS, (lxw_col_t) tiles[i].to, "",
								  mo_look_format(book, tiles[i].look, number));
		worksheet_write_formula_num(sheet, COUNTS, (lxw_col_t) tiles[i].from, formula, mo_look_format(book, tiles[i].look, number), count);
	}
}

static void
write_headings(mo_book *book, lxw_worksheet *sheet)
{
	static const char *const headings[] = {"", "Month", ">Value", ">Target", "   Status", NULL, ">Change on a year", ">Rank", ">12 months"};
	const char *median = "Peer median";

	for (int row = 0; row < PQntuples(book->page->rows); row++)
		if (!mo_view_is_null(book->page->rows, row, "comparator_name"))
			median = mo_view_text(book->page->rows, row, "comparator_name");
	worksheet_set_row_pixels(sheet, HEADINGS, HEADINGS_HEIGHT, NULL);
	for (int i = 0; i < GAP; i++)
		mo_put_text(book, sheet, HEADINGS, i, headings[i] == NULL ? median : headings[i] + (headings[i][0] == '>'),
					headings[i] == NULL || headings[i][0] == '>' ? LOOK_HEADING_RIGHT : LOOK_HEADING);
}

/* The change of a percentage is in points. What the page prints without a sign, because it rounds to nothing, has none here either. */
static void
write_change(mo_book *book, lxw_worksheet *sheet, int at, int row)
{
	const PGresult *rows = book->page->rows;
	bool		percent = mo_view_equal(rows, row, "unit", "percent");
	const char *format = mo_view_text(rows, row, "excel_format");
	const char *points = percent ? "\" pp\"" : "";
	const char *printed = mo_view_text(rows, row, "display_change_on_year");
	bool		has_sign = *printed == '+' || *printed == '-';
	int			length = (int) strcspn(format, "%");
	char		number[80];
	double		change;

	length = length < 25 ? length : 25;
	snprintf(number, sizeof(number), "%s%.*s%s;%s%.*s%s", has_sign ? "+" : "", length, format, points, has_sign ? "-" : "", length, format, points);
	if (mo_view_number(rows, row, "change_on_year", &change))
		worksheet_write_number(sheet, (lxw_row_t) at, CHANGE, percent ? 100 * change : change, mo_look_format(book, LOOK_NUMBER, number));
	else
		mo_put_text(book, sheet, at, CHANGE, "–", LOOK_NUMBER);
}

static void
write_row(mo_book *book, lxw_worksheet *sheet, int at, int row)
{
	const PGresult *rows = book->page->rows;
	const char *format = mo_view_text(rows, row, "excel_format");
	const char *rag = mo_view_text(rows, row, "rag");
	char		text[100];

	worksheet_set_row_pixels(sheet, (lxw_row_t) at, ROW_HEIGHT, NULL);
	mo_put_field(book, sheet, at, NAME, rows, row, "kpi_short_name", LOOK_NAME);
	mo_put_field(book, sheet, at, MONTH, rows, row, "month_label", LOOK_GREY);
	mo_put_number(book, sheet, at, VALUE, rows, row, "value", LOOK_STRONG, format,
				  mo_view_equal(rows, row, "value_status", "suppressed") ? "hidden" : mo_view_text(rows, row, "display_value"));
	mo_put_number(book, sheet, at, TARGET, rows, row, "target", LOOK_NUMBER, format, "–");
	snprintf(text, sizeof(text), "%s %s", mo_status_icon(rag), mo_view_text(rows, row, "status_label"));
	mo_put_text(book, sheet, at, STATUS, text, mo_status_look(rag));
	mo_put_number(book, sheet, at, MEDIAN, rows, row, "comparator_value", LOOK_NUMBER, format, "–");
	write_change(book, sheet, at, row);
	text[0] = '\0';
	if (!mo_view_is_null(rows, row, "peer_rank"))
		snprintf(text, sizeof(text), "%.12s of %.12s", mo_view_text(rows, row, "peer_rank"), mo_view_text(rows, row, "peer_n"));
	mo_put_text(book, sheet, at, RANK, text, LOOK_NUMBER);
	mo_put_text(book, sheet, at, TREND, mo_page_spark(book->page, row, text), LOOK_SPARK);
}

/* Gives the row after the table. */
static int
write_table(mo_book *book, lxw_worksheet *sheet)
{
	const PGresult *rows = book->page->rows;
	const char *family = "";
	int			at = TABLE;

	for (int row = 0; row < PQntuples(rows); row++)
	{
		if (row == 0 || !mo_view_equal(rows, row, "family_label", family))
		{
			family = mo_view_text(rows, row, "family_label");
			worksheet_set_row_pixels(sheet, (lxw_row_t) at, ROW_HEIGHT, NULL);
			for (int i = 0; i < GAP; i++)
				mo_put_text(book, sheet, at, i, i == 0 ? family : "", LOOK_BAND);
			at++;
		}
		write_row(book, sheet, at++, row);
	}
	return at;
}

static void
insert_chart(lxw_worksheet *sheet, lxw_chart *chart, const char *description, int n, int height)
{
	int			top = n * height;
	lxw_chart_options options = {.x_offset = 2, .x_scale = 390.0 / 480, .y_scale = (height - 6) / 288.0,
	.object_position = LXW_OBJECT_MOVE_DONT_SIZE, .description = (char *) description};
	int			row = HEADINGS;

	/* an offset within one row, so that the anchor does not hang over others */
	if (top >= HEADINGS_HEIGHT)
	{
		row = TABLE + (top - HEADINGS_HEIGHT) / ROW_HEIGHT;
		options.y_offset = (top - HEADINGS_HEIGHT) % ROW_HEIGHT;
	}
	else
		options.y_offset = top;
	worksheet_insert_chart_opt(sheet, (lxw_row_t) row, RIGHT, chart, &options);
}

/* Two trends and a comparison of members where there are members, else three trends. */
static void
write_charts(mo_book *book, lxw_worksheet *sheet, int end)
{
	const mo_page *page = book->page;
	const char *kpi_ids[3];
	int			count = mo_page_features(page, kpi_ids, 3);
	int			height = (HEADINGS_HEIGHT + (end - TABLE) * ROW_HEIGHT) / 3;

	mo_put_merged(book, sheet, COUNTS, RIGHT, COUNTS, LAST,
				  "Last 24 months. Blue: value; red diamond: special cause; red dashes: target; black: median of peers; dots: limits that months usually keep to.",
				  LOOK_KEY);
	for (int i = 0; i < count; i++)
	{
		const char *name = mo_view_text(page->rows, mo_page_row(page, kpi_ids[i]), "kpi_short_name");
		char		description[300];
		lxw_chart  *chart = NULL;

		if (i == 1 && count == 3)
			chart = mo_member_chart(book, kpi_ids[0]);
		if (chart != NULL)
			snprintf(description, sizeof(description), "%s of each member organisation, as on the sheet Practices",
					 mo_view_text(page->rows, mo_page_row(page, kpi_ids[0]), "kpi_short_name"));
		else
		{
			chart = mo_trend_chart(book, kpi_ids[i], name, true);
			snprintf(description, sizeof(description), "%s in the last 24 months, as on the sheet Trend data", name);
		}
		if (chart != NULL)
			insert_chart(sheet, chart, mo_xml_text(description), i, height);
	}
}

/* One item in a slot of two lines. */
static void
write_item(mo_book *book, lxw_worksheet *sheet, int at, const char *label, const char *text)
{
	char		line[MO_LINE];

	snprintf(line, sizeof(line), "%s: %s", label, text);
	mo_put_merged(book, sheet, at, 0, at, TREND, line, LOOK_ITEM);
}

/* As many slots as keep the page one page. */
static void
write_exceptions(mo_book *book, lxw_worksheet *sheet, int at)
{
	const mo_page *page = book->page;
	int			items = 0;
	char		heading[120];

	worksheet_set_row_pixels(sheet, (lxw_row_t) at, 22, NULL);
	for (int i = 1; i <= SLOTS; i++)
		worksheet_set_row_pixels(sheet, (lxw_row_t) (at + i), 29, NULL);
	for (int i = 1; i < GAP; i++)
		mo_put_text(book, sheet, at, i, "", LOOK_BAND);
	for (int i = 0; i < PQntuples(page->exceptions); i++)
		if (mo_page_first_exception(page, i) && items++ < SLOTS)
		{
			char		reason[100];

			snprintf(reason, sizeof(reason), "%s", mo_view_text(page->exceptions, i, "reason_label"));
			reason[0] = (char) toupper((unsigned char) reason[0]);
			write_item(book, sheet, at + items, reason, mo_view_text(page->exceptions, i, "exception_text"));
		}
	if (page->history != NULL && items++ < SLOTS)
		write_item(book, sheet, at + items, "This organisation", page->history);
	for (int row = 0; row < PQntuples(page->rows); row++)
		if (mo_page_note(page, row) != NULL && items++ < SLOTS)
			write_item(book, sheet, at + items, mo_view_text(page->rows, row, "kpi_short_name"), mo_page_note(page, row));
	if (items == 0)
		mo_put_merged(book, sheet, at + 1, 0, at + 1, TREND, "None this month.", LOOK_ITEM);
	if (items > SLOTS)
		snprintf(heading, sizeof(heading), "Exceptions and what to know: %d of %d; the rest on the sheet Exceptions and actions and on the text page", SLOTS, items);
	else
		snprintf(heading, sizeof(heading), "Exceptions and what to know");
	mo_put_text(book, sheet, at, 0, heading, LOOK_BAND);
}

static void
write_foot(mo_book *book, lxw_worksheet *sheet, int at)
{
	char		line[700];

	worksheet_set_row_pixels(sheet, (lxw_row_t) at, 6, NULL);
	worksheet_set_row_pixels(sheet, (lxw_row_t) (at + 1), 18, NULL);
	worksheet_set_row_pixels(sheet, (lxw_row_t) (at + 2), 28, NULL);
	snprintf(line, sizeof(line), "%s Run %s, printed on %s by modash %s.", mo_page_discussion, book->page->run_id,
			 mo_view_text(book->page->organisation, 0, "generated_on"), MO_VERSION);
	mo_put_merged(book, sheet, at + 1, 0, at + 1, LAST, line, LOOK_FOOT_STRONG);
	mo_put_merged(book, sheet, at + 2, 0, at + 2, LAST,
				  "Median and rank: among its peers; rank 1 is the lowest value. Not clearly off: the 95 % interval holds the target. Not judged: no "
				  "target, no figure, or too few to say. A blank in the 12 months is a month without a value. pp: percentage points.", LOOK_FOOT);
	worksheet_print_area(sheet, 0, 0, (lxw_row_t) (at + 2), LAST);
}

bool
mo_book_page(mo_book *book, lxw_worksheet *sheet)
{
	int			end;

	set_up(book, sheet);
	write_banner(book, sheet);
	write_counts(book, sheet);
	write_headings(book, sheet);
	end = write_table(book, sheet);
	write_charts(book, sheet, end);
	worksheet_set_row_pixels(sheet, (lxw_row_t) end, 8, NULL);
	write_exceptions(book, sheet, end + 1);
	mo_put_merged(book, sheet, end + 1, RIGHT, end + 1, LAST, "Narrative", LOOK_BAND);
	mo_put_merged(book, sheet, end + 2, RIGHT, end + 1 + SLOTS, LAST, "What has changed, why, and who does what by when:", LOOK_BOX);
	write_foot(book, sheet, end + 2 + SLOTS);
	worksheet_activate(sheet);
	return true;
}
