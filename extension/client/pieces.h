/*
 * pieces.h
 *		Pieces of a file read, hashed and searched for commas ahead of the one who takes its rows apart.
 *
 * Reading and hashing are half of the work, and need nothing of the other half: a worker of the server
 * (src/read_worker.c) fills pieces while rows of the one before are checked and stored. Nothing is copied but the row
 * that a piece ends in, to the front of the next, where there is room for it. (In modash a thread that did this won
 * nothing where the server shares the processors: two backends want them too.)
 */
#ifndef MO_PIECES_H
#define MO_PIECES_H

#include "csv.h"
#include "csv_index.h"
#include "input.h"

/*
 * What is written by one and read by another stays in the cache between them: some pieces, none of them large. A row that
 * is longer than the room is put together elsewhere. (Smaller where they are fuzzed: test/fuzz/fuzz_read_ahead.c.)
 */
#define MO_PIECES 6
#ifndef MO_PIECE_TEXT
#define MO_PIECE_TEXT ((size_t) 1 << 18)
#define MO_PIECE_ROOM ((size_t) 1 << 14)
#endif

struct mo_piece
{
	size_t		length;			/* 0: the end */
	bool		failed;			/* reading did: error says why */
	size_t		special_count;

	/* What is known of the file when so much of it has been read. */
	mo_sha256	sha;
	int64_t		read_bytes;
	int64_t		text_bytes;
	char		error[300];

	/* Counted from where the room begins. Those of the row that is put there stand before them: no more than it has bytes. */
	uint32_t	specials[MO_PIECE_ROOM + MO_PIECE_TEXT + 1 + MO_CSV_INDEX_SLACK];
	char		memory[MO_CSV_AROUND + MO_PIECE_ROOM + MO_PIECE_TEXT + MO_CSV_AROUND];
};

/* The room before it and the text. */
static inline char *
mo_piece_text(mo_piece *piece)
{
	return piece->memory + MO_CSV_AROUND;
}

/* The next piece of an opened file. `sha` is that to which text is added; NULL: reading sees to that. */
extern void mo_piece_fill(mo_piece *piece, mo_input *input, mo_sha256 *sha);

/* Makes what is known of the file with a piece what is known of it. */
extern void mo_piece_known(const mo_piece *piece, mo_input *input);

/*
 * One end of a ring of MO_PIECES pieces: fills one after the other, as far ahead as it may. How the two ends hear of each
 * other is their callers' affair, and all that they have to say is "one more".
 */
typedef struct mo_filler
{
	mo_piece   *ring;
	mo_input	input;
	mo_sha256  *sha;
	bool		opened;
	uint64_t	filled;
	uint64_t	taken;			/* that it has heard of: the caller counts them */
} mo_filler;

/* A file that cannot be opened fails with the first piece. mo_filler_close is to be called either way. */
extern void mo_filler_open(mo_filler *filler, mo_piece *ring, const char *path);
extern void mo_filler_close(mo_filler *filler);

/* False: every piece is filled, or is one of the two that the scanner may have; wait until one more has been taken. */
extern bool mo_filler_has_room(const mo_filler *filler);

/* Fills the next piece. False: it is the last, as the file ends with it, or reading failed. */
extern bool mo_filler_next(mo_filler *filler);

/* The other end: the ring's next piece, which is filled, after `taken` others, with what is known of the file by then. */
extern mo_piece *mo_piece_take(mo_piece *ring, uint64_t taken, mo_input *input);

#endif							/* MO_PIECES_H */
