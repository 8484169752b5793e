#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "modash.h"
#include "powerbi.h"
#include "sha256.h"

void *
mo_need(void *memory)
{
	if (memory == NULL)
	{
		fputs("modash: out of memory\n", stderr);
		exit(MO_EXIT_FILE);
	}
	return memory;
}

char *
mo_format(const char *format, ...)
{
	va_list		args;
	char	   *text = NULL;
	size_t		length = 0;
	FILE	   *out = mo_need(open_memstream(&text, &length));

	va_start(args, format);
	vfprintf(out, format, args);
	va_end(args);
	if (fclose(out) != 0)
		mo_need(NULL);
	return mo_need(text);
}

/* Version 8 of RFC 9562: bits of our own, here of a digest. */
const char *
mo_uuid(char *out, const char *kind, const char *name)
{
	mo_sha256	sha;
	char		hex[MO_SHA256_HEX];

	mo_sha256_begin(&sha);
	mo_sha256_add(&sha, "mo_dashboard", sizeof("mo_dashboard"));
	mo_sha256_add(&sha, kind, strlen(kind) + 1);
	mo_sha256_add(&sha, name, strlen(name) + 1);
	mo_sha256_hex(&sha, hex);
	snprintf(out, MO_UUID_TEXT, "%.8s-%.4s-8%.3s-a%.3s-%.12s", hex, hex + 8, hex + 13, hex + 17, hex + 20);
	return out;
}

/* Words that are not written as they are spelt in the database. */
static const char *
word_title(const char *word, size_t length)
{
	static const char *const words[][2] = {
		{"org", "organisation"}, {"kpi", "KPI"}, {"pcn", "PCN"}, {"icb", "ICB"}, {"spc", "SPC"}, {"gp", "GP"}, {"rag", "RAG"},
		{"sea", "SEA"}, {"utc", "(UTC)"}, {"rps", "RPS"}, {"excel", "Excel"}, {"bi", "BI"},
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strlen(words[i][0]) == length && strncmp(words[i][0], word, length) == 0)
			return words[i][1];
	return NULL;
}

/* Words apart, the first with a capital, abbreviations as people write them. */
static char *
title_of(const char *name, size_t length)
{
	char	   *text = NULL;
	size_t		size = 0;
	FILE	   *out = mo_need(open_memstream(&text, &size));
	size_t		from = 0;

	while (from < length)
	{
		size_t		to = from;
		const char *known;

		while (to < length && name[to] != '_')
			to++;
		known = word_title(name + from, to - from);
		if (from > 0)
			fputc(' ', out);
		if (to > from)
		{
			const char *word = known != NULL ? known : name + from;

			fputc(from == 0 ? toupper((unsigned char) word[0]) : word[0], out);
			fprintf(out, "%.*s", known != NULL ? (int) strlen(known) - 1 : (int) (to - from) - 1, word + 1);
		}
		from = to + 1;
	}
	if (fclose(out) != 0)
		mo_need(NULL);
	return mo_need(text);
}

char *
mo_table_title(const char *view)
{
	if (strcmp(view, "fact_kpi") == 0)
		return mo_format("KPI figures");
	if (strcmp(view, "fact_kpi_part") == 0)
		return mo_format("KPI parts");
	if (strncmp(view, "dim_", 4) == 0 && view[4] != '\0')
		view += 4;
	return title_of(view, strlen(view));
}

/* A heading does not need to say that it is a label or a narrative, unless another column has the name without. */
char *
mo_column_title(const char *column, bool whole)
{
	static const char *const suffixes[] = {"_label", "_narrative", "_text"};
	size_t		length = strlen(column);

	for (size_t i = 0; !whole && i < sizeof(suffixes) / sizeof(suffixes[0]); i++)
	{
		size_t		suffix = strlen(suffixes[i]);

		if (length > suffix && strcmp(column + length - suffix, suffixes[i]) == 0)
			return title_of(column, length - suffix);
	}
	return title_of(column, length);
}

/* The text with each `quote` doubled, between `open` and `close`. */
static char *
quoted(const char *text, char quote, char open, char close)
{
	char	   *out = mo_need(malloc(2 * strlen(text) + 3));
	char	   *p = out;

	*p++ = open;
	for (; *text != '\0'; text++)
	{
		if (*text == quote)
			*p++ = quote;
		*p++ = *text;
	}
	*p++ = close;
	*p = '\0';
	return out;
}

char *
mo_tmdl_name(const char *name)
{
	for (const char *p = name; *p != '\0' || p == name; p++)
		if (!isalnum((unsigned char) *p) && *p != '_')
			return quoted(name, '\'', '\'', '\'');
	return mo_format("%s", name);
}

char *
mo_dax_table(const char *name)
{
	return quoted(name, '\'', '\'', '\'');
}

char *
mo_dax_text(const char *text)
{
	return quoted(text, '"', '"', '"');
}

/* In M a # before a parenthesis begins an escape, so it is escaped itself; and so are control characters. */
char *
mo_m_text(const char *text)
{
	char	   *escaped = mo_need(malloc(7 * strlen(text) + 1));
	char	   *p = escaped;
	char	   *result;

	for (; *text != '\0'; text++)
	{
		if ((unsigned char) *text < 0x20)
			p += sprintf(p, "#(%04X)", (unsigned char) *text);
		else if (text[0] == '#' && text[1] == '(')
			p += sprintf(p, "#(#)");
		else
			*p++ = *text;
	}
	*p = '\0';
	result = quoted(escaped, '"', '"', '"');
	free(escaped);
	return result;
}

void
mo_tmdl_expression(const char *dax, FILE *out)
{
	if (strchr(dax, '\n') == NULL)
	{
		fprintf(out, " %s\n", dax);
		return;
	}
	fputs("\n\t\t\t", out);
	for (const char *p = dax; *p != '\0'; p++)
		fprintf(out, *p == '\n' ? "\n\t\t\t" : "%c", *p);
	fputc('\n', out);
}

/* Windows, too, has to like it: anything but plain characters becomes _, and a digest tells such names apart. */
char *
mo_file_name(const char *name)
{
	char	   *safe = mo_format("%s", name);
	char	   *told_apart;
	char		uuid[MO_UUID_TEXT];
	bool		changed = strlen(name) > 60;

	for (char *p = safe; *p != '\0'; p++)
		if (!isalnum((unsigned char) *p) && strchr("_- @", *p) == NULL)
		{
			*p = '_';
			changed = true;
		}
	if (!changed)
		return safe;
	told_apart = mo_format("%.50s %.8s", safe, mo_uuid(uuid, "file", name));
	free(safe);
	return told_apart;
}
