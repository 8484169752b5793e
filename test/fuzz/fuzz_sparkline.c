/* Any finite values and gaps: at most twelve characters, blocks or spaces only, and nothing only where all are gaps. */
#include "fuzz.h"
#include "stats/sparkline.h"

#include <math.h>

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_input	in = {data, size};
	double		values[MO_SPARKLINE_WIDTH];
	bool		gaps[MO_SPARKLINE_WIDTH];
	char		text[MO_SPARKLINE_BYTES];
	int			all_gaps = fuzz_int32(&in);
	int			n = 0;
	int			drawn = 0;
	size_t		bytes;

	for (; n < MO_SPARKLINE_WIDTH && in.left > 0; n++)
	{
		values[n] = fuzz_double(&in);
		gaps[n] = !isfinite(values[n]) || (all_gaps >> n & 1) != 0;
		drawn += !gaps[n];
	}
	bytes = mo_sparkline_draw(values, gaps, n, true, text);
	FUZZ_CHECK(bytes == (drawn == 0 ? 0 : (size_t) (3 * drawn + (n - drawn))));
	bytes = mo_sparkline_draw(values, gaps, n, false, text);
	FUZZ_CHECK(bytes == (drawn == 0 ? 0 : (size_t) n));
	for (size_t i = 0; i < bytes; i++)
		FUZZ_CHECK(text[i] == ' ' || (text[i] >= '1' && text[i] <= '8'));
	return 0;
}
