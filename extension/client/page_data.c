#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "modash.h"
#include "page_data.h"
#include "page_query.h"
#include "sparkline.h"
#include "text.h"
#include "thousands.h"
#include "view.h"

const char mo_page_discussion[] =
	"The page supports discussion of variation; it is not performance management.";
const char mo_page_legend[] =
	"Median and rank: among its peers; rank 1 is the lowest value. A blank in a trend is a month without\n"
	"a value. Status: on or off target; unclear where the 95 % interval holds the target.";

/* What there is none of. */
static int
no_page(const char *what, const char *value, const char *rest)
{
	char		shown[60];

	fprintf(stderr, "modash: there is no %s \"%s\"%s\n", what, mo_printable(value, strlen(value), shown, sizeof(shown)), rest);
	return MO_EXIT_NOTHING;
}

static int
fetch_organisation(PGconn *connection, const char *org, mo_page *page)
{
	const char *values[2] = {org, page->month};

	page->organisation = mo_view_query(connection, mo_organisation_query, 2, values);
	if (page->organisation == NULL)
		return MO_EXIT_DATABASE;
	if (PQntuples(page->organisation) == 0 || mo_view_equal(page->organisation, 0, "org_type", "unknown"))
		return no_page("organisation", org, " in the dashboard that you may see");
	page->org_key = mo_view_text(page->organisation, 0, "org_key");
	page->org_code = mo_view_text(page->organisation, 0, "org_code");
	page->org_name = mo_view_text(page->organisation, 0, "org_name");
	page->org_type = mo_view_text(page->organisation, 0, "org_type");
	if (!mo_view_is_null(page->organisation, 0, "history"))
		page->history = mo_view_text(page->organisation, 0, "history");
	return MO_EXIT_DONE;
}

/* Why there is no page of now: that the organisation has closed, and which page is its last. */
static int
no_latest_page(PGconn *connection, const mo_page *page)
{
	PGresult   *closed = mo_view_query(connection, mo_closed_query, 1, &page->org_key);
	char		rest[160];
	int			code = MO_EXIT_DATABASE;

	if (closed == NULL)
		return code;
	if (PQntuples(closed) == 0 || mo_view_is_null(closed, 0, "last_month"))
		code = no_page("figure of organisation", page->org_code, ": nothing has been loaded for it, or you may not see it");
	else
	{
		snprintf(rest, sizeof(rest), ": it is closed since %s; --month %s gives its last page", mo_view_text(closed, 0, "closed_on"),
				 mo_view_text(closed, 0, "last_month"));
		code = no_page("current page of organisation", page->org_code, rest);
	}
	PQclear(closed);
	return code;
}

/* The rows, and that there is something in them. */
static int
fetch_rows(PGconn *connection, mo_page *page)
{
	const char *values[2] = {page->org_key, page->month};
	char		rest[80];
	bool		any = false;

	page->rows = mo_view_query(connection, page->month != NULL ? mo_month_rows_query : mo_latest_rows_query,
							   page->month != NULL ? 2 : 1, values);
	if (page->rows == NULL)
		return MO_EXIT_DATABASE;
	for (int row = 0; row < PQntuples(page->rows); row++)
		any |= !mo_view_is_null(page->rows, row, "month_start");
	if (any)
		return MO_EXIT_DONE;
	if (page->month == NULL)
		return no_latest_page(connection, page);
	snprintf(rest, sizeof(rest), " in %.7s", page->month);
	return no_page("figure of organisation", page->org_code, rest);
}

static void
write_data_to(mo_page *page)
{
	const char *to = mo_view_text(page->rows, 0, "page_data_to");
	const char *due = mo_view_text(page->rows, 0, "page_next_due");

	if (page->month != NULL)
		snprintf(page->data_to, sizeof(page->data_to), "Figures to %s, as known now; targets and peers of that month.", to);
	else if (*due != '\0')
		snprintf(page->data_to, sizeof(page->data_to), "Figures to %s. Next figures due %s.", to, due);
	else
		snprintf(page->data_to, sizeof(page->data_to), "Figures to %s.", to);
}

static void
write_summary(mo_page *page)
{
	static const struct
	{
		const char *rag;
		const char *words;
	}			kinds[] = {{"green", "on target"}, {"amber", "not clearly off"}, {"red", "off target"}, {"grey", "not judged"}};
	size_t		used = 0;

	page->summary[0] = '\0';
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
	{
		int			count = 0;

		for (int row = 0; row < PQntuples(page->rows); row++)
			count += mo_view_equal(page->rows, row, "rag", kinds[i].rag);
		used += (size_t) snprintf(page->summary + used, sizeof(page->summary) - used, "%s%d %s", i > 0 ? ", " : "", count, kinds[i].words);
	}
}

int
mo_page_fetch(PGconn *connection, const char *org, const char *month, mo_page *page)
{
	const char *values[2];
	int			code;

	*page = (mo_page) {.month = month};
	if ((code = fetch_organisation(connection, org, page)) != MO_EXIT_DONE || (code = fetch_rows(connection, page)) != MO_EXIT_DONE)
	{
		mo_page_free(page);
		return code;
	}
	values[0] = page->org_key;
	values[1] = month;
	page->trend = mo_view_query(connection, mo_trend_query, 2, values);
	if (page->trend != NULL)
		page->exceptions = mo_view_query(connection, month != NULL ? mo_month_exceptions_query : mo_latest_exceptions_query,
										 month != NULL ? 2 : 1, values);
	if (page->exceptions == NULL)
	{
		mo_page_free(page);
		return MO_EXIT_DATABASE;
	}
	page->data_kind = mo_view_text(page->rows, 0, "data_kind_label");
	page->run_id = mo_view_text(page->rows, 0, "page_run_id");
	write_data_to(page);
	write_summary(page);
	return MO_EXIT_DONE;
}

void
mo_page_free(mo_page *page)
{
	PQclear(page->organisation);
	PQclear(page->rows);
	PQclear(page->trend);
	PQclear(page->exceptions);
	*page = (mo_page) {.month = NULL};
}

bool
mo_page_trend(const mo_page *page, const char *kpi_id, int *from, int *to)
{
	int			rows = PQntuples(page->trend);

	for (*from = 0; *from < rows && !mo_view_equal(page->trend, *from, "kpi_id", kpi_id);)
		(*from)++;
	for (*to = *from; *to < rows && mo_view_equal(page->trend, *to, "kpi_id", kpi_id);)
		(*to)++;
	return *to > *from;
}

/* Adds a KPI that is not there yet and has at least two values to draw. */
static int
feature(const mo_page *page, const char *kpi_id, const char **kpi_ids, int count, int size)
{
	int			from;
	int			to;
	int			values = 0;

	for (int i = 0; i < count; i++)
		if (strcmp(kpi_ids[i], kpi_id) == 0)
			return count;
	mo_page_trend(page, kpi_id, &from, &to);
	for (int i = from; i < to; i++)
		values += !mo_view_is_null(page->trend, i, "value");
	if (count < size && values >= 2 && mo_page_row(page, kpi_id) >= 0)
		kpi_ids[count++] = mo_view_text(page->rows, mo_page_row(page, kpi_id), "kpi_id");
	return count;
}

int
mo_page_features(const mo_page *page, const char **kpi_ids, int size)
{
	int			count = 0;

	for (int i = 0; i < PQntuples(page->exceptions) && count < size - 1; i++)
		count = feature(page, mo_view_text(page->exceptions, i, "kpi_id"), kpi_ids, count, size);
	for (int row = 0; row < PQntuples(page->rows); row++)
		if (mo_view_equal(page->rows, row, "family", "cost"))
		{
			count = feature(page, mo_view_text(page->rows, row, "kpi_id"), kpi_ids, count, size);
			break;
		}
	for (int row = 0; row < PQntuples(page->rows) && count < size; row++)
		count = feature(page, mo_view_text(page->rows, row, "kpi_id"), kpi_ids, count, size);
	return count;
}

int
mo_page_row(const mo_page *page, const char *kpi_id)
{
	for (int row = 0; row < PQntuples(page->rows); row++)
		if (mo_view_equal(page->rows, row, "kpi_id", kpi_id))
			return row;
	return -1;
}

bool
mo_page_first_exception(const mo_page *page, int exception)
{
	for (int i = 0; i < exception; i++)
		if (mo_view_equal(page->exceptions, i, "kpi_id", mo_view_text(page->exceptions, exception, "kpi_id")))
			return false;
	return true;
}

const char *
mo_page_note(const mo_page *page, int row)
{
	if (mo_view_is_null(page->rows, row, "exception_text") || mo_view_equal(page->rows, row, "value_status", "ok"))
		return NULL;
	for (int i = 0; i < PQntuples(page->exceptions); i++)
		if (mo_view_equal(page->exceptions, i, "kpi_id", mo_view_text(page->rows, row, "kpi_id")))
			return NULL;
	return mo_view_text(page->rows, row, "exception_text");
}

int
mo_characters(const char *text)
{
	int			n = 0;

	for (; *text != '\0'; text++)
		n += (*text & 0xC0) != 0x80;
	return n;
}

/* A number as printed, rounded to whole units or in larger ones until it fits: its sign, and what stands after it, are kept. */
static const char *
rounded_to_fit(const char *display, int width, char *out)
{
	static const struct
	{
		double		size;
		const char *name;
	}			units[] = {{1, ""}, {1e3, "k"}, {1e6, "m"}, {1e9, "bn"}, {1e12, "tn"}};
	size_t		sign = strcspn(display, "0123456789");
	const char *rest = display + sign;
	char		digits[60];
	size_t		length = 0;

	for (; *rest != '\0' && strchr("0123456789,.", *rest) != NULL; rest++)
		if (*rest != ',' && length < sizeof(digits) - 1)
			digits[length++] = *rest;
	digits[length] = '\0';
	for (size_t u = 0; length > 0 && u < sizeof(units) / sizeof(units[0]); u++)
		for (int decimals = u == 0 ? 0 : 2; decimals >= 0; decimals--)
		{
			double		number = strtod(digits, NULL) / units[u].size;

			if (u == 0)
				snprintf(out, 60, "%.*s%s%s", (int) sign, display, mo_thousands(llround(number)), rest);
			else
				snprintf(out, 60, "%.*s%.*f%s%s", (int) sign, display, decimals, number, units[u].name, rest);
			if (mo_characters(out) <= width)
				return out;
		}
	return mo_short_value(display, out);
}

const char *
mo_fitted_value(const char *display, int width, char *out)
{
	char		text[60];

	mo_short_value(display, text);
	return mo_characters(text) <= width ? mo_short_value(display, out) : rounded_to_fit(text, width, out);
}

/* Months since year 0 of YYYY-MM-DD. */
static int
month_number(const char *date)
{
	return atoi(date) * 12 + (strlen(date) > 5 ? atoi(date + 5) : 0);
}

const char *
mo_page_spark(const mo_page *page, int row, char *out)
{
	const char *stored = mo_view_text(page->rows, row, "trend_spark");
	double		values[MO_SPARKLINE_WIDTH] = {0};
	bool		gaps[MO_SPARKLINE_WIDTH];
	int			last = month_number(mo_view_text(page->rows, row, "month_start"));
	int			from;
	int			to;

	/* the trend ends with the page's month: of a KPI that stopped long before, it has not all twelve */
	if (!mo_page_trend(page, mo_view_text(page->rows, row, "kpi_id"), &from, &to)
		|| (*stored != '\0' && month_number(mo_view_text(page->trend, from, "month_start")) > last - MO_SPARKLINE_WIDTH + 1))
	{
		snprintf(out, MO_SPARKLINE_BYTES + 1, "%s", stored);
		return out;
	}
	memset(gaps, true, sizeof(gaps));
	for (int i = from; i < to; i++)
	{
		int			place = MO_SPARKLINE_WIDTH - 1 - (last - month_number(mo_view_text(page->trend, i, "month_start")));

		if (place >= 0 && place < MO_SPARKLINE_WIDTH)
			gaps[place] = !mo_view_number(page->trend, i, "value", &values[place]);
	}
	out[mo_sparkline_draw(values, gaps, MO_SPARKLINE_WIDTH, true, out)] = '\0';
	return out;
}

const char *
mo_status_icon(const char *rag)
{
	return strcmp(rag, "green") == 0 ? "✔" : strcmp(rag, "amber") == 0 ? "◆" : strcmp(rag, "red") == 0 ? "✖" : "○";
}

const char *
mo_status_word(const char *status)
{
	static const char *const words[][2] = {{"on target", "on"}, {"not clearly off", "unclear"}, {"off target", "off"},
	{"too few", "too few"}};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(status, words[i][0]) == 0)
			return words[i][1];
	return "";
}

const char *
mo_short_value(const char *display, char *out)
{
	char	   *per;

	snprintf(out, 60, "%s", display);
	if ((per = strstr(out, " per ")) != NULL)
		*per = '\0';
	return out;
}
