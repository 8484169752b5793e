/* Block heights, gaps, flat series and the ends of the range of a double. */
#include "tap.h"

#include <float.h>

#include "stats/sparkline.h"

static void
drawn(const double *values, const bool *gaps, int n, bool blocks, const char *expected, const char *what)
{
	char		text[MO_SPARKLINE_BYTES + 1];
	size_t		bytes = mo_sparkline_draw(values, gaps, n, blocks, text);

	text[bytes] = '\0';
	if (!ok(strcmp(text, expected) == 0, "%s", what))
		printf("# got '%s', expected '%s'\n", text, expected);
}

int
main(void)
{
	static const double steps[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 0, 8, 4};
	static const double flat[] = {5, 5, 5};
	static const bool none[12] = {false};
	static const bool middle[] = {false, true, false};
	static const bool all[] = {true, true, true};
	int			bad = 0;

	drawn(steps, none, 12, true, "▁▂▃▄▅▆▇██▁█▅", "eight bands of equal width");
	drawn(steps, none, 12, false, "123456788185", "the same as digits");
	drawn(flat, none, 3, true, "▄▄▄", "no change is mid-height");
	drawn(flat, middle, 3, true, "▄ ▄", "a gap is a space");
	drawn(flat, all, 3, true, "", "nothing but gaps is nothing");
	drawn(flat, none, 0, true, "", "no rows is nothing");
	is_int(mo_sparkline_level(0, -DBL_MAX, DBL_MAX), 4, "a range beyond a double");
	is_int(mo_sparkline_level(DBL_MAX, -DBL_MAX, DBL_MAX), 7, "its top");
	is_int(mo_sparkline_level(5e-324, 0, 5e-324), 7, "the smallest range there is");
	for (int i = 0; i < 100000; i++)
	{
		double		low = (rand() - rand()) * 1e-3;
		double		high = low + rand() * 1e-5;
		double		value = low + (high - low) * (rand() / (double) RAND_MAX);
		int			level = mo_sparkline_level(value, low, high);

		bad += level < 0 || level > 7;
	}
	is_int(bad, 0, "a level is 0 to 7");
	return done();
}
