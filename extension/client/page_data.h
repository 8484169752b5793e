/*
 * page_data.h
 *		What the single page of an organisation says: read once, printed as text, CSV, JSON, HTML or a workbook.
 *
 * The latest page is mo_dashboard.dashboard; the page of an earlier month is made of fact_kpi and kpi_trend and has the same columns.
 */
#ifndef MO_PAGE_DATA_H
#define MO_PAGE_DATA_H

#include <stdbool.h>
#include <libpq-fe.h>

#define MO_PAGE_TREND_MONTHS 24

/* The line that every page carries. */
extern const char mo_page_discussion[];
/* What the medians, the ranks and the words of the status column mean. */
extern const char mo_page_legend[];

typedef struct mo_page
{
	PGresult   *organisation;	/* one row of dim_organisation */
	PGresult   *rows;			/* one row a front-page KPI, in page order */
	PGresult   *trend;			/* KPI and month, the last 24 months, in page order */
	PGresult   *exceptions;		/* kpi_id, kpi_short_name, reason_label, exception_text; gravest first */
	const char *org_key;
	const char *org_code;
	const char *org_name;
	const char *org_type;
	const char *history;		/* that it is closed, whom it follows and who followed it lately; NULL: nothing */
	const char *month;			/* YYYY-MM-01, or NULL: the latest */
	const char *data_kind;		/* Synthetic data, Real data, Not stated */
	const char *run_id;
	char		data_to[200];	/* "Figures to 31 October 2026. Next figures due 28 November 2026." */
	char		summary[300];	/* "4 on target, 3 not clearly off, ..." */
} mo_page;

/* Month: a first day, or NULL. Gives an exit code, having said what is wrong on stderr. */
extern int	mo_page_fetch(PGconn *connection, const char *org, const char *month, mo_page *page);
extern void mo_page_free(mo_page *page);

/* The rows of page->trend that belong to a KPI: *from <= row < *to. False: none. */
extern bool mo_page_trend(const mo_page *page, const char *kpi_id, int *from, int *to);
/*
 * KPIs whose charts the page shows, at most `size`: those with exceptions, gravest first, then cost, then the page's own order; each has a
 * trend. Gives their number.
 */
extern int	mo_page_features(const mo_page *page, const char **kpi_ids, int size);
/* The row of a KPI on the page, -1: none. */
extern int	mo_page_row(const mo_page *page, const char *kpi_id);
/* Whether an exception is its KPI's first, the gravest: the page says that one. */
extern bool mo_page_first_exception(const mo_page *page, int exception);
/* What to know of a row's figure that is not among the exceptions: NULL for a figure that is as it should be. */
extern const char *mo_page_note(const mo_page *page, int row);
/* The twelve months of a row as block characters, from the values that the reader may see. */
extern const char *mo_page_spark(const mo_page *page, int row, char *out);

/* A sign for a status, so that its colour never stands alone: on, not clearly off, off target, and none of these. */
extern const char *mo_status_icon(const char *rag);
/* The status in at most seven letters; "" where there is no target. */
extern const char *mo_status_word(const char *status);
/* A value as printed without " per 10,000", which stands in the KPI's name; out has 60 bytes. */
extern const char *mo_short_value(const char *display, char *out);
/* Characters of a UTF-8 text. */
extern int	mo_characters(const char *text);
/*
 * The same for a column of so many characters: a figure that is wider has fewer decimals, or is in thousands (k), millions (m), billions (bn) or
 * trillions (tn); never some of its digits.
 */
extern const char *mo_fitted_value(const char *display, int width, char *out);

#endif							/* MO_PAGE_DATA_H */
