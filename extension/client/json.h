/*
 * json.h
 *		A reader of JSON documents, value by value, that knows on which line it is. For small documents in memory.
 */
#ifndef MO_JSON_H
#define MO_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MO_JSON_DEPTH 32

typedef struct mo_json
{
	const char *at;
	const char *end;
	int64_t		line;
	int			depth;
	const char *fault;			/* what is wrong, NULL while nothing is */
} mo_json;

extern void mo_json_begin(mo_json *json, const char *text, size_t length);
/* Blanks, then whether the next character is c, which is consumed if so. */
extern bool mo_json_accept(mo_json *json, char c);
/* As accept, but anything else is a fault. */
extern bool mo_json_expect(mo_json *json, char c);
/* A string, escapes undone, terminated; cut when it does not fit. */
extern bool mo_json_string(mo_json *json, char *out, size_t size);
/* Any value, ignored. */
extern bool mo_json_skip(mo_json *json);
/* Nothing but blanks is left. */
extern bool mo_json_at_end(mo_json *json);

#endif							/* MO_JSON_H */
