/*
 * Pieces read ahead: a file gives the same rows through them as without, wherever its pieces end, and the same hash. What
 * the scanner has given back is overwritten at once here, so that it cannot go on using it.
 */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "csv.h"
#include "input.h"
#include "pieces.h"
#include "tap.h"

#define LARGE ((size_t) 3 << 20)

static char *text;
static size_t text_length;
static char path[] = "/tmp/mo_pieces_XXXXXX";

typedef struct ahead
{
	mo_filler	filler;			/* always as far ahead as it may be */
	mo_piece   *ring;
	uint64_t	taken;
	mo_input	known;
	uint64_t	fail_at;		/* reading fails at this piece; 0: it does not */
	bool		more;
} ahead;

static mo_piece *
next_piece(void *source)
{
	ahead	   *a = source;

	a->filler.taken = a->taken;
	while (a->more && mo_filler_has_room(&a->filler))
	{
		mo_piece   *piece = &a->ring[a->filler.filled % MO_PIECES];

		memset(piece, 0xFF, sizeof(mo_piece));
		a->more = mo_filler_next(&a->filler);
		if (a->filler.filled == a->fail_at)
			piece->failed = true;
	}
	return mo_piece_take(a->ring, a->taken++, &a->known);
}

static void
open_ahead(ahead *a, mo_csv *csv)
{
	a->ring = malloc(MO_PIECES * sizeof(mo_piece));
	a->more = true;
	mo_filler_open(&a->filler, a->ring, path);
	mo_csv_open(csv, NULL, a);
	csv->next_piece = next_piece;
}

static void
close_ahead(ahead *a, mo_csv *csv)
{
	mo_csv_close(csv);
	mo_filler_close(&a->filler);
	free(a->ring);
}

static void
add(const char *bytes, size_t length)
{
	memcpy(text + text_length, bytes, length);
	text_length += length;
}

static void
add_field(size_t length, int kind)
{
	if (kind == 1)
		add("\"", 1);
	for (size_t i = 0; i < length; i++)
	{
		const char *special = kind == 1 && rand() % 50 == 0 ? (const char *[]) {"\"\"", ",", "\r\n", "\n", "\r"}[rand() % 5] : "x";

		add(kind == 2 ? "" : special, kind == 2 ? 0 : strlen(special));
		if (kind == 2)
			add(",", 1);
	}
	if (kind == 1)
		add("\"", 1);
}

/* Rows of all lengths, some longer than the room before a piece, than a piece, and nearly as long as a row may be. */
static void
make_text(unsigned seed, bool long_rows)
{
	srand(seed);
	text_length = 0;
	if (seed % 2)
		add("\xEF\xBB\xBF", 3);
	while (text_length < LARGE)
	{
		int			fields = 1 + rand() % 12;
		int			what = long_rows ? rand() % 40 : 40;

		for (int i = 0; i < fields; i++)
		{
			add(",", i > 0);
			add_field((size_t) rand() % 40, rand() % 3 == 0);
		}
		if (what == 0)
			add_field(MO_PIECE_ROOM * 2, rand() % 3);
		else if (what == 1)
			add_field(MO_PIECE_TEXT + (size_t) rand() % 3000, rand() % 3);
		else if (what == 2)
			add_field(MO_CSV_MAX_ROW - 20000, 0);
		add("\r\n", rand() % 3 == 0 ? 2 : 1);
		if (text[text_length - 1] == '\r' && rand() % 2)
			add("\n", 1);
	}
	if (seed % 3 == 0)
		add("the last, \"without a line end", 29);
}

static void
write_text(void)
{
	int			file = open(path, O_WRONLY | O_TRUNC);

	if (file < 0 || write(file, text, text_length) != (ssize_t) text_length)
		abort();
	close(file);
}

/* A number that stands for all rows, whatever is in them; fields may be read some bytes before and behind. */
static uint64_t
rows_of(mo_csv *csv, int64_t *rows, mo_csv_result *result)
{
	static mo_csv_row row;
	uint64_t	sum = 0;

	*rows = 0;
	while ((*result = mo_csv_next(csv, &row)) == MO_CSV_ROW)
	{
		++*rows;
		sum = sum * 31 + (uint64_t) row.line * 7 + (uint64_t) row.count + row.raw_length + (row.fault != NULL) + 2 * row.ended;
		for (int i = 0; i < row.count && i < MO_CSV_MAX_FIELDS; i++)
		{
			sum = sum * 31 + row.fields[i].length + row.fields[i].doubled;
			for (size_t k = 0; k < row.fields[i].length; k += 1 + row.fields[i].length / 64)
				sum = sum * 31 + (unsigned char) row.fields[i].text[k];
			sum += 0 * (uint64_t) (row.fields[i].text[-16] + row.fields[i].text[row.fields[i].length + 15]);
		}
	}
	return sum;
}

static void
both_ways(const char *what)
{
	mo_csv		csv;
	mo_input	input;
	ahead		a = {.taken = 0};
	int64_t		rows[2];
	mo_csv_result result[2];
	uint64_t	sum[2];
	char		hex[2][MO_SHA256_HEX];

	write_text();
	mo_input_open(&input, path);
	mo_csv_open(&csv, mo_input_read, &input);
	sum[0] = rows_of(&csv, &rows[0], &result[0]);
	mo_sha256_hex(&input.sha, hex[0]);
	mo_csv_close(&csv);
	mo_input_close(&input);

	open_ahead(&a, &csv);
	sum[1] = rows_of(&csv, &rows[1], &result[1]);
	mo_sha256_hex(&a.known.sha, hex[1]);
	ok(rows[0] == rows[1] && result[0] == result[1] && sum[0] == sum[1], "%s: the same %d rows, ending with %d", what, (int) rows[0], result[0]);
	if (result[0] == MO_CSV_END)
		ok(strcmp(hex[0], hex[1]) == 0 && a.known.read_bytes == (int64_t) text_length, "%s: the same hash, all of it read", what);
	close_ahead(&a, &csv);
}

static void
failure(void)
{
	mo_csv		csv;
	ahead		a = {.fail_at = 4};
	int64_t		rows;
	mo_csv_result result;

	open_ahead(&a, &csv);
	rows_of(&csv, &rows, &result);
	ok(result == MO_CSV_READ_ERROR && rows > 0 && a.taken == 4, "reading fails on the way: said after the rows that came before");
	close_ahead(&a, &csv);
}

/* The longest row that there may be, or one byte more; behind it what fills the buffer. */
static void
longest_row(size_t length, mo_csv_result expected)
{
	mo_csv		csv;
	ahead		a = {.taken = 0};
	int64_t		rows;
	mo_csv_result result;

	text_length = 0;
	add("a\n", 2);
	memset(text + text_length, 'x', length);
	text_length += length;
	for (int i = 0; i < 200000; i++)
		add("\r\n", 2);
	both_ways(expected == MO_CSV_END ? "the longest row" : "one byte more");
	open_ahead(&a, &csv);
	rows_of(&csv, &rows, &result);
	ok(result == expected && (rows > 1) == (expected == MO_CSV_END), "a row of %zu bytes: %d", length, (int) result);
	close_ahead(&a, &csv);
}

int
main(void)
{
	close(mkstemp(path));
	text = malloc(LARGE + 4 * (size_t) MO_CSV_MAX_ROW);
	for (unsigned seed = 1; seed <= 6; seed++)
	{
		char		what[40];

		sprintf(what, "text %u", seed);
		make_text(seed, false);
		both_ways(what);
		sprintf(what, "text %u with long rows", seed);
		make_text(seed, true);
		both_ways(what);
	}
	make_text(3, false);
	write_text();
	failure();
	text_length = 0;
	add("a,b\n", 4);
	both_ways("one row");
	text_length = 0;
	add("\"never closed", 13);
	memset(text + text_length, 'x', 2 * MO_CSV_MAX_ROW);
	text_length += 2 * MO_CSV_MAX_ROW;
	both_ways("a row that is too long");
	longest_row(MO_CSV_MAX_ROW, MO_CSV_END);
	longest_row(MO_CSV_MAX_ROW + 1, MO_CSV_TOO_LONG);
	unlink(path);
	free(text);
	return done();
}
