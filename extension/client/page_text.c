/*
 * page_text.c
 *		The page in a terminal, at most 100 columns wide.
 *
 * Widths are counted in characters, not bytes: names, pound signs and sparklines are UTF-8.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "page.h"
#include "sparkline.h"
#include "text.h"
#include "view.h"

/*
 * The columns of the table; a negative width is aligned left. 30 + 9 + 8 + 8 + 9 + 9 + 8 + 12 and seven blanks: 100. What a rate is per
 * stands in the KPI's name.
 */
enum
{
	NAME, VALUE, TARGET, STATUS, MEDIAN, CHANGE, POSITION, TREND, COLUMNS
};

static const struct
{
	int			width;
	const char *heading;
}			columns[COLUMNS] = {{-30, ""}, {9, "value"}, {8, "target"}, {-8, "status"}, {9, "median"}, {9, "on a year"}, {8, "rank"},
{-12, "12 months"}};

/* Cuts a text after n characters, in place. */
static void
cut(char *text, int n)
{
	for (; *text != '\0'; text++)
		if ((*text & 0xC0) != 0x80 && n-- == 0)
		{
			*text = '\0';
			return;
		}
}

/* A value in a cell: harmless on a terminal, cut to the width, aligned right, or left where the width is negative. */
static void
print_cell(FILE *out, const char *value, int width)
{
	char		text[1200];
	int			room = abs(width);
	int			blanks;

	mo_printable(value, strlen(value), text, sizeof(text));
	cut(text, room);
	blanks = room - mo_characters(text);
	fprintf(out, "%*s%s%*s", width > 0 ? blanks : 0, "", text, width < 0 ? blanks : 0, "");
}

/* Colour only where somebody sees it, and nobody has asked for none (no-color.org). */
static bool
in_colour(FILE *out)
{
	const char *none = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	return out == stdout && isatty(STDOUT_FILENO) && (none == NULL || *none == '\0') && (term == NULL || strcmp(term, "dumb") != 0);
}

static const char *
colour_of(const char *rag)
{
	return strcmp(rag, "green") == 0 ? "\033[32m" : strcmp(rag, "amber") == 0 ? "\033[33m" : strcmp(rag, "red") == 0 ? "\033[31m" : "";
}

static const char *
cell_text(const mo_page *page, int row, int column, char *text)
{
	const PGresult *rows = page->rows;

	switch (column)
	{
		case NAME:
			return mo_view_text(rows, row, "kpi_short_name");
		case VALUE:
			if (mo_view_equal(rows, row, "display_value", "suppressed"))
				return "hidden";	/* nine letters at most */
			return mo_fitted_value(mo_view_text(rows, row, "display_value"), columns[column].width, text);
		case TARGET:
			return mo_view_equal(rows, row, "display_target", "no target") ? "-" : mo_fitted_value(mo_view_text(rows, row, "display_target"), columns[column].width, text);
		case STATUS:
			return mo_status_word(mo_view_text(rows, row, "status_label"));
		case MEDIAN:
			return mo_fitted_value(mo_view_text(rows, row, "display_peer_median"), columns[column].width, text);
		case CHANGE:
			return mo_fitted_value(mo_view_text(rows, row, "display_change_on_year"), columns[column].width, text);
		case POSITION:
			if (mo_view_is_null(rows, row, "peer_rank"))
				return "";
			snprintf(text, 60, "%.12s of %.12s", mo_view_text(rows, row, "peer_rank"), mo_view_text(rows, row, "peer_n"));
			return text;
		default:
			return mo_page_spark(page, row, text);
	}
}

static void
print_row(FILE *out, const mo_page *page, int row, bool colour)
{
	for (int i = 0; i < COLUMNS; i++)
	{
		char		text[60];
		const char *tint = colour && i == STATUS ? colour_of(mo_view_text(page->rows, row, "rag")) : "";

		fprintf(out, "%s%s", i == 0 ? "" : " ", tint);
		print_cell(out, cell_text(page, row, i, text), columns[i].width);
		fputs(*tint != '\0' ? "\033[0m" : "", out);
	}
	putc('\n', out);
}

static void
print_headings(FILE *out)
{
	for (int i = 0; i < COLUMNS; i++)
	{
		fputs(i == 0 ? "" : " ", out);
		print_cell(out, columns[i].heading, columns[i].width);
	}
	putc('\n', out);
}

static void
print_band(FILE *out, const char *family, bool colour)
{
	char		text[100];

	fprintf(out, "\n%s%s%s\n", colour ? "\033[1m" : "", mo_printable(family, strlen(family), text, sizeof(text)), colour ? "\033[0m" : "");
}

/* Bytes of a text that fit into n characters, ending at a blank where there is one. */
static size_t
line_length(const char *text, int n)
{
	size_t		length = 0;
	size_t		blank = 0;

	for (; text[length] != '\0'; length++)
	{
		if ((text[length] & 0xC0) != 0x80 && n-- == 0)
			return blank > 0 ? blank : length;
		if (text[length] == ' ')
			blank = length;
	}
	return length;
}

#define NOTE_WIDTH 66

/* A name and a sentence beside it, on as many lines as it takes. */
static void
print_note(FILE *out, const char *name, const char *text, const char *heading, bool *begun)
{
	char		safe[1200];
	const char *rest = mo_printable(text, strlen(text), safe, sizeof(safe));

	fputs(*begun ? "" : heading, out);
	*begun = true;
	do
	{
		size_t		length = line_length(rest, NOTE_WIDTH);

		fputs("  ", out);
		print_cell(out, name, -31);
		fprintf(out, "%.*s\n", (int) length, rest);
		rest += length;
		rest += strspn(rest, " ");
		name = "";
	} while (*rest != '\0');
}

/* A sentence without the name that it begins with, for that stands before it. */
static const char *
after_name(const char *name, const char *sentence)
{
	size_t		length = strlen(name);

	return strncmp(sentence, name, length) == 0 && strncmp(sentence + length, ": ", 2) == 0 ? sentence + length + 2 : sentence;
}

/* What stands out, what to know before using a figure, and the KPIs without any data in one line. */
static void
print_notes(FILE *out, const mo_page *page)
{
	const PGresult *rows = page->rows;
	bool		begun = false;

	for (int i = 0; i < PQntuples(page->exceptions); i++)
		if (mo_page_first_exception(page, i))
		{
			const char *name = mo_view_text(page->exceptions, i, "kpi_short_name");

			print_note(out, name, after_name(name, mo_view_text(page->exceptions, i, "exception_text")), "\nExceptions\n", &begun);
		}
	begun = false;
	if (page->history != NULL)
		print_note(out, "This organisation", page->history, "\nTo know\n", &begun);
	for (int row = 0; row < PQntuples(rows); row++)
		if (mo_page_note(page, row) != NULL && !mo_view_is_null(rows, row, "data_to"))
			print_note(out, mo_view_text(rows, row, "kpi_short_name"), mo_page_note(page, row), "\nTo know\n", &begun);
	begun = false;
	for (int row = 0; row < PQntuples(rows); row++)
		if (mo_view_is_null(rows, row, "data_to"))
		{
			char		name[200];
			const char *raw = mo_view_text(rows, row, "kpi_short_name");

			fprintf(out, "%s%s", begun ? ", " : "\nNo data loaded for: ", mo_printable(raw, strlen(raw), name, sizeof(name)));
			begun = true;
		}
	fputs(begun ? "\n" : "", out);
}

void
mo_page_text(FILE *out, const mo_page *page)
{
	const char *family = "";
	bool		colour = in_colour(out);

	print_cell(out, page->org_name, -80);
	fputs(" ", out);
	print_cell(out, page->org_code, -19);
	fputs("\n", out);
	print_cell(out, page->data_kind, -20);
	print_cell(out, page->data_to, -80);
	fputs("\n", out);
	print_headings(out);
	for (int row = 0; row < PQntuples(page->rows); row++)
	{
		if (!mo_view_equal(page->rows, row, "family_label", family))
			print_band(out, family = mo_view_text(page->rows, row, "family_label"), colour);
		print_row(out, page, row, colour);
	}
	print_notes(out, page);
	fprintf(out, "\n%s\n%s Run %s.\n", mo_page_legend, mo_page_discussion, page->run_id);
}
