/*
 * workbook_file.c
 *		One workbook: its sheets in order, its properties, and the file.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "view.h"
#include "workbook.h"

static const struct
{
	const char *name;
	bool		(*write) (mo_book *book, lxw_worksheet *sheet);
}			sheets[] = {
	{"Page", mo_book_page}, {"Trend", mo_book_trend}, {"Practices", mo_book_members}, {"Exceptions and actions", mo_book_exceptions},
	{"ICB return", mo_book_return}, {"Data", mo_book_data}, {"Definitions", mo_book_definitions}, {"Changes", mo_book_changes},
	{"Trend data", mo_book_trend_data}
};

#define SHEETS (sizeof(sheets) / sizeof(sheets[0]))

/* What a property takes. */
#define PROPERTY 255

/* A property that names an organisation. */
static void
one_line(char *out, const char *format, const char *name)
{
	snprintf(out, PROPERTY + 1, format, name);
	for (char *c = mo_xml_text(out); *c != '\0'; c++)
		if (*c == '\n')
			*c = ' ';
}

/* What File > Info shows, and what tells months later which refresh a copy came from. */
static void
set_properties(mo_book *book)
{
	const mo_page *page = book->page;
	char		company[PROPERTY + 1];
	char		title[PROPERTY + 1];
	char		comments[700];
	lxw_doc_properties properties = {.title = title, .subject = "Medicines optimisation", .author = "modash " MO_VERSION,
		.company = company, .category = (char *) page->data_kind, .keywords = (char *) page->org_code, .comments = comments,
	.created = time(NULL)};

	one_line(company, "%s", page->org_name);
	one_line(title, "%s: medicines optimisation dashboard", page->org_name);
	snprintf(comments, sizeof(comments), "Run %s. %s. %s %s", page->run_id, page->data_kind, page->data_to, mo_page_discussion);
	workbook_set_properties(book->book, &properties);
	workbook_set_custom_property_integer(book->book, "run_id", atoi(page->run_id));
	workbook_set_custom_property_string(book->book, "organisation", page->org_code);
	workbook_set_custom_property_string(book->book, "data_kind", page->data_kind);
	workbook_set_custom_property_string(book->book, "generated_at_utc", mo_view_text(page->organisation, 0, "generated_at_utc"));
}

/* The code, of which & would begin an instruction. */
static void
set_footer(mo_book *book)
{
	char		code[60];
	size_t		used = 0;

	for (const char *c = book->page->org_code; *c != '\0' && used + 3 < sizeof(code); c++)
	{
		if (*c == '&')
			code[used++] = '&';
		code[used++] = *c;
	}
	code[used] = '\0';
	snprintf(book->footer, sizeof(book->footer), "&L&8%s, run %.12s. For discussion of variation; not performance management.&R&8Page &P of &N",
			 code, book->page->run_id);
}

static void
free_formats(mo_book *book)
{
	while (book->formats != NULL)
	{
		mo_format  *next = book->formats->next;

		free(book->formats);
		book->formats = next;
	}
}

/*
 * Widths of columns count digits of the default font. Calibri is not everywhere, and what replaces it may be a third wider; Arial's digits
 * are those of its substitutes.
 */
static void
set_default_font(mo_book *book)
{
	lxw_format *first = STAILQ_FIRST(book->book->formats);

	if (first != NULL)
	{
		format_set_font_name(first, "Arial");
		format_set_font_size(first, 10);
	}
}

/* Sheets are made first: charts and formulas of one name the others. */
static bool
write_sheets(mo_book *book)
{
	lxw_worksheet *worksheets[SHEETS];

	for (size_t i = 0; i < SHEETS; i++)
	{
		worksheets[i] = workbook_add_worksheet(book->book, sheets[i].name);
		if (worksheets[i] == NULL)
			return false;
	}
	for (size_t i = 0; i < SHEETS; i++)
		if (!sheets[i].write(book, worksheets[i]))
			return false;
	return true;
}

bool
mo_book_write(PGconn *connection, const mo_page *page, const char *path)
{
	mo_book		book = {.connection = connection, .page = page};
	lxw_error	error;
	bool		good;

	book.members = mo_members_fetch(connection, page);
	if (book.members == NULL)
		return false;
	book.book = workbook_new(path);
	if (book.book == NULL)
	{
		PQclear(book.members);
		fputs("modash: out of memory\n", stderr);
		return false;
	}
	set_default_font(&book);
	set_properties(&book);
	set_footer(&book);
	good = write_sheets(&book);
	error = workbook_close(book.book);
	if (good && error != LXW_NO_ERROR)
		fprintf(stderr, "modash: cannot write the workbook: %s\n", lxw_strerror(error));
	free_formats(&book);
	PQclear(book.members);
	return good && error == LXW_NO_ERROR;
}
