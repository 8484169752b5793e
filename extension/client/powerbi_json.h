/*
 * powerbi_json.h
 *		Writing JSON, indented as Power BI Desktop indents it. `key` is NULL inside an array.
 */
#ifndef MO_POWERBI_JSON_H
#define MO_POWERBI_JSON_H

#include <stdbool.h>
#include <stdio.h>

#define MO_OUT_DEPTH 32

typedef struct mo_out
{
	FILE	   *out;
	int			depth;
	char		closing[MO_OUT_DEPTH];
	bool		filled[MO_OUT_DEPTH];
} mo_out;

/* The whole document is an object. */
extern void mo_out_begin(mo_out *json, FILE *out);
extern void mo_out_finish(mo_out *json);

extern void mo_out_object(mo_out *json, const char *key);
extern void mo_out_array(mo_out *json, const char *key);
extern void mo_out_end(mo_out *json);
extern void mo_out_ends(mo_out *json, int levels);
extern void mo_out_text(mo_out *json, const char *key, const char *value);
extern void mo_out_number(mo_out *json, const char *key, int value);
extern void mo_out_flag(mo_out *json, const char *key, bool value);

#endif							/* MO_POWERBI_JSON_H */
