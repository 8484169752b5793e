#include <string.h>

#include "json.h"

void
mo_json_begin(mo_json *json, const char *text, size_t length)
{
	*json = (mo_json) {.at = text, .end = text + length, .line = 1};
	if (length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0)
		json->at += 3;
}

static void
skip_blanks(mo_json *json)
{
	for (; json->at < json->end && memchr(" \t\r\n", *json->at, 4) != NULL; json->at++)
		json->line += *json->at == '\n';
}

static bool
wrong(mo_json *json, const char *fault)
{
	if (json->fault == NULL)
		json->fault = fault;
	return false;
}

bool
mo_json_accept(mo_json *json, char c)
{
	skip_blanks(json);
	if (json->fault != NULL || json->at == json->end || *json->at != c)
		return false;
	json->at++;
	return true;
}

bool
mo_json_expect(mo_json *json, char c)
{
	if (mo_json_accept(json, c))
		return true;
	if (json->at == json->end)
		return wrong(json, "the document ends too early: it is truncated");
	return wrong(json, "the document is not valid JSON");
}

static void
put(char *out, size_t size, size_t *used, unsigned code)
{
	char		bytes[4];
	size_t		n = 0;

	if (code < 0x80)
		bytes[n++] = (char) code;
	else if (code < 0x800)
		bytes[n++] = (char) (0xC0 | code >> 6);
	else if (code < 0x10000)
	{
		bytes[n++] = (char) (0xE0 | code >> 12);
		bytes[n++] = (char) (0x80 | (code >> 6 & 0x3F));
	}
	else
	{
		bytes[n++] = (char) (0xF0 | code >> 18);
		bytes[n++] = (char) (0x80 | (code >> 12 & 0x3F));
		bytes[n++] = (char) (0x80 | (code >> 6 & 0x3F));
	}
	if (code >= 0x80)
		bytes[n++] = (char) (0x80 | (code & 0x3F));
	if (*used + n < size)
	{
		memcpy(out + *used, bytes, n);
		*used += n;
	}
}

static bool
hex4(mo_json *json, unsigned *code)
{
	*code = 0;
	if (json->end - json->at < 4)
		return wrong(json, "the document ends too early: it is truncated");
	for (int i = 0; i < 4; i++)
	{
		static const char digits[] = "0123456789abcdef";
		const char *found = memchr(digits, *json->at | (*json->at >= 'A' ? 0x20 : 0), 16);

		if (found == NULL)
			return wrong(json, "the document is not valid JSON");
		*code = *code * 16 + (unsigned) (found - digits);
		json->at++;
	}
	return true;
}

/* After a backslash. */
static bool
escape(mo_json *json, char *out, size_t size, size_t *used)
{
	static const char letters[] = "\"\\/bfnrt";
	static const char meaning[] = "\"\\/\b\f\n\r\t";
	const char *found;
	unsigned	code;
	unsigned	low;

	if (json->at == json->end)
		return wrong(json, "the document ends too early: it is truncated");
	if (*json->at == 'u')
	{
		json->at++;
		if (!hex4(json, &code))
			return false;
		if (code >= 0xD800 && code < 0xDC00)
		{
			if (json->end - json->at < 2 || json->at[0] != '\\' || json->at[1] != 'u')
				return wrong(json, "the document is not valid JSON");
			json->at += 2;
			if (!hex4(json, &low) || low < 0xDC00 || low > 0xDFFF)
				return wrong(json, "the document is not valid JSON");
			code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
		}
		if (code == 0 || (code >= 0xD800 && code < 0xE000))
			return wrong(json, "the document is not valid JSON");
		put(out, size, used, code);
		return true;
	}
	found = memchr(letters, *json->at, sizeof(letters) - 1);
	if (found == NULL)
		return wrong(json, "the document is not valid JSON");
	put(out, size, used, (unsigned char) meaning[found - letters]);
	json->at++;
	return true;
}

bool
mo_json_string(mo_json *json, char *out, size_t size)
{
	size_t		used = 0;

	out[0] = '\0';
	if (!mo_json_expect(json, '"'))
		return false;
	while (json->at < json->end && *json->at != '"')
	{
		unsigned char c = (unsigned char) *json->at++;

		if (c < 0x20)
			return wrong(json, "the document is not valid JSON");
		if (c == '\\')
		{
			if (!escape(json, out, size, &used))
				return false;
		}
		else if (used + 1 < size)
			out[used++] = (char) c;
	}
	out[used] = '\0';
	return mo_json_expect(json, '"');
}

bool
mo_json_skip(mo_json *json)
{
	char		text[8];
	const char *start;
	bool		is_object = mo_json_accept(json, '{');

	if (is_object || mo_json_accept(json, '['))
	{
		char		close = is_object ? '}' : ']';
		bool		good = true;

		if (++json->depth > MO_JSON_DEPTH)
			return wrong(json, "the document is nested too deeply");
		if (!mo_json_accept(json, close))
		{
			do
				good = (!is_object || (mo_json_string(json, text, sizeof(text)) && mo_json_expect(json, ':'))) && mo_json_skip(json);
			while (good && mo_json_accept(json, ','));
			good = good && mo_json_expect(json, close);
		}
		json->depth--;
		return good;
	}
	if (json->at < json->end && *json->at == '"')
		return mo_json_string(json, text, sizeof(text));
	start = json->at;
	while (json->at < json->end && strchr("+-.0123456789abcdefghijklmnopqrstuvwxyzE", *json->at) != NULL && *json->at != '\0')
		json->at++;
	return json->at > start || mo_json_expect(json, '"');
}

bool
mo_json_at_end(mo_json *json)
{
	skip_blanks(json);
	return json->fault == NULL && json->at == json->end;
}
