/*
 * tap.h
 *		A few lines of the Test Anything Protocol for the unit tests of extension/src/stats.
 *
 * One test program a subject: test_<subject>.c, linked with all of stats/. main() calls the checks and returns done().
 */
#ifndef MO_TEST_TAP_H
#define MO_TEST_TAP_H

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int	tap_run;
static int	tap_failed;

/* One check; the text says what should be so. */
static inline int
ok(int passed, const char *format, ...)
{
	va_list		arguments;

	tap_run++;
	tap_failed += !passed;
	printf("%s %d - ", passed ? "ok" : "not ok", tap_run);
	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	printf("\n");
	return passed;
}

/* Agreement relative to the expected value (absolute below 1e-300). */
static inline int
is_close(double got, double expected, double relative, const char *what)
{
	double		allowed = relative * fmax(fabs(expected), 1e-300);
	int			same = (isnan(got) && isnan(expected)) || fabs(got - expected) <= allowed;

	if (!ok(same, "%s", what))
		printf("# got %.17g, expected %.17g\n", got, expected);
	return same;
}

static inline int
is_int(long long got, long long expected, const char *what)
{
	if (!ok(got == expected, "%s", what))
		printf("# got %lld, expected %lld\n", got, expected);
	return got == expected;
}

static inline int
done(void)
{
	printf("1..%d\n", tap_run);
	return tap_failed > 0;
}

/* The next line of a CSV file without quoted fields, cut in place into at most max fields; returns how many, -1 at the end. */
static inline int
csv_fields(FILE *file, char *line, int size, char **fields, int max)
{
	int			n = 0;

	if (fgets(line, size, file) == NULL)
		return -1;
	line[strcspn(line, "\r\n")] = '\0';
	for (char *p = line; n < max; p++)
	{
		fields[n++] = p;
		p += strcspn(p, ",");
		if (*p == '\0')
			break;
		*p = '\0';
	}
	return n;
}

#endif /* MO_TEST_TAP_H */
