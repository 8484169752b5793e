#include <stdio.h>
#include <string.h>

#include "pieces.h"

/* What is known of the file now. */
static void
note(mo_piece *piece, const mo_input *input)
{
	piece->sha = input->sha;
	piece->read_bytes = input->read_bytes;
	piece->text_bytes = input->text_bytes;
	snprintf(piece->error, sizeof(piece->error), "%s", input->error);
}

void
mo_piece_fill(mo_piece *piece, mo_input *input, mo_sha256 *sha)
{
	char	   *text = mo_piece_text(piece) + MO_PIECE_ROOM;
	uint32_t   *specials = piece->specials + MO_PIECE_ROOM;
	ssize_t		got = 1;

	piece->length = 0;
	while (piece->length < MO_PIECE_TEXT && got > 0)
	{
		got = mo_input_read(input, text + piece->length, MO_PIECE_TEXT - piece->length);
		piece->length += got > 0 ? (size_t) got : 0;
	}
	piece->failed = got < 0;
	piece->special_count = (size_t) (mo_csv_index(sha, text, piece->length, MO_PIECE_ROOM, specials) - specials);
	note(piece, input);
}

void
mo_piece_known(const mo_piece *piece, mo_input *input)
{
	input->sha = piece->sha;
	input->read_bytes = piece->read_bytes;
	input->text_bytes = piece->text_bytes;
	snprintf(input->error, sizeof(input->error), "%s", piece->error);
}

void
mo_filler_open(mo_filler *filler, mo_piece *ring, const char *path)
{
	filler->ring = ring;
	filler->filled = filler->taken = 0;
	filler->opened = mo_input_open(&filler->input, path);
	filler->sha = filler->opened ? mo_input_hash_later(&filler->input) : NULL;
}

void
mo_filler_close(mo_filler *filler)
{
	mo_input_close(&filler->input);
}

bool
mo_filler_has_room(const mo_filler *filler)
{
	return filler->filled + 2 < filler->taken + MO_PIECES;
}

bool
mo_filler_next(mo_filler *filler)
{
	mo_piece   *piece = &filler->ring[filler->filled++ % MO_PIECES];

	if (filler->opened)
		mo_piece_fill(piece, &filler->input, filler->sha);
	else
	{
		piece->length = 0;
		piece->failed = true;
		note(piece, &filler->input);
	}
	return piece->length > 0 && !piece->failed;
}

mo_piece *
mo_piece_take(mo_piece *ring, uint64_t taken, mo_input *input)
{
	mo_piece   *piece = &ring[taken % MO_PIECES];

	mo_piece_known(piece, input);
	return piece;
}
