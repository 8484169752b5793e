#include <stdlib.h>
#include <string.h>

#include "codes.h"

static mo_code *
place_of(mo_codes *codes, const uint64_t *key, uint32_t length)
{
	uint64_t	hash = (key[0] ^ (key[1] * UINT64_C(0x9E3779B97F4A7C15)) ^ length) * UINT64_C(0xD6E8FEB86659FD93);
	size_t		at = (size_t) (hash ^ (hash >> 32)) & (codes->size - 1);

	while (codes->entries[at].length != 0 &&
		   (codes->entries[at].key[0] != key[0] || codes->entries[at].key[1] != key[1] || codes->entries[at].length != length))
		at = (at + 1) & (codes->size - 1);
	return &codes->entries[at];
}

static bool
grow(mo_codes *codes)
{
	mo_codes	larger = {.size = codes->size > 0 ? codes->size * 2 : 1024, .count = codes->count};

	larger.entries = calloc(larger.size, sizeof(mo_code));
	if (larger.entries == NULL)
		return false;
	for (size_t i = 0; i < codes->size; i++)
		if (codes->entries[i].length != 0)
			*place_of(&larger, codes->entries[i].key, codes->entries[i].length) = codes->entries[i];
	free(codes->entries);
	*codes = larger;
	return true;
}

mo_code *
mo_codes_get(mo_codes *codes, const char *code, size_t length)
{
	uint64_t	key[2] = {0, 0};

	memcpy(key, code, length);
	return mo_codes_get_key(codes, key, length);
}

mo_code *
mo_codes_find(mo_codes *codes, const uint64_t *key, size_t length)
{
	mo_code    *entry;

	if (codes->count * 2 >= codes->size && !grow(codes))
		return NULL;
	entry = place_of(codes, key, (uint32_t) length);
	if (entry->length == 0)
	{
		memcpy(entry->key, key, sizeof(entry->key));
		entry->length = (uint32_t) length;
		codes->count++;
	}
	return codes->last = entry;
}

bool
mo_code_set_text(mo_code *code, int which, const char *text, size_t length)
{
	char	   *copy = realloc(code->text[which], length + 1);

	if (copy == NULL)
		return false;
	code->text[which] = copy;
	memcpy(code->text[which], text, length);
	code->text_length[which] = (uint32_t) length;
	return true;
}

void
mo_codes_free(mo_codes *codes)
{
	for (size_t i = 0; i < codes->size; i++)
	{
		free(codes->entries[i].text[0]);
		free(codes->entries[i].text[1]);
	}
	free(codes->entries);
	memset(codes, 0, sizeof(*codes));
}
