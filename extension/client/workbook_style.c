#include <stdlib.h>
#include <string.h>

#include "view.h"
#include "workbook.h"

#define BLUE 0x003087
#define INK 0x212B32
#define GREY 0x425563
#define PALE 0xE8EDEE
#define LINE 0xD8DDE0
#define GREEN 0x00592D
#define AMBER 0x7A4D00
#define RED 0xA5120F
#define WHITE 0xFFFFFF
#define NONE 0xFFFFFFFF

/* Inks on their grounds have a contrast of at least 4.5 to 1. */
static const struct
{
	double		size;
	bool		bold;
	uint32_t	ink;
	uint32_t	ground;
	uint8_t		align;
	bool		wrap;
	bool		line;			/* a fine line underneath */
	bool		boxed;
	bool		open;			/* may be filled in on a protected sheet */
}			looks[LOOK_COUNT] = {
	[LOOK_TEXT] = {10, false, INK, NONE, LXW_ALIGN_LEFT, false, false, false, false},
	[LOOK_ITEM] = {9, false, INK, NONE, LXW_ALIGN_LEFT, true, false, false, false},
	[LOOK_NOTE] = {9, false, GREY, NONE, LXW_ALIGN_LEFT, false, false, false, false},
	[LOOK_KEY] = {7.5, false, GREY, NONE, LXW_ALIGN_LEFT, true, false, false, false},
	[LOOK_BANNER] = {18, true, WHITE, BLUE, LXW_ALIGN_LEFT, false, false, false, false},
	[LOOK_BANNER_LINE] = {10, false, WHITE, BLUE, LXW_ALIGN_LEFT, false, false, false, false},
	[LOOK_KIND] = {11, true, BLUE, WHITE, LXW_ALIGN_CENTER, false, false, true, false},
	[LOOK_TITLE] = {16, true, BLUE, NONE, LXW_ALIGN_LEFT, false, false, false, false},
	[LOOK_HEADING] = {9, true, GREY, NONE, LXW_ALIGN_LEFT, true, true, false, false},
	[LOOK_HEADING_RIGHT] = {9, true, GREY, NONE, LXW_ALIGN_RIGHT, true, true, false, false},
	[LOOK_BAND] = {10, true, BLUE, PALE, LXW_ALIGN_LEFT, false, false, false, false},
	[LOOK_BAND_RIGHT] = {10, true, BLUE, PALE, LXW_ALIGN_RIGHT, false, false, false, false},
	[LOOK_NAME] = {10, false, INK, NONE, LXW_ALIGN_LEFT, false, true, false, false},
	[LOOK_NUMBER] = {10, false, INK, NONE, LXW_ALIGN_RIGHT, false, true, false, false},
	[LOOK_CENTRE] = {10, false, INK, NONE, LXW_ALIGN_CENTER, false, true, false, false},
	[LOOK_STRONG] = {11, true, INK, NONE, LXW_ALIGN_RIGHT, false, true, false, false},
	[LOOK_SPARK] = {8, false, 0x005EB8, NONE, LXW_ALIGN_RIGHT, false, true, false, false},
	[LOOK_GREEN] = {10, true, GREEN, NONE, LXW_ALIGN_LEFT, false, true, false, false},
	[LOOK_AMBER] = {10, true, AMBER, NONE, LXW_ALIGN_LEFT, false, true, false, false},
	[LOOK_RED] = {10, true, RED, NONE, LXW_ALIGN_LEFT, false, true, false, false},
	[LOOK_GREY] = {10, false, GREY, NONE, LXW_ALIGN_LEFT, false, true, false, false},
	[LOOK_GREEN_TILE] = {11, true, GREEN, 0xE3F1E8, LXW_ALIGN_CENTER, false, false, false, false},
	[LOOK_AMBER_TILE] = {11, true, AMBER, 0xFFF3D6, LXW_ALIGN_CENTER, false, false, false, false},
	[LOOK_RED_TILE] = {11, true, RED, 0xFBE6E4, LXW_ALIGN_CENTER, false, false, false, false},
	[LOOK_GREY_TILE] = {11, true, GREY, PALE, LXW_ALIGN_CENTER, false, false, false, false},
	[LOOK_GREEN_NUMBER] = {10, true, GREEN, NONE, LXW_ALIGN_RIGHT, false, true, false, false},
	[LOOK_AMBER_NUMBER] = {10, true, AMBER, NONE, LXW_ALIGN_RIGHT, false, true, false, false},
	[LOOK_RED_NUMBER] = {10, true, RED, NONE, LXW_ALIGN_RIGHT, false, true, false, false},
	[LOOK_GREY_NUMBER] = {10, false, INK, NONE, LXW_ALIGN_RIGHT, false, true, false, false},
	[LOOK_GREEN_TOP] = {10, true, GREEN, NONE, LXW_ALIGN_LEFT, true, true, false, false},
	[LOOK_AMBER_TOP] = {10, true, AMBER, NONE, LXW_ALIGN_LEFT, true, true, false, false},
	[LOOK_RED_TOP] = {10, true, RED, NONE, LXW_ALIGN_LEFT, true, true, false, false},
	[LOOK_GREY_TOP] = {10, false, GREY, NONE, LXW_ALIGN_LEFT, true, true, false, false},
	[LOOK_WRAP] = {10, false, INK, NONE, LXW_ALIGN_LEFT, true, true, false, false},
	[LOOK_WRAP_STRONG] = {10, true, INK, NONE, LXW_ALIGN_LEFT, true, true, false, false},
	[LOOK_WRAP_NUMBER] = {10, false, INK, NONE, LXW_ALIGN_RIGHT, true, true, false, false},
	[LOOK_WRAP_NAME] = {10, false, INK, NONE, LXW_ALIGN_LEFT, true, true, false, false},
	[LOOK_BOX] = {9, false, GREY, NONE, LXW_ALIGN_LEFT, true, false, true, true},
	[LOOK_FILL] = {10, false, INK, 0xFFFDE8, LXW_ALIGN_LEFT, true, false, true, true},
	[LOOK_FOOT] = {8, false, GREY, NONE, LXW_ALIGN_LEFT, true, false, false, false},
	[LOOK_FOOT_STRONG] = {9, true, INK, NONE, LXW_ALIGN_LEFT, false, false, false, false},
};

static bool
at_top(mo_look look)
{
	return (look >= LOOK_GREEN_TOP && look <= LOOK_GREY_TOP) || look == LOOK_WRAP || look == LOOK_WRAP_STRONG || look == LOOK_WRAP_NUMBER || look == LOOK_BOX || look == LOOK_FILL || look == LOOK_FOOT;
}

static lxw_format *
make_format(mo_book *book, mo_look look, const char *number_format)
{
	lxw_format *format = workbook_add_format(book->book);

	/* Block characters are in Segoe UI Symbol on Windows; elsewhere the next best font is taken. */
	format_set_font_name(format, look == LOOK_SPARK ? "Segoe UI Symbol" : "Arial");
	format_set_font_size(format, looks[look].size);
	format_set_font_color(format, looks[look].ink);
	format_set_align(format, looks[look].align);
	format_set_align(format, at_top(look) ? LXW_ALIGN_VERTICAL_TOP : LXW_ALIGN_VERTICAL_CENTER);
	if (looks[look].bold)
		format_set_bold(format);
	if (looks[look].ground != NONE)
		format_set_bg_color(format, looks[look].ground);
	if (looks[look].wrap)
		format_set_text_wrap(format);
	if (looks[look].line)
	{
		format_set_bottom(format, LXW_BORDER_THIN);
		format_set_bottom_color(format, LINE);
	}
	if (looks[look].boxed)
	{
		format_set_border(format, LXW_BORDER_THIN);
		format_set_border_color(format, 0x768692);
	}
	if (looks[look].open)
		format_set_unlocked(format);
	if (look == LOOK_BANNER || look == LOOK_BANNER_LINE || look == LOOK_FILL || look == LOOK_BOX || (look >= LOOK_GREEN && look <= LOOK_GREY) ||
		(look >= LOOK_GREEN_TOP && look <= LOOK_GREY_TOP))
		format_set_indent(format, 1);
	if (*number_format != '\0')
		format_set_num_format(format, number_format);
	return format;
}

lxw_format *
mo_look_format(mo_book *book, mo_look look, const char *number_format)
{
	mo_format  *entry;
	const char *number = number_format != NULL ? number_format : "";

	for (entry = book->formats; entry != NULL; entry = entry->next)
		if (entry->look == look && strcmp(entry->number, number) == 0)
			return entry->format;
	entry = calloc(1, sizeof(mo_format));
	if (entry == NULL)
		return NULL;
	entry->look = look;
	snprintf(entry->number, sizeof(entry->number), "%s", number);
	entry->format = make_format(book, look, number);
	entry->next = book->formats;
	return (book->formats = entry)->format;
}

mo_look
mo_status_look(const char *rag)
{
	return strcmp(rag, "green") == 0 ? LOOK_GREEN : strcmp(rag, "amber") == 0 ? LOOK_AMBER : strcmp(rag, "red") == 0 ? LOOK_RED : LOOK_GREY;
}

mo_look
mo_status_number_look(const char *rag)
{
	return (mo_look) (LOOK_GREEN_NUMBER + (mo_status_look(rag) - LOOK_GREEN));
}

void
mo_sheet_print(mo_book *book, lxw_worksheet *sheet)
{
	worksheet_set_landscape(sheet);
	worksheet_set_paper(sheet, 9);	/* A4 */
	worksheet_set_margins(sheet, 0.4, 0.4, 0.4, 0.55);
	worksheet_fit_to_pages(sheet, 1, 0);
	worksheet_set_footer(sheet, book->footer);
	worksheet_gridlines(sheet, LXW_HIDE_ALL_GRIDLINES);
}
