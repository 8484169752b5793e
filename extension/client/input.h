/*
 * input.h
 *		A file to load, plain or gzip (found from its first bytes, not its name), read once from front to back and
 *		hashed on the way.
 */
#ifndef MO_INPUT_H
#define MO_INPUT_H

#include <stdbool.h>
#include <sys/types.h>
#include <zlib.h>

#include "sha256.h"

typedef struct mo_input
{
	int			file;
	bool		is_gzip;
	bool		at_end;			/* of the file itself */
	bool		in_member;		/* inside a gzip member, which has to end before the file does */
	bool		inflating;		/* inflateInit2 has been called */
	z_stream	zip;
	unsigned char *raw;			/* bytes read and not yet handed out */
	size_t		raw_start;
	size_t		raw_end;
	int64_t		file_bytes;		/* size when opened */
	int64_t		read_bytes;		/* of the file so far */
	int64_t		text_bytes;		/* handed out so far */
	mo_sha256	sha;
	bool		hashed_later;	/* by whoever takes the text */
	char		error[300];
} mo_input;

/* False: input->error says why. mo_input_close is safe either way. */
extern bool mo_input_open(mo_input *input, const char *path);
extern void mo_input_close(mo_input *input);

/* A mo_reader (csv.h): up to `size` bytes of text; 0 at a proper end; -1 with input->error set. */
extern ssize_t mo_input_read(void *input, char *buffer, size_t size);

/*
 * Leaves hashing to whoever takes the text, who adds all of it, in order, to what is returned: see mo_csv. To be called
 * before anything is taken. NULL: the file is hashed on reading, as its bytes are not the text.
 */
extern mo_sha256 *mo_input_hash_later(mo_input *input);

/* Reads on only for the hash, up to `size` bytes; false at the end. */
extern bool mo_input_skim(mo_input *input, void *buffer, size_t size);

/* The hash of a whole file, for one that may be loaded already. False: unreadable. */
extern bool mo_input_hash(const char *path, char *hex);

#endif							/* MO_INPUT_H */
