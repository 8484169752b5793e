#include "powerbi_json.h"

static void
write_text(FILE *out, const char *text)
{
	fputc('"', out);
	for (; *text != '\0'; text++)
	{
		unsigned char c = (unsigned char) *text;

		if (c == '"' || c == '\\')
			fputc('\\', out);
		if (c < 0x20)
			fprintf(out, "\\u%04x", c);
		else
			fputc(c, out);
	}
	fputc('"', out);
}

static void
new_line(const mo_out *json)
{
	fprintf(json->out, "\n%*s", 2 * json->depth, "");
}

static void
begin_value(mo_out *json, const char *key)
{
	if (json->filled[json->depth])
		fputc(',', json->out);
	json->filled[json->depth] = true;
	new_line(json);
	if (key != NULL)
	{
		write_text(json->out, key);
		fputs(": ", json->out);
	}
}

/* No document of ours is as deep as MO_OUT_DEPTH; one that were would stay on its last level and fail its test. */
static void
open_level(mo_out *json, char opening, char closing)
{
	fputc(opening, json->out);
	if (json->depth < MO_OUT_DEPTH - 1)
		json->depth++;
	json->closing[json->depth] = closing;
	json->filled[json->depth] = false;
}

void
mo_out_begin(mo_out *json, FILE *out)
{
	*json = (mo_out) {.out = out};
	open_level(json, '{', '}');
}

void
mo_out_finish(mo_out *json)
{
	while (json->depth > 0)
		mo_out_end(json);
	fputc('\n', json->out);
}

void
mo_out_object(mo_out *json, const char *key)
{
	begin_value(json, key);
	open_level(json, '{', '}');
}

void
mo_out_array(mo_out *json, const char *key)
{
	begin_value(json, key);
	open_level(json, '[', ']');
}

void
mo_out_end(mo_out *json)
{
	bool		filled = json->filled[json->depth];
	char		closing = json->closing[json->depth];

	json->depth--;
	if (filled)
		new_line(json);
	fputc(closing, json->out);
}

void
mo_out_ends(mo_out *json, int levels)
{
	while (levels-- > 0)
		mo_out_end(json);
}

void
mo_out_text(mo_out *json, const char *key, const char *value)
{
	begin_value(json, key);
	write_text(json->out, value);
}

void
mo_out_number(mo_out *json, const char *key, int value)
{
	begin_value(json, key);
	fprintf(json->out, "%d", value);
}

void
mo_out_flag(mo_out *json, const char *key, bool value)
{
	begin_value(json, key);
	fputs(value ? "true" : "false", json->out);
}
