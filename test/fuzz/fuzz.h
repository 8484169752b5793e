/*
 * fuzz.h
 *		Takes typed values off a fuzzer's bytes. Past the end it gives zeros.
 */
#ifndef MO_TEST_FUZZ_H
#define MO_TEST_FUZZ_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef struct fuzz_input
{
	const uint8_t *data;
	size_t		left;
} fuzz_input;

/* A property that must hold whatever the input. */
#define FUZZ_CHECK(condition) do { if (!(condition)) __builtin_trap(); } while (0)

static inline void
fuzz_take(fuzz_input *in, void *value, size_t size)
{
	size_t		n = size < in->left ? size : in->left;

	memset(value, 0, size);
	if (n > 0)
		memcpy(value, in->data, n);
	in->data += n;
	in->left -= n;
}

static inline int32_t
fuzz_int32(fuzz_input *in)
{
	int32_t		value;

	fuzz_take(in, &value, sizeof(value));
	return value;
}

static inline double
fuzz_double(fuzz_input *in)
{
	double		value;

	fuzz_take(in, &value, sizeof(value));
	return value;
}

/* A finite number in [low, high]. */
static inline double
fuzz_double_between(fuzz_input *in, double low, double high)
{
	double		value = fabs(fuzz_double(in));

	if (!isfinite(value))
		value = 0.5;
	return value >= low && value <= high ? value : low + fmod(value, high - low);
}

int			LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif /* MO_TEST_FUZZ_H */
