/*
 * sha256.h
 *		SHA-256 (FIPS 180-4), by which a file is known again; by the processor's own instructions where it has them.
 */
#ifndef MO_SHA256_H
#define MO_SHA256_H

#include <stddef.h>
#include <stdint.h>

#define MO_SHA256_HEX 65

typedef struct mo_sha256
{
	uint32_t	state[8];
	uint64_t	bytes;
	unsigned char rest[64];
} mo_sha256;

extern const uint32_t mo_sha256_k[64];

extern void mo_sha256_begin(mo_sha256 *sha);
extern void mo_sha256_add(mo_sha256 *sha, const void *data, size_t length);
/* Lower case hexadecimal of everything added so far; more can be added afterwards. */
extern const char *mo_sha256_hex(const mo_sha256 *sha, char *out);

/* sha256_x86.c: 0 when this processor has no such instructions. */
extern int	mo_sha256_x86_available(void);
extern void mo_sha256_x86_blocks(uint32_t *state, const unsigned char *data, size_t blocks);

#endif							/* MO_SHA256_H */
