/*
 * output.h
 *		A file that is there whole or not at all: written under another name beside it and renamed when complete.
 */
#ifndef MO_OUTPUT_H
#define MO_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

typedef struct mo_output
{
	const char *path;			/* NULL: standard output */
	char	   *temporary;
	FILE	   *file;
	bool		force;
} mo_output;

/* Opens for writing. False: said on stderr why (it exists, its folder cannot be written), and nothing is left behind. */
extern bool mo_output_begin(mo_output *output, const char *path, bool force);
/* The same where somebody else writes output->temporary: file is NULL. */
extern bool mo_output_reserve(mo_output *output, const char *path, bool force);
/* Puts the file in its place. False: said why, nothing left behind. */
extern bool mo_output_finish(mo_output *output);
extern void mo_output_abandon(mo_output *output);

#endif							/* MO_OUTPUT_H */
