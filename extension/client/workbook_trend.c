/*
 * workbook_trend.c
 *		The control charts, and the figures they are drawn from.
 */
#include <stdio.h>
#include <string.h>

#include "view.h"
#include "workbook.h"

#define CHART_WIDTH 580
#define CHART_HEIGHT 236
#define CHART_ROWS 12			/* of 20 pixels */
#define FIRST 4

/* "HRD monitoring in date, 73.4%: special cause: concerning" */
static void
chart_title(const mo_page *page, int row, char *title, size_t size)
{
	const char *variation = mo_view_text(page->rows, row, "spc_variation_label");
	const char *assurance = mo_view_text(page->rows, row, "spc_assurance_label");

	snprintf(title, size, "%s, %s%s%s%s%s", mo_view_text(page->rows, row, "kpi_short_name"), mo_view_text(page->rows, row, "display_value"),
			 *variation != '\0' ? ": " : "", variation, *assurance != '\0' ? "; " : "", assurance);
}

bool
mo_book_trend(mo_book *book, lxw_worksheet *sheet)
{
	const mo_page *page = book->page;
	lxw_row_t	breaks[40] = {0};
	int			count = 0;

	mo_sheet_print(book, sheet);
	worksheet_set_print_scale(sheet, 82);
	mo_put_title(book, sheet, "trend",
				 "Control charts of 24 months: mean and usual limits (mean ± 2.66 × mean moving range, NHS England's Making Data Count). A red diamond is a "
				 "special cause: a month or a run of months that chance does not explain.");
	worksheet_set_column_pixels(sheet, 0, 17, 65, NULL);
	for (int row = 0; row < PQntuples(page->rows); row++)
	{
		lxw_chart_options options = {.x_offset = 4, .x_scale = CHART_WIDTH / 480.0, .y_scale = CHART_HEIGHT / 288.0};
		char		title[300];
		lxw_chart  *chart;

		chart_title(page, row, title, sizeof(title));
		chart = mo_trend_chart(book, mo_view_text(page->rows, row, "kpi_id"), title, false);
		if (chart == NULL)
			continue;
		options.description = mo_xml_text(title);
		worksheet_insert_chart_opt(sheet, (lxw_row_t) (FIRST + count / 2 * CHART_ROWS), count % 2 == 0 ? 0 : 9, chart, &options);
		count++;
	}
	for (int i = 0; i * 6 + 6 < count && i < 39; i++)
		breaks[i] = (lxw_row_t) (FIRST + (i + 1) * 3 * CHART_ROWS);
	worksheet_set_h_pagebreaks(sheet, breaks);
	if (count == 0)
		mo_put_text(book, sheet, FIRST, 0, "No measure has figures to draw.", LOOK_TEXT);
	worksheet_print_area(sheet, 0, 0, (lxw_row_t) (FIRST + (count + 1) / 2 * CHART_ROWS), 17);
	return true;
}

bool
mo_book_trend_data(mo_book *book, lxw_worksheet *sheet)
{
	static const char *const headings[] = {"Measure", "Measure id", "Month", ">Value", ">Special cause", ">Mean", ">Lower limit", ">Upper limit", ">Target",
	">Median of peers", "Kind of special cause", NULL};
	static const char *const fields[] = {"value", NULL, "spc_mean", "spc_lower", "spc_upper", "target", "comparator_value"};
	const PGresult *trend = book->page->trend;

	mo_sheet_print(book, sheet);
	mo_put_title(book, sheet, "trend data", "What the charts are drawn from. Sorting this sheet would change them.");
	worksheet_set_column_pixels(sheet, 0, 1, 190, NULL);
	worksheet_set_column_pixels(sheet, 2, 9, 90, NULL);
	worksheet_set_column_pixels(sheet, 10, 10, 160, NULL);
	mo_put_headings(book, sheet, MO_TREND_DATA_FIRST - 1, headings);
	worksheet_freeze_panes(sheet, MO_TREND_DATA_FIRST, 0);
	worksheet_repeat_rows(sheet, MO_TREND_DATA_FIRST - 1, MO_TREND_DATA_FIRST - 1);
	for (int i = 0; i < PQntuples(trend); i++)
	{
		int			at = i + MO_TREND_DATA_FIRST;
		int			row = mo_page_row(book->page, mo_view_text(trend, i, "kpi_id"));
		const char *format = row >= 0 ? mo_view_text(book->page->rows, row, "excel_format") : "General";
		const char *cause = mo_view_text(trend, i, "special_cause_label");

		mo_put_text(book, sheet, at, 0, row >= 0 ? mo_view_text(book->page->rows, row, "kpi_short_name") : "", LOOK_NAME);
		mo_put_field(book, sheet, at, 1, trend, i, "kpi_id", LOOK_NAME);
		mo_put_day(book, sheet, at, 2, trend, i, "month_start", LOOK_NAME, "mmm yyyy");
		for (int f = 0; f < 7; f++)
			if (fields[f] != NULL && !mo_view_is_null(trend, i, fields[f]))	/* no empty cell: of one, a chart would keep a 0 */
				mo_put_number(book, sheet, at, 3 + f, trend, i, fields[f], LOOK_NUMBER, format, "");
		if (*cause != '\0' && strncmp(cause, "common", 6) != 0 && !mo_view_is_null(trend, i, "value"))
		{
			mo_put_number(book, sheet, at, 4, trend, i, "value", LOOK_NUMBER, format, "");
			mo_put_text(book, sheet, at, 10, cause, LOOK_NAME);
		}
	}
	return true;
}
