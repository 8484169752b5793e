#ifndef _GNU_SOURCE
#define _GNU_SOURCE				/* strcasestr */
#endif
#include <string.h>

#include "rejects.h"
#include "text.h"

/* Cuts UTF-8 text after `most` characters. */
static void
cut(char *text, size_t most)
{
	size_t		seen = 0;

	for (; *text != '\0'; text++)
		if ((*text & 0xC0) != 0x80 && seen++ == most)
		{
			*text = '\0';
			return;
		}
}

/* A reason is printed and ends in logs: it does not say what stands in a column that names a patient. The line itself stays in load_reject. */
static const char *
without_patient(const char *column, const char *reason)
{
	const char *end = strrchr(reason, '"');

	return column != NULL && strcasestr(column, "patient") != NULL && reason[0] == '"' && end != NULL && end[1] == ' ' ? end + 2 : reason;
}

void
mo_rejects_add(mo_rejects *rejects, int64_t line_no, const char *column, const char *reason,
			   const char *text, size_t length)
{
	mo_reject_entry entry = {.line_no = line_no};
	const char *texts[3] = {entry.column, entry.reason, entry.line};

	if (rejects->spool == NULL)
		rejects->spool = tmpfile();
	if (rejects->spool == NULL)
	{
		rejects->failed = true;
		return;
	}
	snprintf(entry.column, sizeof(entry.column), "%s", column != NULL ? column : "");
	snprintf(entry.reason, sizeof(entry.reason), "%s", without_patient(column, reason));
	mo_printable(text, length, entry.line, sizeof(entry.line));
	cut(entry.line, MO_REJECT_LINE);
	if (fwrite(&entry.line_no, sizeof(entry.line_no), 1, rejects->spool) != 1)
		rejects->failed = true;
	for (int i = 0; i < 3; i++)
		if (fwrite(texts[i], strlen(texts[i]) + 1, 1, rejects->spool) != 1)
			rejects->failed = true;
	rejects->count++;
}

void
mo_rejects_rewind(mo_rejects *rejects)
{
	if (rejects->spool != NULL)
		rewind(rejects->spool);
}

static bool
read_text(FILE *spool, char *out, size_t size)
{
	size_t		used = 0;
	int			c;

	while ((c = getc(spool)) > 0)
		if (used + 1 < size)
			out[used++] = (char) c;
	out[used] = '\0';
	return c == 0;
}

bool
mo_rejects_next(mo_rejects *rejects, mo_reject_entry *entry)
{
	FILE	   *spool = rejects->spool;

	return spool != NULL && fread(&entry->line_no, sizeof(entry->line_no), 1, spool) == 1 &&
		read_text(spool, entry->column, sizeof(entry->column)) &&
		read_text(spool, entry->reason, sizeof(entry->reason)) &&
		read_text(spool, entry->line, sizeof(entry->line));
}

void
mo_rejects_close(mo_rejects *rejects)
{
	if (rejects->spool != NULL)
		fclose(rejects->spool);
	memset(rejects, 0, sizeof(*rejects));
}
