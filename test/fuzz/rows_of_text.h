/*
 * rows_of_text.h
 *		The rows of a CSV text worked out byte by byte, for comparison with a scanner that never has all of it.
 */
#ifndef MO_TEST_ROWS_OF_TEXT_H
#define MO_TEST_ROWS_OF_TEXT_H

typedef struct some_text
{
	const char *bytes;
	size_t		length;
} some_text;

/* A number that stands for all there is of a row. */
static uint64_t
number_of(const mo_csv_row *row)
{
	uint64_t	sum = (uint64_t) row->line * 7 + (uint64_t) row->count + 2 * (uint64_t) row->ended;

	sum = sum * 31 + (row->fault == NULL ? 0 : strlen(row->fault));
	for (size_t k = 0; k < row->raw_length; k++)
		sum = sum * 31 + (unsigned char) row->raw[k];
	for (int i = 0; i < row->count && i < MO_CSV_MAX_FIELDS; i++)
	{
		sum = (sum * 31 + row->fields[i].length) * 2 + row->fields[i].doubled;
		for (size_t k = 0; k < row->fields[i].length; k++)
			sum = sum * 31 + (unsigned char) row->fields[i].text[k];
	}
	return sum;
}

static bool
is_one_of(const some_text *t, size_t at, const char *bytes)
{
	return at < t->length && t->bytes[at] != '\0' && strchr(bytes, t->bytes[at]) != NULL;
}

/* From behind the opening quote to the closing one, or the end. */
static size_t
quoted(const some_text *t, size_t at, bool *doubled, int64_t *line)
{
	for (; at < t->length; at++)
	{
		*line += is_one_of(t, at, "\n") || (is_one_of(t, at, "\r") && !is_one_of(t, at + 1, "\n"));
		if (is_one_of(t, at, "\"") && !is_one_of(t, at + 1, "\""))
			return at;
		if (is_one_of(t, at, "\""))
		{
			*doubled = true;
			at++;
		}
	}
	return at;
}

/* The row that begins at *at. False: it ends inside quotes. */
static bool
find_fields(const some_text *t, mo_csv_row *row, size_t *at, int64_t *line)
{
	do
	{
		bool		doubled = false;
		bool		in_quotes = is_one_of(t, *at, "\"");
		size_t		start = *at += in_quotes;
		size_t		end;

		if (in_quotes && (*at = quoted(t, *at, &doubled, line)) == t->length)
			return false;
		end = *at;
		*at += in_quotes;
		while (*at < t->length && !is_one_of(t, *at, ",\r\n"))
			++*at;
		if (in_quotes && *at > end + 1)
			row->fault = "text after a closing quotation mark";
		if (row->count < MO_CSV_MAX_FIELDS)
			row->fields[row->count] = (mo_field) {t->bytes + start, (uint32_t) ((in_quotes ? end : *at) - start), doubled};
		row->count++;
	} while (is_one_of(t, *at, ",") && ++*at > 0);
	return true;
}

/* The row that begins at *at, on line *line; then where the next begins. */
static void
row_at(const some_text *t, mo_csv_row *row, size_t *at, int64_t *line)
{
	size_t		start = *at;

	row->raw = t->bytes + start;
	row->line = *line;
	row->count = 0;
	row->fault = NULL;
	if (!find_fields(t, row, at, line))
		row->fault = "the file ends inside quotes";
	row->raw_length = *at - start;
	row->ended = *at < t->length;
	*at += is_one_of(t, *at, "\r") && is_one_of(t, *at + 1, "\n") ? 2 : row->ended;
	++*line;
}

#endif							/* MO_TEST_ROWS_OF_TEXT_H */
