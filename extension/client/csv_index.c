#include "csv_index.h"

#include <stdbool.h>
#include <string.h>

#define BLOCK 64

static inline bool
is_special(char c)
{
	return c == ',' || c == '"' || c == '\n' || c == '\r';
}

/* For any processor, and for the end of a piece. */
static uint32_t *
index_bytes(const char *text, size_t length, uint32_t base, uint32_t *found)
{
	for (size_t i = 0; i < length; i++)
	{
		*found = base + (uint32_t) i;
		found += is_special(text[i]);
	}
	return found;
}

uint32_t *
mo_csv_index(mo_sha256 *sha, const char *text, size_t length, uint32_t base, uint32_t *found)
{
	static int	available = -1;
	size_t		blocks = length / BLOCK;
	size_t		done = 0;

	if (available < 0)
		available = mo_csv_index_x86_available();
	/* Blocks of the hash are counted from the start of the file: they are those of the text but for pieces of odd lengths. */
	if (available > 1 && sha != NULL && sha->bytes % BLOCK == 0)
	{
		found = mo_csv_index_x86_hashing(sha->state, text, blocks, base, found);
		sha->bytes += blocks * BLOCK;
		done = blocks * BLOCK;
	}
	if (sha != NULL)
		mo_sha256_add(sha, text + done, length - done);
	if (done == 0 && available > 0)
	{
		found = mo_csv_index_x86(text, blocks, base, found);
		done = blocks * BLOCK;
	}
	return index_bytes(text + done, length - done, base + (uint32_t) done, found);
}
