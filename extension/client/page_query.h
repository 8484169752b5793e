/*
 * page_query.h
 *		The statements behind the page. Every one names its columns; none needs more than the rights of a reader of mo_dashboard.
 */
#ifndef MO_PAGE_QUERY_H
#define MO_PAGE_QUERY_H

extern const char mo_organisation_query[];	/* $1 code, $2 month or null */
extern const char mo_latest_rows_query[];	/* $1 org_key */
extern const char mo_month_rows_query[];	/* $1 org_key, $2 month */
extern const char mo_trend_query[];			/* $1 org_key, $2 last month or null */
extern const char mo_closed_query[];	/* $1 org_key */
extern const char mo_latest_exceptions_query[]; /* $1 org_key */
extern const char mo_month_exceptions_query[];	/* $1 org_key, $2 month */

#endif							/* MO_PAGE_QUERY_H */
