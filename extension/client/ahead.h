/*
 * ahead.h
 *		A thread that reads, hashes and searches a file ahead of the scanner of its rows.
 */
#ifndef MO_AHEAD_H
#define MO_AHEAD_H

#include "csv.h"
#include "input.h"

typedef struct mo_ahead mo_ahead;

/*
 * From here on the file is the thread's until mo_ahead_stop, but for the counts of bytes: those are there to look at.
 * NULL: there is no thread, as the file is small or none is to be had, and the scanner reads on itself.
 */
extern mo_ahead *mo_ahead_start(mo_csv *csv, mo_input *input);

/* Ends it. The file is then as if it had been read just as far as the scanner has taken it. */
extern void mo_ahead_stop(mo_ahead *ahead);

#endif							/* MO_AHEAD_H */
