#include <stdio.h>
#include <string.h>

#include "pieces.h"

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
	mo_piece_note(piece, input);
}

void
mo_piece_note(mo_piece *piece, const mo_input *input)
{
	piece->sha = input->sha;
	piece->read_bytes = input->read_bytes;
	piece->text_bytes = input->text_bytes;
	snprintf(piece->error, sizeof(piece->error), "%s", input->error);
}

void
mo_piece_known(const mo_piece *piece, mo_input *input)
{
	input->sha = piece->sha;
	input->read_bytes = piece->read_bytes;
	input->text_bytes = piece->text_bytes;
	snprintf(input->error, sizeof(input->error), "%s", piece->error);
}
