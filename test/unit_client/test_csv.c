/* The scanner: the same rows whatever the size of the pieces that the reader hands out. */
#include <string.h>

#include "csv.h"
#include "tap.h"

typedef struct pieces
{
	const char *text;
	size_t		length;
	size_t		at;
	size_t		size;
} pieces;

static ssize_t
read_piece(void *source, char *buffer, size_t size)
{
	pieces	   *p = source;
	size_t		n = p->length - p->at;

	if (n > p->size)
		n = p->size;
	if (n > size)
		n = size;
	memcpy(buffer, p->text + p->at, n);
	p->at += n;
	return (ssize_t) n;
}

/* All rows as "line:field|field;" with ! for a fault and ~ for a missing line end. */
static const char *
rows_of(const char *text, size_t length, size_t size)
{
	static char out[4096];
	static mo_csv_row row;
	pieces		p = {text, length, 0, size};
	mo_csv		csv;
	mo_csv_result result;
	size_t		used = 0;
	char		buffer[256];

	mo_csv_open(&csv, read_piece, &p);
	while ((result = mo_csv_next(&csv, &row)) == MO_CSV_ROW)
	{
		used += (size_t) sprintf(out + used, "%d:", (int) row.line);
		for (int i = 0; i < row.count; i++)
		{
			size_t		n;
			const char *value = mo_csv_text(&row.fields[i], buffer, sizeof(buffer), &n);

			used += (size_t) sprintf(out + used, "%s%.*s", i > 0 ? "|" : "", (int) n, value);
		}
		used += (size_t) sprintf(out + used, "%s%s;", row.fault != NULL ? "!" : "", row.ended ? "" : "~");
	}
	if (result != MO_CSV_END)
		used += (size_t) sprintf(out + used, "error %d", result);
	out[used] = '\0';
	mo_csv_close(&csv);
	return out;
}

static void
is_rows(const char *text, const char *expected, const char *what)
{
	for (size_t size = 1; size <= 100; size += 33)
	{
		const char *got = rows_of(text, strlen(text), size);

		ok(strcmp(got, expected) == 0, "%s, in pieces of %d", what, (int) size);
		if (strcmp(got, expected) != 0)
			printf("# got      %s\n# expected %s\n", got, expected);
	}
}

/* A file of three buffers: rows across every boundary, and a quoted field as long as a row may be. */
static void
large(void)
{
	static char text[6 * MO_CSV_MAX_ROW];
	static mo_csv_row row;
	size_t		used = 0;
	int			rows = 0;
	int			wrong = 0;
	mo_csv		csv;
	pieces		p = {text, 0, 0, 65536};

	for (int i = 0; used + 100 < sizeof(text); i++)
		used += (size_t) sprintf(text + used, "%d,\"a\n,%d\",%0*d\r\n", i, i, i % 40 + 1, i);
	p.length = used;
	mo_csv_open(&csv, read_piece, &p);
	for (; mo_csv_next(&csv, &row) == MO_CSV_ROW; rows++)
	{
		char		number[24];
		size_t		n = (size_t) sprintf(number, "%d", rows);

		wrong += row.count != 3 || row.fields[0].length != n || memcmp(row.fields[0].text, number, n) != 0 || row.line != 2 * rows + 1;
	}
	mo_csv_close(&csv);
	ok(wrong == 0 && rows > 100000, "rows across the buffer's end are whole, with their lines");
	memset(text, 'x', sizeof(text));
	text[0] = '"';
	p.at = 0;
	p.length = sizeof(text);
	mo_csv_open(&csv, read_piece, &p);
	ok(mo_csv_next(&csv, &row) == MO_CSV_TOO_LONG && row.line == 1, "a quote that never closes ends the scan");
	mo_csv_close(&csv);
}

int
main(void)
{
	is_rows("", "", "nothing");
	is_rows("a,b\n1,2\n", "1:a|b;2:1|2;", "LF");
	is_rows("a,b\r\n1,2\r\n", "1:a|b;2:1|2;", "CRLF");
	is_rows("a,b\r1,2\r", "1:a|b;2:1|2;", "CR");
	is_rows("a,b\n1,2", "1:a|b;2:1|2~;", "no line end at the end");
	is_rows("\xEF\xBB\xBF" "a,b\n", "1:a|b;", "byte order mark");
	is_rows("a,\n,\n\n,b\n", "1:a|;2:|;3:;4:|b;", "empty fields and an empty line");
	is_rows("\"a,b\",\"c\"\"d\"\n", "1:a,b|c\"d;", "quoted commas and doubled quotes");
	is_rows("\"a\nb\",c\nd,e\n", "1:a\nb|c;3:d|e;", "a quoted line end counts as a line");
	is_rows("\"a\r\nb\",c\r\nd,e\r\n", "1:a\r\nb|c;3:d|e;", "a quoted CRLF counts once");
	is_rows("\"\",x\n", "1:|x;", "an empty quoted field");
	is_rows("5\" tube,x\n", "1:5\" tube|x;", "a quote inside an unquoted field");
	is_rows("\"a\"b,c\nd,e\n", "1:a|c!;2:d|e;", "text after a closing quote");
	is_rows("a\n\"b", "1:a;2:!~;", "the file ends inside quotes");
	is_rows("a\n\"b\"", "1:a;2:b~;", "a closing quote is the last byte");
	is_rows(" a , b\t\n", "1:a|b;", "blanks around values");
	is_rows("\xC2\xA0" "a \xC2\xA0,\t\xC2\xA0 b\xA0\n\xC2\xA0,\xC2\n", "1:a|b\xA0;2:|\xC2;", "no-break spaces around values, and bytes of them");
	is_rows("0123456789012345678901234567890123456789012345678901234567890123456789,b\nc,d\n",
			"1:0123456789012345678901234567890123456789012345678901234567890123456789|b;2:c|d;", "fields across blocks of 64");
	large();
	return done();
}
