#include "sha256.h"

#if defined(__x86_64__) && !defined(MO_PORTABLE)
#include <cpuid.h>

#include "sha256_x86.h"

int
mo_sha256_x86_available(void)
{
	unsigned	a, b, c, d;

	/* leaf 7: SHA extensions; leaf 1: SSE4.1 and SSSE3, which go with them */
	if (!__get_cpuid_count(7, 0, &a, &b, &c, &d) || !(b & (1u << 29)))
		return 0;
	return __get_cpuid(1, &a, &b, &c, &d) && (c & (1u << 19)) && (c & (1u << 9));
}

__attribute__((target(MO_SHA256_X86)))
void
mo_sha256_x86_blocks(uint32_t *state, const unsigned char *data, size_t blocks)
{
	mo_sha256_pair pair = mo_sha256_x86_take(state);

	for (; blocks > 0; blocks--, data += 64)
		pair = mo_sha256_x86_block(pair, data);
	mo_sha256_x86_put(state, pair);
}

#else

int
mo_sha256_x86_available(void)
{
	return 0;
}

void
mo_sha256_x86_blocks(uint32_t *state, const unsigned char *data, size_t blocks)
{
	(void) state;
	(void) data;
	(void) blocks;
}
#endif
