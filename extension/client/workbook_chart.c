/*
 * workbook_chart.c
 *		Native charts. Their figures are on the sheets Trend data and Practices.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "view.h"
#include "workbook.h"

/* Columns of the sheet Trend data. */
enum
{
	MONTH = 2, VALUE = 3, CAUSE = 4, MEAN = 5, LOWER = 6, UPPER = 7, TARGET = 8, MEDIAN = 9
};

typedef struct line_look
{
	const char *name;
	int			column;
	uint32_t	colour;
	double		width;
	uint8_t		dash;
	uint8_t		marker;
} line_look;

static const line_look lines[] = {
	{"Upper limit", UPPER, 0x768692, 1, LXW_CHART_LINE_DASH_ROUND_DOT, 0},
	{"Limits", LOWER, 0x768692, 1, LXW_CHART_LINE_DASH_ROUND_DOT, 0},
	{"Mean", MEAN, 0x768692, 1, LXW_CHART_LINE_DASH_SOLID, 0},
	{"Median", MEDIAN, 0x212B32, 1, LXW_CHART_LINE_DASH_SOLID, 0},
	{"Target", TARGET, 0xA5120F, 1.25, LXW_CHART_LINE_DASH_DASH, 0},
	{"Value", VALUE, 0x005EB8, 2, LXW_CHART_LINE_DASH_SOLID, LXW_CHART_MARKER_CIRCLE},
	{"Special cause", CAUSE, 0xA5120F, 0, LXW_CHART_LINE_DASH_SOLID, LXW_CHART_MARKER_DIAMOND},
};

static bool
any_value(const mo_book *book, int from, int to, const char *column)
{
	for (int i = from; i < to; i++)
		if (!mo_view_is_null(book->page->trend, i, column))
			return true;
	return false;
}

static bool
any_cause(const mo_book *book, int from, int to)
{
	for (int i = from; i < to; i++)
	{
		const char *cause = mo_view_text(book->page->trend, i, "special_cause_label");

		if (*cause != '\0' && strncmp(cause, "common", 6) != 0)
			return true;
	}
	return false;
}

static bool
worth_a_line(const mo_book *book, int from, int to, int column)
{
	static const char *const names[] = {[VALUE] = "value", [MEAN] = "spc_mean", [LOWER] = "spc_lower", [UPPER] = "spc_upper",
		[TARGET] = "target", [MEDIAN] = "comparator_value"};

	return column == CAUSE ? any_cause(book, from, to) : any_value(book, from, to, names[column]);
}

static void
add_line(lxw_chart *chart, const line_look *look, int from, int to)
{
	lxw_chart_series *series = chart_add_series(chart, NULL, NULL);
	lxw_chart_line line = {.color = look->colour, .width = (float) look->width, .dash_type = look->dash};
	lxw_chart_line none = {.none = LXW_TRUE};
	lxw_chart_fill fill = {.color = look->colour};
	lxw_row_t	first = (lxw_row_t) (from + MO_TREND_DATA_FIRST);
	lxw_row_t	last = (lxw_row_t) (to - 1 + MO_TREND_DATA_FIRST);

	chart_series_set_categories(series, "Trend data", first, MONTH, last, MONTH);
	chart_series_set_values(series, "Trend data", first, (lxw_col_t) look->column, last, (lxw_col_t) look->column);
	chart_series_set_name(series, look->name);
	chart_series_set_line(series, look->width > 0 ? &line : &none);
	chart_series_set_marker_type(series, look->marker != 0 ? look->marker : LXW_CHART_MARKER_NONE);
	if (look->marker != 0)
	{
		chart_series_set_marker_size(series, look->marker == LXW_CHART_MARKER_DIAMOND ? 8 : 4);
		chart_series_set_marker_fill(series, &fill);
		chart_series_set_marker_line(series, &none);
	}
}

/* Lowest and highest of the values, target, median and limits; of a percentage not beyond 0 and 100 %. NaN: there are none. */
static void
find_range(const mo_book *book, int from, int to, bool percent, double *low, double *high)
{
	static const char *const columns[] = {"value", "target", "comparator_value", "spc_lower", "spc_upper"};

	*low = *high = NAN;
	for (size_t c = 0; c < sizeof(columns) / sizeof(columns[0]); c++)
		for (int i = from; i < to; i++)
		{
			double		value;

			if (!mo_view_number(book->page->trend, i, columns[c], &value))
				continue;
			if (percent && c >= 3)
				value = fmin(1, fmax(0, value));
			*low = isnan(*low) || value < *low ? value : *low;
			*high = isnan(*high) || value > *high ? value : *high;
		}
}

/* An axis of some five steps of 1, 2 or 5 times a power of ten. */
static void
set_range(lxw_chart_axis *axis, double low, double high)
{
	double		step;
	double		power;

	if (!(high > low))
	{
		double		room = high != 0 ? fabs(high) / 10 : 1;

		low -= low != 0 ? room : 0;
		high += room;
	}
	step = (high - low) / 4;
	power = pow(10, floor(log10(step)));
	step = step <= power ? power : step <= 2 * power ? 2 * power : step <= 5 * power ? 5 * power : 10 * power;
	chart_axis_set_min(axis, step * floor(low / step + 1e-9));
	chart_axis_set_max(axis, step * ceil(high / step - 1e-9));
	chart_axis_set_major_unit(axis, step);
}

/* A text as a title: one that begins with = would be taken for a reference. */
static void
set_title(lxw_chart *chart, const char *title, double size)
{
	lxw_chart_font font = {.name = "Arial", .size = size, .bold = LXW_TRUE, .color = 0x212B32};
	char		text[255];

	snprintf(text, sizeof(text), "%s%.240s", *title == '=' ? " " : "", title);
	chart_title_set_name(chart, mo_xml_text(text));
	chart_title_set_name_font(chart, &font);
}

static void
set_axes(lxw_chart *chart, lxw_chart_axis *names, lxw_chart_axis *values, const char *number_format)
{
	static lxw_chart_font font = {.name = "Arial", .size = 8, .color = 0x425563};
	static lxw_chart_line pale = {.color = 0xE8EDEE, .width = 0.5};
	static lxw_chart_line none = {.none = LXW_TRUE};

	chart_axis_set_num_font(names, &font);
	chart_axis_set_num_font(values, &font);
	chart_axis_set_num_format(values, number_format);
	chart_axis_major_gridlines_set_line(values, &pale);
	chart_axis_set_line(values, &none);
	chart_axis_set_label_position(names, LXW_CHART_AXIS_LABEL_POSITION_LOW);
	chart_chartarea_set_line(chart, &none);
	chart_legend_set_position(chart, LXW_CHART_LEGEND_BOTTOM);
	chart_legend_set_font(chart, &font);
}

lxw_chart *
mo_trend_chart(mo_book *book, const char *kpi_id, const char *title, bool small)
{
	int16_t		unnamed[] = {0, -1};	/* the upper limit needs no second entry in the legend */
	const PGresult *rows = book->page->rows;
	int			row = mo_page_row(book->page, kpi_id);
	int			from;
	int			to;
	bool		percent = row >= 0 && mo_view_equal(rows, row, "unit", "percent");
	lxw_chart  *chart;
	bool		limits;
	double		low;
	double		high;

	if (row < 0 || !mo_page_trend(book->page, kpi_id, &from, &to) || !any_value(book, from, to, "value"))
		return NULL;
	chart = workbook_add_chart(book->book, LXW_CHART_LINE);
	limits = worth_a_line(book, from, to, UPPER);
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		if ((lines[i].column != MEAN || !small) && worth_a_line(book, from, to, lines[i].column))
			add_line(chart, &lines[i], from, to);
	if (limits && !small)
		chart_legend_delete_series(chart, unnamed);
	set_title(chart, title, small ? 10 : 11);
	set_axes(chart, chart->x_axis, chart->y_axis, mo_view_text(rows, row, "excel_format"));
	chart_axis_set_num_format(chart->x_axis, "mmm yy");
	if (to - from > 8)
		chart_axis_set_interval_unit(chart->x_axis, (uint16_t) ((to - from + 3) / 4));
	if (small)
		chart_legend_set_position(chart, LXW_CHART_LEGEND_NONE);	/* the page has one key for its charts */
	find_range(book, from, to, percent, &low, &high);
	set_range(chart->y_axis, low, high);
	return chart;
}

lxw_chart *
mo_member_chart(mo_book *book, const char *kpi_id)
{
	static lxw_chart_fill blue = {.color = 0x005EB8};
	static lxw_chart_font font = {.name = "Arial", .size = 8, .color = 0x212B32};
	const PGresult *rows = book->page->rows;
	int			row = mo_page_row(book->page, kpi_id);
	int			members = mo_member_count(book);
	lxw_col_t	column = (lxw_col_t) (row + 2);
	lxw_chart_series *series;
	lxw_chart  *chart;
	char		title[300];

	if (row < 0 || members < 2 || members > 12 || !mo_members_all(book, kpi_id))
		return NULL;
	chart = workbook_add_chart(book->book, LXW_CHART_BAR);
	series = chart_add_series(chart, NULL, NULL);
	chart_series_set_categories(series, "Practices", MO_MEMBERS_FIRST, 0, (lxw_row_t) (MO_MEMBERS_FIRST + members - 1), 0);
	chart_series_set_values(series, "Practices", MO_MEMBERS_FIRST, column, (lxw_row_t) (MO_MEMBERS_FIRST + members - 1), column);
	chart_series_set_fill(series, &blue);
	chart_series_set_labels(series);
	chart_series_set_labels_num_format(series, mo_view_text(rows, row, "excel_format"));
	chart_series_set_labels_font(series, &font);
	chart_set_series_gap(chart, 40);
	snprintf(title, sizeof(title), "%s, by member", mo_view_text(rows, row, "kpi_short_name"));
	set_title(chart, title, 10);
	/* the library calls the axis of a bar chart that goes across x, whatever is on it */
	set_axes(chart, chart->y_axis, chart->x_axis, mo_view_text(rows, row, "excel_format"));
	chart_axis_set_reverse(chart->y_axis);
	if (mo_members_least(book, kpi_id) >= 0)
		chart_axis_set_min(chart->x_axis, 0);
	chart_axis_set_label_position(chart->x_axis, LXW_CHART_AXIS_LABEL_POSITION_NONE);
	chart_axis_major_gridlines_set_visible(chart->x_axis, LXW_FALSE);
	chart_legend_set_position(chart, LXW_CHART_LEGEND_NONE);
	return chart;
}
