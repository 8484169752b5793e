/*
 * read_worker.h
 *		A background worker that reads, inflates, hashes and searches a file ahead of the backend that loads it: half of the
 *		work, on another processor.
 *
 * What is parsed is what was hashed: the worker alone opens the file, and hands its pieces (../client/pieces.h) over in
 * shared memory. It takes one of max_worker_processes, and ends with the reading, however that ends.
 */
#ifndef MO_READ_WORKER_H
#define MO_READ_WORKER_H

#include "../client/pieces.h"

/*
 * Has the scanner take the file's pieces from a worker; what is known of the file is put into `input` with each.
 * False: no worker is to be had, and the caller reads.
 */
extern bool mo_read_ahead(const char *path, mo_csv *csv, mo_input *input);

/* Lets the worker go, if there is one; the scanner's rows go with it. */
extern void mo_read_ahead_end(mo_csv *csv);

#endif							/* MO_READ_WORKER_H */
