/*
 * csv_index.h
 *		Where the commas, quotes and line ends of a piece of text are: all that a scanner of CSV has to look at.
 *
 * A piece is gone through once, before its rows are: a loop that looks at 64 bytes at a time and does nothing else is
 * several times as fast as one that stops at every row. The hash of a file is worked out in the same loop where the
 * processor has instructions for it: each of them waits for the one before, and the search fits in between for nothing.
 */
#ifndef MO_CSV_INDEX_H
#define MO_CSV_INDEX_H

#include <stddef.h>
#include <stdint.h>

#include "sha256.h"

/* Text is read, and places are written, up to so many bytes and numbers beyond the last that count. */
#define MO_CSV_INDEX_SLACK 64

/*
 * Puts the place of each of them in text[0] to text[length - 1], counted from `base`, into `found`, in order. Returns the
 * end of what it has put there. With a hash it adds the text to it.
 */
extern uint32_t *mo_csv_index(mo_sha256 *sha, const char *text, size_t length, uint32_t base, uint32_t *found);

/* csv_index_x86.c: 0 when this processor has not the instructions; 1: only those of the first; 2: also those of the hash. */
extern int	mo_csv_index_x86_available(void);
extern uint32_t *mo_csv_index_x86(const char *text, size_t blocks, uint32_t base, uint32_t *found);
extern uint32_t *mo_csv_index_x86_hashing(uint32_t *state, const char *text, size_t blocks, uint32_t base, uint32_t *found);

#endif							/* MO_CSV_INDEX_H */
