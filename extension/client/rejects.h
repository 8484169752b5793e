/*
 * rejects.h
 *		Lines that cannot be used, kept in a temporary file until the transaction can take them: there may be many.
 */
#ifndef MO_REJECTS_H
#define MO_REJECTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "copy_binary.h"

#define MO_REJECT_LINE 1000		/* characters of the line that are kept */

typedef struct mo_rejects
{
	FILE	   *spool;
	int64_t		count;
	bool		failed;			/* the temporary file cannot be written */
} mo_rejects;

typedef struct mo_reject_entry
{
	int64_t		line_no;
	char		column[64];
	char		reason[300];
	char		line[4 * MO_REJECT_LINE + 16];
} mo_reject_entry;

/* `column` may be NULL; text is the raw line. */
extern void mo_rejects_add(mo_rejects *rejects, int64_t line_no, const char *column, const char *reason,
						   const char *text, size_t length);
/* From the first; false at the end. */
extern void mo_rejects_rewind(mo_rejects *rejects);
extern bool mo_rejects_next(mo_rejects *rejects, mo_reject_entry *entry);

/* The first `most` into mo_data.load_reject. */
extern bool mo_rejects_send(mo_rejects *rejects, PGconn *connection, int32_t batch_id, int64_t most, PGresult **result);
extern void mo_rejects_close(mo_rejects *rejects);

#endif							/* MO_REJECTS_H */
