#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "report.h"

#define BAR 24
#define TERMINAL_INTERVAL 0.1
#define PLAIN_INTERVAL 10.0

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double) t.tv_sec + (double) t.tv_nsec / 1e9;
}

void
mo_report_begin(mo_report *report, const char *name, bool quiet)
{
	const char *term = getenv("TERM");

	memset(report, 0, sizeof(*report));
	report->name = name;
	report->quiet = quiet;
	report->terminal = isatty(STDERR_FILENO) && (term == NULL || strcmp(term, "dumb") != 0);
	report->started = report->last = now();
}

double
mo_report_seconds(const mo_report *report)
{
	return now() - report->started;
}

void
mo_report_step(mo_report *report, int64_t rows, int64_t read, int64_t total, int64_t text)
{
	double		at = now();
	double		seconds = at - report->started;
	int			done = total > 0 ? (int) (100 * (read < total ? read : total) / total) : 0;
	char		bar[BAR + 1];

	if (report->quiet || at - report->last < (report->terminal ? TERMINAL_INTERVAL : PLAIN_INTERVAL))
		return;
	report->last = at;
	if (!report->terminal)
	{
		fprintf(stderr, "%s: %d%%, %s rows, %.0f MB/s\n", report->name, done, mo_thousands(rows), (double) text / 1e6 / seconds);
		return;
	}
	memset(bar, '.', BAR);
	memset(bar, '#', (size_t) (BAR * done / 100));
	bar[BAR] = '\0';
	/* carriage return, then erase to the end of the line */
	fprintf(stderr, "\r%.40s [%s] %3d%%  %s rows  %.0f MB/s\033[K", report->name, bar, done, mo_thousands(rows),
			(double) text / 1e6 / seconds);
	fflush(stderr);
	report->drawn = true;
}

void
mo_report_end(mo_report *report)
{
	if (report->drawn)
		fputs("\r\033[K", stderr);
	report->drawn = false;
}
