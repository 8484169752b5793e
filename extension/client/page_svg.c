#include <math.h>
#include <string.h>

#include "page_svg.h"
#include "sparkline.h"
#include "text.h"
#include "view.h"

void
mo_html_text(FILE *out, const char *text)
{
	for (; *text != '\0'; text++)
	{
		unsigned char c = (unsigned char) *text;

		if (c == '&' || c == '<' || c == '>' || c == '"' || c == '\'')
			fprintf(out, "&#%d;", c);
		else if (c == '\n')
			putc(c, out);
		else if (c < 0x20 || c == 0x7F || (c == 0xC2 && (unsigned char) text[1] < 0xA0))
		{
			fputs("\xEF\xBF\xBD", out);
			text += c == 0xC2;
		}
		else
			putc(c, out);
	}
}

/* A drawing's coordinates: n months across, values from low to high upwards. */
typedef struct frame
{
	const mo_page *page;
	int			from;
	int			to;
	double		left;
	double		top;
	double		width;
	double		height;
	double		low;
	double		high;
	bool		percent;		/* limits beyond 0 and 100 % are nowhere */
} frame;

/* A column's value that can be drawn. */
static bool
point(const frame *f, int i, const char *column, double *value)
{
	return mo_view_number(f->page->trend, i, column, value)
		&& !(f->percent && strncmp(column, "spc_", 4) == 0 && (*value < 0 || *value > 1));
}

static double
x_of(const frame *f, int i)
{
	return f->left + (f->to - f->from > 1 ? f->width * (i - f->from) / (f->to - f->from - 1) : f->width / 2);
}

static double
y_of(const frame *f, double value)
{
	return f->top + f->height * (f->high > f->low ? (f->high - value) / (f->high - f->low) : 0.5);
}

/* Widens the range of values to a column's. */
static void
take_range(frame *f, const char *column)
{
	for (int i = f->from; i < f->to; i++)
	{
		double		value;

		if (!point(f, i, column, &value))
			continue;
		if (isnan(f->low) || value < f->low)
			f->low = value;
		if (isnan(f->high) || value > f->high)
			f->high = value;
	}
}

/* A line through a column's values, broken at gaps. Gives the last point's place, -1 for none. */
static int
draw_line(FILE *out, const frame *f, const char *column, const char *class)
{
	bool		drawing = false;
	int			last = -1;

	fprintf(out, "<path class=\"%s\" d=\"", class);
	for (int i = f->from; i < f->to; i++)
	{
		double		value;

		if (!point(f, i, column, &value))
			drawing = false;
		else
		{
			double		next;

			fprintf(out, "%s%.1f %.1f", drawing ? "L" : "M", x_of(f, i), y_of(f, value));
			if (!drawing && (i + 1 == f->to || !point(f, i + 1, column, &next)))
				fputs("h.1", out); /* alone between blanks: a dot, by its round ends */
			drawing = true;
			last = i;
		}
	}
	fputs("\"/>", out);
	return last;
}

void
mo_svg_sparkline(FILE *out, const mo_page *page, int row)
{
	frame		f = {.page = page, .left = 3, .top = 3, .width = 84, .height = 14, .low = NAN, .high = NAN};
	const char *last_month = mo_view_text(page->rows, row, "month_start");
	int			last;

	if (!mo_page_trend(page, mo_view_text(page->rows, row, "kpi_id"), &f.from, &f.to))
		return;
	while (f.to > f.from && strcmp(mo_view_text(page->trend, f.to - 1, "month_start"), last_month) > 0)
		f.to--;
	if (f.to - f.from > MO_SPARKLINE_WIDTH)
		f.from = f.to - MO_SPARKLINE_WIDTH;
	take_range(&f, "value");
	if (isnan(f.low))
		return;
	fputs("<svg class=\"spark\" viewBox=\"0 0 90 20\" role=\"img\" aria-label=\"", out);
	for (int i = f.from; i < f.to; i++)
	{
		fputs(i > f.from ? ", " : "", out);
		mo_html_text(out, mo_view_text(page->trend, i, "month_label"));
		putc(' ', out);
		mo_html_text(out, mo_view_is_null(page->trend, i, "value") ? "no figure" : mo_view_text(page->trend, i, "display_value"));
	}
	fputs("\">", out);
	last = draw_line(out, &f, "value", "v");
	if (last >= 0)
	{
		double		value;

		mo_view_number(page->trend, last, "value", &value);
		fprintf(out, "<circle class=\"p\" cx=\"%.1f\" cy=\"%.1f\" r=\"2.2\"/>", x_of(&f, last), y_of(&f, value));
	}
	fputs("</svg>", out);
}

/* A point a month: a circle, or a diamond where the month is a special cause. */
static void
draw_points(FILE *out, const frame *f)
{
	for (int i = f->from; i < f->to; i++)
	{
		const char *cause = mo_view_text(f->page->trend, i, "special_cause_label");
		double		value;
		double		x = x_of(f, i);
		double		y;

		if (!mo_view_number(f->page->trend, i, "value", &value))
			continue;
		y = y_of(f, value);
		if (*cause == '\0' || strncmp(cause, "common", 6) == 0)
			fprintf(out, "<circle class=\"p\" cx=\"%.1f\" cy=\"%.1f\" r=\"2\"/>", x, y);
		else
			fprintf(out, "<path class=\"s\" d=\"M%.1f %.1fl4 4l-4 4l-4-4z\"/>", x, y - 4);
	}
}

/* Words at the right end of a line, if it has one. */
static void
name_line(FILE *out, const frame *f, const char *column, const char *word, double *taken)
{
	for (int i = f->to - 1; i >= f->from; i--)
	{
		double		value;
		double		y;

		if (!point(f, i, column, &value))
			continue;
		y = y_of(f, value) + 3;
		if (fabs(y - *taken) < 9)
			y = y > *taken ? *taken + 9 : *taken - 9;
		*taken = y;
		fprintf(out, "<text x=\"%.1f\" y=\"%.1f\">%s</text>", f->left + f->width + 5, y, word);
		return;
	}
}

/* Characters that fit beside a chart. */
#define SCALE_WIDTH 8

/* The highest and the lowest value, as printed. */
static void
draw_scale(FILE *out, const frame *f)
{
	int			low = -1;
	int			high = -1;
	double		lowest = 0;
	double		highest = 0;

	for (int i = f->from; i < f->to; i++)
	{
		double		value;

		if (!mo_view_number(f->page->trend, i, "value", &value))
			continue;
		if (low < 0 || value < lowest)
			lowest = value, low = i;
		if (high < 0 || value > highest)
			highest = value, high = i;
	}
	for (int which = 0; which < (low >= 0 && highest > lowest ? 2 : low >= 0); which++)
	{
		char		text[60];

		fprintf(out, "<text class=\"a\" x=\"%.1f\" y=\"%.1f\">", f->left - 5, y_of(f, which == 0 ? highest : lowest) + 3);
		mo_html_text(out, mo_fitted_value(mo_view_text(f->page->trend, which == 0 ? high : low, "display_value"), SCALE_WIDTH, text));
		fputs("</text>", out);
	}
	for (int which = 0; which < 3; which++)
	{
		int			i = f->from + (f->to - 1 - f->from) * which / 2;

		fprintf(out, "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\">", which == 0 ? "" : which == 1 ? "m" : "a", x_of(f, i),
				f->top + f->height + 14);
		mo_html_text(out, mo_view_text(f->page->trend, i, "month_label"));
		fputs("</text>", out);
	}
}

void
mo_svg_chart(FILE *out, const mo_page *page, const char *kpi_id)
{
	frame		f = {.page = page, .left = 46, .top = 8, .width = 250, .height = 84, .low = NAN, .high = NAN};
	int			row = mo_page_row(page, kpi_id);
	double		taken = -100;

	if (!mo_page_trend(page, kpi_id, &f.from, &f.to))
		return;
	f.percent = mo_view_equal(page->rows, row, "unit", "percent");
	take_range(&f, "value");
	take_range(&f, "target");
	take_range(&f, "spc_lower");
	take_range(&f, "spc_upper");
	take_range(&f, "comparator_value");
	fputs("<figure><figcaption>", out);
	mo_html_text(out, mo_view_text(page->rows, row, "kpi_short_name"));
	fputs("</figcaption><svg viewBox=\"0 0 345 110\" role=\"img\" aria-label=\"Trend of ", out);
	mo_html_text(out, mo_view_text(page->rows, row, "kpi_name"));
	fputs(", last 24 months: now ", out);
	mo_html_text(out, mo_view_text(page->rows, row, "display_value"));
	fputs(", target ", out);
	mo_html_text(out, mo_view_text(page->rows, row, "display_target"));
	fputs(", median of peers ", out);
	mo_html_text(out, mo_view_is_null(page->rows, row, "display_peer_median") ? "none" : mo_view_text(page->rows, row, "display_peer_median"));
	fputs("\">", out);
	fprintf(out, "<path class=\"x\" d=\"M%.0f %.0fh%.0f\"/>", f.left, f.top + f.height + 3, f.width);
	draw_line(out, &f, "spc_lower", "l");
	draw_line(out, &f, "spc_upper", "l");
	draw_line(out, &f, "comparator_value", "c");
	draw_line(out, &f, "target", "t");
	draw_line(out, &f, "value", "v");
	draw_points(out, &f);
	draw_scale(out, &f);
	name_line(out, &f, "target", "target", &taken);
	name_line(out, &f, "comparator_value", "median", &taken);
	fputs("</svg></figure>\n", out);
}
