/*
 * report.h
 *		How far a load is: a bar on a terminal, a plain line now and then elsewhere. On stderr.
 */
#ifndef MO_REPORT_H
#define MO_REPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "thousands.h"

typedef struct mo_report
{
	const char *name;			/* printable name of the file */
	bool		quiet;
	bool		terminal;
	bool		drawn;
	double		started;
	double		last;
} mo_report;

extern void mo_report_begin(mo_report *report, const char *name, bool quiet);
/* read and total are bytes of the file; text is bytes after unpacking. Cheap enough to call every few thousand rows. */
extern void mo_report_step(mo_report *report, int64_t rows, int64_t read, int64_t total, int64_t text);
/* Takes the bar away. */
extern void mo_report_end(mo_report *report);
extern double mo_report_seconds(const mo_report *report);

#endif							/* MO_REPORT_H */
