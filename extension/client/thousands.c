#include <inttypes.h>
#include <stdio.h>

#include "thousands.h"

const char *
mo_thousands(int64_t number)
{
	static char buffers[8][32];
	static int	turn;
	char	   *out = buffers[turn = (turn + 1) % 8];
	char		digits[24];
	int			length = snprintf(digits, sizeof(digits), "%" PRId64, number);
	int			used = 0;

	for (int i = 0; i < length; i++)
	{
		out[used++] = digits[i];
		if (digits[i] != '-' && i + 1 < length && (length - i - 1) % 3 == 0)
			out[used++] = ',';
	}
	out[used] = '\0';
	return out;
}

const char *
mo_pounds(int64_t e5)
{
	static char buffers[4][40];
	static int	turn;
	char	   *out = buffers[turn = (turn + 1) % 4];
	uint64_t	size = e5 < 0 ? (uint64_t) -(e5 + 1) + 1 : (uint64_t) e5;
	uint64_t	pence = (size + 500) / 1000;

	snprintf(out, 40, "%s%s.%02d", e5 < 0 && pence > 0 ? "-" : "", mo_thousands((int64_t) (pence / 100)), (int) (pence % 100));
	return out;
}
