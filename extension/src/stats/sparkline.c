#include "sparkline.h"

#include <math.h>

#define LEVELS 8

int
mo_sparkline_level(double value, double low, double high)
{
	double		range = high - low;
	double		share;

	if (low == high)
		return LEVELS / 2 - 1;
	if (isinf(range))
		share = (value / 2 - low / 2) / (high / 2 - low / 2);
	else
		share = (value - low) / range;
	return share >= 1 ? LEVELS - 1 : (int) (share * LEVELS);
}

/* The range of what is drawn; false when all are gaps. */
static bool
range_of(const double *values, const bool *gaps, int n, double *low, double *high)
{
	bool		found = false;

	for (int i = 0; i < n; i++)
	{
		if (gaps[i])
			continue;
		if (!found || values[i] < *low)
			*low = values[i];
		if (!found || values[i] > *high)
			*high = values[i];
		found = true;
	}
	return found;
}

size_t
mo_sparkline_draw(const double *values, const bool *gaps, int n, bool blocks, char *text)
{
	double		low = 0;
	double		high = 0;
	char	   *end = text;

	if (!range_of(values, gaps, n, &low, &high))
		return 0;
	for (int i = 0; i < n; i++)
	{
		int			level = gaps[i] ? 0 : mo_sparkline_level(values[i], low, high);

		if (gaps[i])
			*end++ = ' ';
		else if (blocks)
		{
			*end++ = (char) 0xE2;
			*end++ = (char) 0x96;
			*end++ = (char) (0x81 + level);
		}
		else
			*end++ = (char) ('1' + level);
	}
	return (size_t) (end - text);
}
