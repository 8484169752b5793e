/*
 * workbook.h
 *		One workbook of one organisation, and what its sheets share: cells that cannot be taken for formulas, styles, charts.
 */
#ifndef MO_WORKBOOK_H
#define MO_WORKBOOK_H

#include <stdbool.h>
#include <libpq-fe.h>
#include <xlsxwriter.h>

#include "page_data.h"

/* Kinds of cell; their looks are in workbook_style.c. */
typedef enum mo_look
{
	LOOK_TEXT, LOOK_ITEM, LOOK_NOTE, LOOK_KEY, LOOK_BANNER, LOOK_BANNER_LINE, LOOK_KIND, LOOK_TITLE, LOOK_HEADING, LOOK_HEADING_RIGHT, LOOK_BAND, LOOK_BAND_RIGHT,
	LOOK_NAME, LOOK_NUMBER, LOOK_CENTRE, LOOK_STRONG, LOOK_SPARK, LOOK_GREEN, LOOK_AMBER, LOOK_RED, LOOK_GREY,
	LOOK_GREEN_TILE, LOOK_AMBER_TILE, LOOK_RED_TILE, LOOK_GREY_TILE, LOOK_GREEN_NUMBER, LOOK_AMBER_NUMBER, LOOK_RED_NUMBER,
	LOOK_GREY_NUMBER, LOOK_GREEN_TOP, LOOK_AMBER_TOP, LOOK_RED_TOP, LOOK_GREY_TOP, LOOK_WRAP, LOOK_WRAP_STRONG, LOOK_WRAP_NUMBER, LOOK_WRAP_NAME, LOOK_BOX, LOOK_FILL, LOOK_FOOT, LOOK_FOOT_STRONG, LOOK_COUNT
} mo_look;

typedef struct mo_format
{
	mo_look		look;
	char		number[64];
	lxw_format *format;
	struct mo_format *next;
} mo_format;

typedef struct mo_book
{
	lxw_workbook *book;
	PGconn	   *connection;
	const mo_page *page;
	mo_format  *formats;
	PGresult   *members;		/* figures of the organisations that belong to this one */
	char		footer[200];	/* of every printed sheet */
} mo_book;

/* Writes the workbook of a page to a file. False: said on stderr why. */
extern bool mo_book_write(PGconn *connection, const mo_page *page, const char *path);

/* The sheets in their order. False: said on stderr why. */
extern bool mo_book_page(mo_book *book, lxw_worksheet *sheet);
extern bool mo_book_trend(mo_book *book, lxw_worksheet *sheet);
extern bool mo_book_members(mo_book *book, lxw_worksheet *sheet);
extern bool mo_book_exceptions(mo_book *book, lxw_worksheet *sheet);
extern bool mo_book_return(mo_book *book, lxw_worksheet *sheet);
extern bool mo_book_data(mo_book *book, lxw_worksheet *sheet);
extern bool mo_book_definitions(mo_book *book, lxw_worksheet *sheet);
extern bool mo_book_changes(mo_book *book, lxw_worksheet *sheet);
extern bool mo_book_trend_data(mo_book *book, lxw_worksheet *sheet);

/* A format of this look, with a number format or NULL; made once. */
extern lxw_format *mo_look_format(mo_book *book, mo_look look, const char *number_format);
/* The look of a status: as text, as a number. */
extern mo_look mo_status_look(const char *rag);
extern mo_look mo_status_number_look(const char *rag);

/* Bytes of a line that names an organisation: 255 characters of four bytes, and what is said of it. */
#define MO_LINE 1500
/* In place: no control characters but line ends, nor what else XML does not take; a character that was cut in two at the end is left out. Returns text. */
extern char *mo_xml_text(char *text);
/* Always a string, whatever it begins with; control characters become blanks. */
extern void mo_put_text(mo_book *book, lxw_worksheet *sheet, int row, int column, const char *text, mo_look look);
/* The same over several cells made one. */
extern void mo_put_merged(mo_book *book, lxw_worksheet *sheet, int row, int from, int to_row, int to, const char *text, mo_look look);
/* A column of a result as a string; as a number (a text instead where it is null); as a day. */
extern void mo_put_field(mo_book *book, lxw_worksheet *sheet, int row, int column, const PGresult *result, int from_row, const char *field, mo_look look);
extern void mo_put_number(mo_book *book, lxw_worksheet *sheet, int row, int column, const PGresult *result, int from_row, const char *field,
						  mo_look look, const char *number_format, const char *instead);
extern void mo_put_day(mo_book *book, lxw_worksheet *sheet, int row, int column, const PGresult *result, int from_row, const char *field, mo_look look,
					   const char *number_format);
/* Headings from a list that ends with NULL; a text that begins with > is aligned right. */
extern void mo_put_headings(mo_book *book, lxw_worksheet *sheet, int row, const char *const *headings);
/* The title of a sheet and a line under it. */
extern void mo_put_title(mo_book *book, lxw_worksheet *sheet, const char *title, const char *line);

/* A4 landscape, its width on one page, footer with run and page number. */
extern void mo_sheet_print(mo_book *book, lxw_worksheet *sheet);

/* The chart of a KPI's 24 months, from the sheet Trend data; small: without mean. NULL: nothing to draw. */
extern lxw_chart *mo_trend_chart(mo_book *book, const char *kpi_id, const char *title, bool small);
/* A bar for each organisation that belongs to this one. NULL: there are not 2 to 12, or one has no figure, which a bar would show as 0. */
extern lxw_chart *mo_member_chart(mo_book *book, const char *kpi_id);

/* Rows and columns of the sheets that others refer to. */
#define MO_TREND_DATA_FIRST 4
#define MO_MEMBERS_FIRST 8
#define MO_DEFINITIONS_FIRST 4
extern PGresult *mo_members_fetch(PGconn *connection, const mo_page *page);
extern bool mo_members_all(const mo_book *book, const char *kpi_id);
/* The lowest value of them, 0 where there is none below. */
extern double mo_members_least(const mo_book *book, const char *kpi_id);
extern int	mo_member_count(const mo_book *book);
/* The organisation of the n-th member row, as a row of book->members. */
extern int	mo_member_row(const mo_book *book, int n);

#endif							/* MO_WORKBOOK_H */
