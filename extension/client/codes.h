/*
 * codes.h
 *		Every code a file has shown so far (practices, presentations), each once, with a count and a name.
 */
#ifndef MO_CODES_H
#define MO_CODES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MO_CODE_MAX 16			/* bytes of a code */

typedef struct mo_code
{
	uint64_t	key[2];			/* the code, padded with zeros */
	int64_t		count;
	uint32_t	length;			/* 0: a free place */
	uint32_t	text_length[2];
	char	   *text[2];		/* name and whatever else belongs to the code, copied; NULL: none */
} mo_code;

typedef struct mo_codes
{
	mo_code    *entries;
	size_t		size;			/* a power of two */
	size_t		count;
	mo_code    *last;			/* files come sorted: the next code is mostly the last one */
} mo_codes;

/* The entry of a code of at most MO_CODE_MAX bytes; count is 0 when it is new. Valid until the next call. NULL: no memory. */
extern mo_code *mo_codes_get(mo_codes *codes, const char *code, size_t length);
/* The same of a code that has been padded with zeros. */
extern mo_code *mo_codes_find(mo_codes *codes, const uint64_t *key, size_t length);
static inline mo_code *
mo_codes_get_key(mo_codes *codes, const uint64_t *key, size_t length)
{
	mo_code    *last = codes->last;

	if (last != NULL && last->key[0] == key[0] && last->key[1] == key[1] && last->length == length)
		return last;
	return mo_codes_find(codes, key, length);
}
/* False: no memory. */
extern bool mo_code_set_text(mo_code *code, int which, const char *text, size_t length);
extern void mo_codes_free(mo_codes *codes);

#endif							/* MO_CODES_H */
