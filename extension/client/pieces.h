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

/* What is written by one and read by another stays in the cache between them: some pieces, none of them large. */
#define MO_PIECES 6
#define MO_PIECE_TEXT ((size_t) 1 << 18)
/* A longer row is put together elsewhere. */
#define MO_PIECE_ROOM ((size_t) 1 << 14)

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

/* Notes what is known of the file now, with a piece; makes it what is known again. */
extern void mo_piece_note(mo_piece *piece, const mo_input *input);
extern void mo_piece_known(const mo_piece *piece, mo_input *input);

#endif							/* MO_PIECES_H */
