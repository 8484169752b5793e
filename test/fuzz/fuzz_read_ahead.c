/*
 * A file read ahead through the ring of pieces, as a worker of the server does, by whatever steps the two ends take turns:
 * short reads, gzip of several members, cut off or damaged, errors at any byte. Rows are those worked out byte by byte from
 * the text, and those of reading without the ring; the hash is that of the file.
 *
 * The reader's sources are part of this one, so that pieces and longest rows can be small and read() the test's. A piece that
 * is not an end's own while it works is poisoned.
 */
#include <errno.h>
#include <sanitizer/asan_interface.h>
#include <stdio.h>
#include <unistd.h>

#include "fuzz.h"

#define MO_PIECE_TEXT ((size_t) 192)
#define MO_PIECE_ROOM ((size_t) 48)
#define MO_CSV_MAX_ROW 1024

static ssize_t fuzz_read(int file, void *buffer, size_t size);

#define read fuzz_read
#include "../client/csv.c"
#include "../client/csv_index.c"
#include "../client/csv_index_x86.c"
#include "../client/input.c"
#include "../client/pieces.c"
#include "../client/sha256.c"
#include "../client/sha256_x86.c"
#undef read

#include "rows_of_text.h"

#define STEPS 8
#define MOST_TEXT 4096
#define MOST_FILE (4 * MOST_TEXT)
#define MOST_MEMBERS 4

/* The input: how to go about it, then the text. */
typedef struct plan
{
	uint8_t		kind;			/* gzip, damaged or cut short, no such file */
	uint8_t		level;			/* of compression */
	uint8_t		repeat;			/* how many times more the text comes */
	uint8_t		change;			/* to the damaged byte; 0: the file ends there */
	uint8_t		split[MOST_MEMBERS - 1];	/* where members end, in 256ths of the text */
	uint16_t	damaged;		/* place in the file */
	uint16_t	fail_at;		/* reading fails there */
	uint8_t		read[STEPS];	/* sizes of reads, over and over; 0: interrupted */
	uint8_t		ahead[STEPS];	/* pieces that are filled at a time */
} plan;

#define IS_GZIP 1
#define IS_DAMAGED 2
#define FAILS 4
#define HAS_NO_FILE 8

static plan how;
static char text[MOST_TEXT];
static size_t text_length;
static unsigned char file[MOST_FILE];
static size_t file_length;
static size_t file_at;
static unsigned reads;
static bool interrupted;

/* What came of reading. Rows by a number each that stands for all there is of them. */
typedef struct outcome
{
	mo_csv_result result;
	size_t		count;
	uint64_t	row[MOST_TEXT + 1];
	mo_input	known;
} outcome;

static ssize_t
fuzz_read(int descriptor, void *buffer, size_t size)
{
	size_t		step = how.read[reads++ % STEPS];
	size_t		end = how.kind & FAILS && how.fail_at < file_length ? how.fail_at : file_length;
	size_t		n = step == UINT8_MAX ? size : 4 * step;

	(void) descriptor;
	if (step == 0 && (interrupted = !interrupted))
	{
		errno = EINTR;
		return -1;
	}
	if (file_at == end && how.kind & FAILS)
	{
		errno = EIO;
		return -1;
	}
	n = n == 0 ? 1 : n;
	n = n < size ? n : size;
	n = n < end - file_at ? n : end - file_at;
	memcpy(buffer, file + file_at, n);
	file_at += n;
	return (ssize_t) n;
}

/* ------------------------------------------------ the file */

static void
make_text(fuzz_input *in)
{
	size_t		once = in->left < MOST_TEXT ? in->left : MOST_TEXT;

	fuzz_take(in, text, once);
	text_length = once;
	for (int i = 0; i < how.repeat && text_length + once <= MOST_TEXT; i++, text_length += once)
		memcpy(text + text_length, text, once);
}

static void
add_member(size_t from, size_t to)
{
	z_stream	zip = {.next_in = (Bytef *) text + from, .avail_in = (uInt) (to - from), .next_out = file + file_length,
	.avail_out = (uInt) (MOST_FILE - file_length)};

	FUZZ_CHECK(deflateInit2(&zip, how.level % 10, Z_DEFLATED, 16 + 9, 1, Z_DEFAULT_STRATEGY) == Z_OK);
	FUZZ_CHECK(deflate(&zip, Z_FINISH) == Z_STREAM_END);
	file_length = MOST_FILE - zip.avail_out;
	deflateEnd(&zip);
}

/* False: it is not what the text says any more. */
static bool
make_file(void)
{
	size_t		from = 0;

	file_length = 0;
	for (int i = 0; how.kind & IS_GZIP && i < MOST_MEMBERS; i++)
	{
		size_t		to = i + 1 == MOST_MEMBERS ? text_length : text_length * how.split[i] / 256;

		add_member(from, to > from ? to : from);
		from = to > from ? to : from;
	}
	if (!(how.kind & IS_GZIP))
		memcpy(file, text, file_length = text_length);
	if (!(how.kind & IS_DAMAGED) || how.damaged >= file_length)
		return true;
	file[how.damaged] ^= how.change;
	if (how.change == 0)
		file_length = how.damaged;
	return false;
}

static const char *
begin_reading(void)
{
	file_at = 0;
	reads = 0;
	interrupted = false;
	return how.kind & HAS_NO_FILE ? "/dev/null/none" : "/dev/null";
}

/* ------------------------------------------------ the two ends of the ring */

typedef struct ahead
{
	mo_filler	filler;
	bool		more;
	uint64_t	taken;
	unsigned	turns;
	mo_input	known;			/* to who takes pieces */
	mo_piece	ring[MO_PIECES];
} ahead;

static void
poison(ahead *a, bool is_poisoned, uint64_t from, uint64_t to)
{
	for (uint64_t i = from; i < to; i++)
		if (is_poisoned)
			ASAN_POISON_MEMORY_REGION(&a->ring[i % MO_PIECES], sizeof(mo_piece));
		else
			ASAN_UNPOISON_MEMORY_REGION(&a->ring[i % MO_PIECES], sizeof(mo_piece));
}

/* The scanner's are the last piece taken and the one before. */
static uint64_t
held_from(const ahead *a)
{
	return a->taken < 2 ? 0 : a->taken - 2;
}

static void
fill_one(ahead *a)
{
	poison(a, false, 0, MO_PIECES);
	poison(a, true, held_from(a), a->filler.filled);
	a->more = mo_filler_next(&a->filler);
	poison(a, true, 0, MO_PIECES);
	poison(a, false, held_from(a), a->taken);
}

/* As many pieces as the plan says; the filler may not have heard of all that were taken. */
static void
fill_some(ahead *a)
{
	unsigned	step = how.ahead[a->turns++ % STEPS];

	if (step & 0x80)
		a->filler.taken = a->taken;
	for (unsigned i = 0; i < (step & 7) && a->more && mo_filler_has_room(&a->filler); i++)
		fill_one(a);
}

static mo_piece *
next_piece(void *source)
{
	ahead	   *a = source;
	mo_piece   *piece;

	fill_some(a);
	if (a->filler.filled == a->taken)
	{
		a->filler.taken = a->taken;
		FUZZ_CHECK(a->more && mo_filler_has_room(&a->filler));
		fill_one(a);
	}
	poison(a, false, a->taken, a->taken + 1);
	piece = mo_piece_take(a->ring, a->taken++, &a->known);
	fill_some(a);				/* what the scanner has of the piece before is still there */
	poison(a, true, 0, MO_PIECES);
	poison(a, false, held_from(a), a->taken);
	return piece;
}

static void
take_rows(mo_csv *csv, outcome *out, ahead *a)
{
	static mo_csv_row row;

	for (out->count = 0; (out->result = mo_csv_next(csv, &row)) == MO_CSV_ROW; out->count++)
	{
		FUZZ_CHECK(out->count <= MOST_TEXT);
		if (a != NULL)
			fill_some(a);
		out->row[out->count] = number_of(&row);
	}
}

static void
read_ahead(outcome *out)
{
	mo_csv		csv;
	ahead	   *a = malloc(sizeof(ahead));

	memset(a, 0xFF, sizeof(ahead));
	a->taken = 0;
	a->turns = 0;
	a->more = true;
	poison(a, true, 0, MO_PIECES);
	FUZZ_CHECK(mo_csv_open(&csv, NULL, a));
	csv.next_piece = next_piece;
	mo_filler_open(&a->filler, a->ring, begin_reading());
	take_rows(&csv, out, a);
	mo_filler_close(&a->filler);
	mo_csv_close(&csv);
	out->known = a->known;
	poison(a, false, 0, MO_PIECES);
	free(a);
}

/* As whoever has no worker does. */
static void
read_directly(outcome *out)
{
	mo_csv		csv;

	out->result = MO_CSV_READ_ERROR;
	out->count = 0;
	FUZZ_CHECK(mo_csv_open(&csv, mo_input_read, &out->known));
	if (mo_input_open(&out->known, begin_reading()))
	{
		csv.sha = mo_input_hash_later(&out->known);
		take_rows(&csv, out, NULL);
	}
	mo_csv_close(&csv);
	mo_input_close(&out->known);
}

/* ------------------------------------------------ what must hold */

static void
read_text(outcome *out)
{
	static mo_csv_row row;
	some_text	all = {text, text_length};
	size_t		at = text_length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
	int64_t		line = 1;

	out->count = 0;
	out->result = MO_CSV_END;
	while (at < text_length && out->result == MO_CSV_END)
	{
		row_at(&all, &row, &at, &line);
		if (row.raw_length > MO_CSV_MAX_ROW)
			out->result = MO_CSV_TOO_LONG;
		else
			out->row[out->count++] = number_of(&row);
	}
}

/* What was handed out before an error depends on where pieces end. */
static void
check_same(const outcome *a, const outcome *b)
{
	size_t		n = a->count < b->count ? a->count : b->count;

	FUZZ_CHECK(memcmp(a->row, b->row, n * sizeof(a->row[0])) == 0);
	if (a->result != MO_CSV_READ_ERROR && b->result != MO_CSV_READ_ERROR)
		FUZZ_CHECK(a->count == b->count && a->result == b->result);
}

static void
check_hash(const mo_input *known)
{
	mo_sha256	sha;
	char		hex[2][MO_SHA256_HEX];

	mo_sha256_begin(&sha);
	mo_sha256_add(&sha, file, file_length);
	FUZZ_CHECK(strcmp(mo_sha256_hex(&sha, hex[0]), mo_sha256_hex(&known->sha, hex[1])) == 0);
	FUZZ_CHECK(known->read_bytes == (int64_t) file_length);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static outcome direct;
	static outcome through;
	static outcome truth;
	fuzz_input	in = {data, size};
	bool		is_sound;

	fuzz_take(&in, &how, sizeof(how));
	make_text(&in);
	is_sound = make_file();
	read_directly(&direct);
	read_ahead(&through);
	check_same(&direct, &through);
	if (direct.result != MO_CSV_TOO_LONG && through.result != MO_CSV_TOO_LONG)
		FUZZ_CHECK(direct.result == through.result && strcmp(direct.known.error, through.known.error) == 0);
	if (through.result == MO_CSV_END)
		check_hash(&through.known);
	if (direct.result == MO_CSV_END)
		check_hash(&direct.known);

	if (is_sound && how.kind & IS_GZIP && direct.result != MO_CSV_READ_ERROR)
		FUZZ_CHECK(direct.known.is_gzip);
	if (!is_sound || direct.known.is_gzip != (how.kind & IS_GZIP))
		return 0;
	read_text(&truth);
	check_same(&through, &truth);
	if (through.result == MO_CSV_END)
		FUZZ_CHECK(through.known.text_bytes == (int64_t) text_length);
	else if (through.result == MO_CSV_READ_ERROR)
		FUZZ_CHECK(how.kind & (FAILS | HAS_NO_FILE) || direct.known.text_bytes == 0);
	return 0;
}
