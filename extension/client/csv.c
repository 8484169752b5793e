#include <stdlib.h>
#include <string.h>

#include "csv.h"
#include "csv_index.h"
#include "pieces.h"

#define STRIDE ((size_t) 1 << 18)
#define BUFFER_SIZE (2 * (size_t) MO_CSV_MAX_ROW)

bool
mo_csv_open(mo_csv *csv, mo_reader read, void *source)
{
	memset(csv, 0, sizeof(*csv));
	csv->read = read;
	csv->source = source;
	csv->line = 1;
	csv->memory = calloc(1, MO_CSV_AROUND + BUFFER_SIZE + MO_CSV_AROUND);
	/* Every byte may be a comma. What is never written to takes no memory. */
	csv->specials = csv->special_memory = malloc((BUFFER_SIZE + 1 + MO_CSV_INDEX_SLACK) * sizeof(uint32_t));
	if (csv->memory == NULL || csv->special_memory == NULL)
	{
		mo_csv_close(csv);
		return false;
	}
	csv->buffer = csv->memory + MO_CSV_AROUND;
	return true;
}

void
mo_csv_close(mo_csv *csv)
{
	free(csv->memory);
	free(csv->special_memory);
	csv->memory = csv->buffer = NULL;
	csv->specials = csv->special_memory = NULL;
}

/* The next comma, quote or line end; csv->end when there is none in the buffer. */
static inline size_t
next_special(mo_csv *csv)
{
	size_t		found = csv->specials[csv->next];

	csv->next += found < csv->end;
	return found;
}

/* Those of the row in hand, which is now at the front, and of what was read behind it. A last one stands for the end. */
static void
find_specials(mo_csv *csv, size_t moved, size_t from)
{
	size_t		kept = csv->special_count - csv->row_next;

	for (size_t i = 0; i < kept; i++)
		csv->specials[i] = csv->specials[csv->row_next + i] - (uint32_t) moved;
	csv->special_count = (size_t) (mo_csv_index(csv->sha, csv->buffer + from, csv->end - from, (uint32_t) from, csv->specials + kept) - csv->specials);
	csv->specials[csv->special_count] = (uint32_t) csv->end;
	csv->buffer[csv->end] = '\0';	/* no comma */
	csv->next = csv->row_next = 0;
}

/* Puts what there is of the row in hand, and its specials, to another place. */
static void
move_row(mo_csv *csv, char *buffer, size_t position, uint32_t *specials)
{
	size_t		rest = csv->end - csv->position;
	size_t		kept = csv->special_count - csv->row_next;
	uint32_t	change = (uint32_t) (position - csv->position);	/* unsigned: it may go either way */

	memmove(buffer + position, csv->buffer + csv->position, rest);
	memmove(specials, csv->specials + csv->row_next, kept * sizeof(uint32_t));
	for (size_t i = 0; i < kept; i++)
		specials[i] += change;
	csv->buffer = buffer;
	csv->position = position;
	csv->end = position + rest;
	csv->specials = specials;
	csv->special_count = kept;
}

/* A piece behind a row that has no room before it: both to where there is room. */
static void
join_piece(mo_csv *csv, mo_piece *piece)
{
	uint32_t	change;

	move_row(csv, csv->memory + MO_CSV_AROUND, 0, csv->special_memory);
	change = (uint32_t) csv->end - (uint32_t) MO_PIECE_ROOM;
	memcpy(csv->buffer + csv->end, mo_piece_text(piece) + MO_PIECE_ROOM, piece->length);
	for (size_t i = 0; i < piece->special_count; i++)
		csv->specials[csv->special_count + i] = piece->specials[MO_PIECE_ROOM + i] + change;
}

/* As refill(), from what was read ahead. The scanner goes on in the piece itself, and the row in hand is put before it. */
static bool
take_piece(mo_csv *csv)
{
	mo_piece   *piece = csv->next_piece(csv->source);
	size_t		rest = csv->end - csv->position;
	size_t		kept = csv->special_count - csv->row_next;

	if (piece->failed)
		return false;
	csv->at_end = piece->length == 0;
	if (rest <= MO_PIECE_ROOM)
		move_row(csv, mo_piece_text(piece), MO_PIECE_ROOM - rest, piece->specials + MO_PIECE_ROOM - kept);
	else
		join_piece(csv, piece);
	csv->end += piece->length;
	csv->special_count += piece->special_count;
	csv->specials[csv->special_count] = (uint32_t) csv->end;
	csv->buffer[csv->end] = '\0';
	csv->next = csv->row_next = 0;
	return true;
}

/*
 * Moves the row in hand to the front and reads on: no more than the cache holds, but for a long row as much again, so
 * that it is not scanned from its start too often. False: the reader failed.
 */
static bool
refill(mo_csv *csv)
{
	size_t		rest = csv->end - csv->position;
	size_t		wanted = rest + (rest > STRIDE ? rest : STRIDE);
	size_t		moved = csv->position;
	ssize_t		got = 1;

	if (csv->next_piece != NULL)
		return take_piece(csv);
	if (wanted > BUFFER_SIZE)
		wanted = BUFFER_SIZE;
	memmove(csv->buffer, csv->buffer + csv->position, rest);
	csv->position = 0;
	csv->end = rest;
	while (csv->end < wanted && got > 0)
	{
		got = csv->read(csv->source, csv->buffer + csv->end, wanted - csv->end);
		csv->at_end = got == 0;
		csv->end += got > 0 ? (size_t) got : 0;
	}
	find_specials(csv, moved, rest);
	return got >= 0;
}

static inline void
add_field(mo_csv_row *row, const char *text, size_t length, bool doubled)
{
	if (row->count < MO_CSV_MAX_FIELDS)
		row->fields[row->count] = (mo_field) {text, (uint32_t) length, doubled};
	row->count++;
}

/*
 * The closing quote of the field whose opening quote has just been visited; csv->end when it is not in the buffer.
 * Line ends inside are counted into *lines.
 */
static size_t
closing_quote(mo_csv *csv, bool *doubled, int64_t *lines)
{
	const char *buffer = csv->buffer;

	for (;;)
	{
		size_t		at = next_special(csv);

		if (at == csv->end)
			return at;
		if (buffer[at] == '\n' || (buffer[at] == '\r' && at + 1 < csv->end && buffer[at + 1] != '\n'))
			++*lines;
		if (buffer[at] != '"')
			continue;
		if (at + 1 == csv->end && !csv->at_end)
			return csv->end;	/* the next byte decides */
		if (at + 1 == csv->end || buffer[at + 1] != '"')
			return at;
		*doubled = true;
		next_special(csv);
	}
}

typedef enum scan_result
{
	SCAN_ROW,
	SCAN_NEEDS_MORE,
	SCAN_NOTHING
} scan_result;

/* The file ended without a line end: what there is of a row. */
static scan_result
last_row(mo_csv *csv, mo_csv_row *row, size_t start, bool in_quotes)
{
	if (!csv->at_end)
		return SCAN_NEEDS_MORE;
	if (csv->end == csv->position)
		return SCAN_NOTHING;
	row->raw_length = csv->end - csv->position;
	if (in_quotes)
		row->fault = "the file ends inside quotes";
	else
		add_field(row, csv->buffer + start, csv->end - start, false);
	csv->position = csv->end;
	return SCAN_ROW;
}

/* At a line end: closes the row, and steps over the second half of CR LF. */
static scan_result
end_row(mo_csv *csv, mo_csv_row *row, size_t at, int64_t lines)
{
	size_t		next = at + 1;

	if (csv->buffer[at] == '\r')
	{
		if (next == csv->end && !csv->at_end)
			return SCAN_NEEDS_MORE;
		if (next < csv->end && csv->buffer[next] == '\n')
		{
			next_special(csv);
			next++;
		}
	}
	row->raw_length = at - csv->position;
	row->ended = true;
	csv->position = next;
	csv->line += lines + 1;
	return SCAN_ROW;
}

/* Most of a row: fields that end in a comma and have no quotes. Where the next field starts. */
static inline size_t
take_plain_fields(mo_csv *csv, mo_csv_row *row, size_t start)
{
	const char *buffer = csv->buffer;
	const uint32_t *next = csv->specials + csv->next;
	int			count = row->count;

	for (; buffer[*next] == ',' && count < MO_CSV_MAX_FIELDS; next++)
	{
		row->fields[count++] = (mo_field) {buffer + start, (uint32_t) (*next - start), false};
		start = *next + 1;
	}
	csv->next = (size_t) (next - csv->specials);
	row->count = count;
	return start;
}

static scan_result
scan_row(mo_csv *csv, mo_csv_row *row)
{
	const char *buffer = csv->buffer;
	size_t		start = csv->position;
	int64_t		lines = 0;

	csv->row_next = csv->next;
	row->count = 0;				/* the fields themselves are not cleared: there are many */
	row->line = csv->line;
	row->raw = buffer + start;
	row->raw_length = 0;
	row->fault = NULL;
	row->ended = false;
	for (;;)
	{
		size_t		at;

		start = take_plain_fields(csv, row, start);
		at = next_special(csv);

		if (at == csv->end)
			return last_row(csv, row, start, false);
		if (buffer[at] == ',')
			add_field(row, buffer + start, at - start, false);
		else if (buffer[at] != '"')
		{
			add_field(row, buffer + start, at - start, false);
			return end_row(csv, row, at, lines);
		}
		else if (at != start)
			continue;			/* a quote inside an unquoted field is a character like any other */
		else
		{
			bool		doubled = false;
			size_t		close = closing_quote(csv, &doubled, &lines);

			if (close == csv->end)
				return last_row(csv, row, start, true);
			at = next_special(csv);
			while (at != csv->end && buffer[at] == '"')
				at = next_special(csv);
			if (at == csv->end && !csv->at_end)
				return SCAN_NEEDS_MORE;
			if (at != close + 1)
				row->fault = "text after a closing quotation mark";
			add_field(row, buffer + start + 1, close - start - 1, doubled);
			if (at == csv->end)
			{
				row->raw_length = csv->end - csv->position;
				csv->position = csv->end;
				return SCAN_ROW;
			}
			if (buffer[at] != ',')
				return end_row(csv, row, at, lines);
		}
		start = at + 1;
	}
}

mo_csv_result
mo_csv_next(mo_csv *csv, mo_csv_row *row)
{
	if (csv->end == 0 && !csv->at_end)
	{
		if (!refill(csv))
			return MO_CSV_READ_ERROR;
		if (csv->end - csv->position >= 3 && memcmp(csv->buffer + csv->position, "\xEF\xBB\xBF", 3) == 0)
			csv->position += 3;	/* byte order mark */
	}
	for (;;)
	{
		switch (scan_row(csv, row))
		{
			case SCAN_ROW:
				return row->raw_length > MO_CSV_MAX_ROW ? MO_CSV_TOO_LONG : MO_CSV_ROW;
			case SCAN_NOTHING:
				return MO_CSV_END;
			case SCAN_NEEDS_MORE:
				/* Not before one that has all of the row would say so: the last byte may be half of its line end. */
				if (csv->end - csv->position > MO_CSV_MAX_ROW + 1)
					return MO_CSV_TOO_LONG;
				if (!refill(csv))
					return MO_CSV_READ_ERROR;
		}
	}
}

const char *
mo_csv_text(const mo_field *field, char *buffer, size_t size, size_t *length)
{
	const char *text = field->text;
	size_t		n = field->length;
	size_t		used = 0;

	mo_trim(&text, &n);
	*length = n;
	if (!field->doubled)
		return text;
	for (size_t i = 0; i < n && used < size; i++)
	{
		buffer[used++] = text[i];
		if (text[i] == '"')
			i++;
	}
	*length = used;
	return buffer;
}
