/*
 * workbook_cells.c
 *		Cells from texts and results.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"
#include "view.h"
#include "workbook.h"

/* What a cell of Excel holds. */
#define MAX_TEXT 32000

/* Whether three bytes are U+FFFE or U+FFFF, which XML does not take either. */
static bool
no_character(const char *text)
{
	return (unsigned char) text[0] == 0xEF && (unsigned char) text[1] == 0xBF && (unsigned char) text[2] >= 0xBE;
}

char *
mo_xml_text(char *text)
{
	long		fault = mo_utf8_fault(text, strlen(text));

	if (fault >= 0)
		text[fault] = '\0';
	for (char *c = text; *c != '\0'; c++)
		if ((unsigned char) *c < 0x20 && *c != '\n')
			*c = ' ';
		else if (no_character(c))
			memset(c, ' ', 3);
	return text;
}

/* A copy that a cell takes. To be freed. */
static char *
cell_text(const char *text)
{
	size_t		length = strlen(text);
	char	   *copy;

	length = length < MAX_TEXT ? length : MAX_TEXT;
	copy = malloc(length + 1);
	if (copy == NULL)
		return NULL;
	memcpy(copy, text, length);
	copy[length] = '\0';
	return mo_xml_text(copy);
}

void
mo_put_text(mo_book *book, lxw_worksheet *sheet, int row, int column, const char *text, mo_look look)
{
	char	   *copy = cell_text(text);

	if (copy != NULL && *copy != '\0')
		worksheet_write_string(sheet, (lxw_row_t) row, (lxw_col_t) column, copy, mo_look_format(book, look, NULL));
	else
		worksheet_write_blank(sheet, (lxw_row_t) row, (lxw_col_t) column, mo_look_format(book, look, NULL));
	free(copy);
}

void
mo_put_merged(mo_book *book, lxw_worksheet *sheet, int row, int from, int to_row, int to, const char *text, mo_look look)
{
	worksheet_merge_range(sheet, (lxw_row_t) row, (lxw_col_t) from, (lxw_row_t) to_row, (lxw_col_t) to, "", mo_look_format(book, look, NULL));
	mo_put_text(book, sheet, row, from, text, look);
}

void
mo_put_field(mo_book *book, lxw_worksheet *sheet, int row, int column, const PGresult *result, int from_row, const char *field, mo_look look)
{
	mo_put_text(book, sheet, row, column, mo_view_text(result, from_row, field), look);
}

void
mo_put_number(mo_book *book, lxw_worksheet *sheet, int row, int column, const PGresult *result, int from_row, const char *field,
			  mo_look look, const char *number_format, const char *instead)
{
	double		value;

	if (mo_view_number(result, from_row, field, &value))
		worksheet_write_number(sheet, (lxw_row_t) row, (lxw_col_t) column, value, mo_look_format(book, look, number_format));
	else
		mo_put_text(book, sheet, row, column, instead, look);
}

void
mo_put_day(mo_book *book, lxw_worksheet *sheet, int row, int column, const PGresult *result, int from_row, const char *field, mo_look look,
		   const char *number_format)
{
	lxw_datetime day = {0};
	const char *text = mo_view_text(result, from_row, field);

	if (sscanf(text, "%d-%d-%d %d:%d", &day.year, &day.month, &day.day, &day.hour, &day.min) >= 3)
		worksheet_write_datetime(sheet, (lxw_row_t) row, (lxw_col_t) column, &day, mo_look_format(book, look, number_format));
	else
		mo_put_text(book, sheet, row, column, text, look);
}

void
mo_put_headings(mo_book *book, lxw_worksheet *sheet, int row, const char *const *headings)
{
	for (int i = 0; headings[i] != NULL; i++)
		mo_put_text(book, sheet, row, i, headings[i] + (headings[i][0] == '>'), headings[i][0] == '>' ? LOOK_HEADING_RIGHT : LOOK_HEADING);
}

void
mo_put_title(mo_book *book, lxw_worksheet *sheet, const char *title, const char *line)
{
	char		text[MO_LINE];

	snprintf(text, sizeof(text), "%s: %s", book->page->org_name, title);
	worksheet_set_row_pixels(sheet, 0, 30, NULL);
	mo_put_text(book, sheet, 0, 0, text, LOOK_TITLE);
	snprintf(text, sizeof(text), "%s. %s", book->page->data_kind, book->page->data_to);
	mo_put_text(book, sheet, 1, 0, text, LOOK_NOTE);
	mo_put_text(book, sheet, 2, 0, line, LOOK_NOTE);
}
