/*
 * csv.h
 *		A streaming scanner of comma separated files: quoted commas, newlines and doubled quotes; LF, CRLF and CR
 *		line ends; constant memory.
 *
 * A row is handed out as offsets into the buffer: nothing is copied, so columns that nobody wants cost one search for
 * their end. Rows and their fields are valid until the next call.
 */
#ifndef MO_CSV_H
#define MO_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "sha256.h"

#define MO_CSV_MAX_FIELDS 512
/* Bytes before and behind every field of a row that may be read, whatever they are. */
#define MO_CSV_AROUND 64
/* A longer row is not data but a quotation mark that is never closed. */
#ifndef MO_CSV_MAX_ROW			/* smaller where it is fuzzed: test/fuzz/fuzz_read_ahead.c */
#define MO_CSV_MAX_ROW (1024 * 1024)
#endif

typedef struct mo_field
{
	const char *text;			/* inside the quotes, if there were any; not terminated */
	uint32_t	length;
	bool		doubled;		/* holds "" that stand for ": see mo_csv_text */
} mo_field;

typedef struct mo_csv_row
{
	mo_field	fields[MO_CSV_MAX_FIELDS];
	int			count;			/* may exceed MO_CSV_MAX_FIELDS; only that many are there */
	int64_t		line;			/* line of the file on which the row begins, from 1 */
	const char *raw;
	size_t		raw_length;		/* without the line end */
	const char *fault;			/* what is wrong with the row's quotes, or NULL */
	bool		ended;			/* by a line end, not by the end of the file */
} mo_csv_row;

typedef enum mo_csv_result
{
	MO_CSV_ROW,
	MO_CSV_END,
	MO_CSV_TOO_LONG,			/* row->line says where the row began */
	MO_CSV_READ_ERROR			/* the reader said so and knows why */
} mo_csv_result;

/* Fills up to `size` bytes; 0 at the end, -1 on an error. */
typedef ssize_t (*mo_reader) (void *source, char *buffer, size_t size);

/* The next piece of what is read ahead (pieces.h), which stays the scanner's until it has asked for the next but one. */
typedef struct mo_piece mo_piece;
typedef mo_piece *(*mo_next_piece) (void *source);

typedef struct mo_csv
{
	mo_reader	read;
	void	   *source;
	mo_sha256  *sha;			/* to which what is read is added; NULL: the reader sees to it, or nobody */
	mo_next_piece next_piece;	/* in place of read; NULL: nobody reads ahead */
	char	   *memory;			/* MO_CSV_MAX_ROW * 2, and MO_CSV_AROUND more at either end */
	uint32_t   *special_memory;
	char	   *buffer;			/* in memory, or in a piece */
	size_t		position;		/* where the next row begins */
	size_t		end;
	uint32_t   *specials;		/* places in the buffer of its commas, quotes and line ends, and its end */
	size_t		special_count;	/* without the end */
	size_t		next;			/* index of the first that has not been visited */
	size_t		row_next;		/* the same when the row in hand began */
	int64_t		line;
	bool		at_end;
} mo_csv;

extern bool mo_csv_open(mo_csv *csv, mo_reader read, void *source);
extern void mo_csv_close(mo_csv *csv);
extern mo_csv_result mo_csv_next(mo_csv *csv, mo_csv_row *row);

/* Without blanks around it: spaces, tabs, and the no-break spaces (U+00A0) that come with what is copied from a web page. */
static inline void
mo_trim(const char **text, size_t *length)
{
	const char *t = *text;
	size_t		n = *length;

	for (;;)
		if (n > 0 && (t[n - 1] == ' ' || t[n - 1] == '\t'))
			n--;
		else if (n > 1 && t[n - 1] == '\xA0' && t[n - 2] == '\xC2')
			n -= 2;
		else
			break;
	for (;;)
		if (n > 0 && (*t == ' ' || *t == '\t'))
			t++, n--;
		else if (n > 1 && t[0] == '\xC2' && t[1] == '\xA0')
			t += 2, n -= 2;
		else
			break;
	*text = t;
	*length = n;
}

/* The field's text with doubled quotes undone and blanks trimmed, into `buffer` only when it has to be changed. */
extern const char *mo_csv_text(const mo_field *field, char *buffer, size_t size, size_t *length);

#endif							/* MO_CSV_H */
