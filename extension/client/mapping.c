#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "decimal.h"
#include "mapping.h"
#include "text.h"

static char *
trimmed(char *text)
{
	size_t		n;

	while (*text == ' ' || *text == '\t')
		text++;
	for (n = strlen(text); n > 0 && strchr(" \t\r\n", text[n - 1]) != NULL;)
		text[--n] = '\0';
	return text;
}

/* Copies a name without the double quotes it may be in. False: it is too long or empty. */
static bool
take_name(char *out, size_t size, char *text)
{
	size_t		n;

	text = trimmed(text);
	n = strlen(text);
	if (n >= 2 && text[0] == '"' && text[n - 1] == '"')
	{
		text[n - 1] = '\0';
		text++;
		n -= 2;
	}
	if (n == 0 || n >= size)
		return false;
	memcpy(out, text, n + 1);
	return true;
}

/* The right side of " / " or " * ". Returns what is wrong, or NULL. */
static const char *
take_operand(mo_mapping_line *line, char operation, char *operand)
{
	int64_t		number;
	bool		is_number;

	operand = trimmed(operand);
	is_number = mo_parse_count(operand, strlen(operand), 1000000, &number) == MO_NUMBER_OK;
	if (operation == '*' && is_number && number > 0)
		line->multiply = number;
	else if (operation == '*' && !is_number)
		return take_name(line->other, sizeof(line->other), operand) ? NULL : "the second column has no name";
	else if (operation == '/' && is_number)
	{
		for (; number > 1 && number % 10 == 0; number /= 10)
			line->divide_digits++;
		if (number != 1 || line->divide_digits > 5)
			return "can be divided by 10, 100, 1000, 10000 or 100000 only";
	}
	else
		return "can be multiplied by a column or a whole number, or divided by a power of ten";
	return NULL;
}

/* One "target = source" line. Returns what is wrong, or NULL. */
static const char *
take_line(mo_mapping_line *line, char *text)
{
	char	   *equals = strchr(text, '=');
	char	   *source;
	char	   *operation;
	size_t		n;

	if (equals == NULL)
		return "should read: target = source column";
	*equals = '\0';
	source = trimmed(equals + 1);
	if (!take_name(line->target, sizeof(line->target), text))
		return "has no target";
	line->multiply = 1;
	n = strlen(source);
	if (n >= 2 && source[0] == '\'' && source[n - 1] == '\'')
	{
		if (n - 2 >= sizeof(line->constant))
			return "the constant is too long";
		memcpy(line->constant, source + 1, n - 2);
		return NULL;
	}
	operation = strstr(source, " * ");
	if (operation == NULL)
		operation = strstr(source, " / ");
	if (operation != NULL)
	{
		const char *fault = take_operand(line, operation[1], operation + 3);

		if (fault != NULL)
			return fault;
		*operation = '\0';
	}
	return take_name(line->column, sizeof(line->column), source) ? NULL : "the source column has no name";
}

static bool
read_lines(mo_mapping *mapping, FILE *file, const char *name)
{
	char		text[512];
	mo_sha256	sha;

	mo_sha256_begin(&sha);
	for (int number = 1; fgets(text, sizeof(text), file) != NULL; number++)
	{
		char	   *start = trimmed(text);
		const char *fault = NULL;

		mo_sha256_add(&sha, text, strlen(text) + 1);
		if (number == 1 && strncmp(start, "\xEF\xBB\xBF", 3) == 0)
			start = trimmed(start + 3);
		if (*start == '\0' || *start == '#')
			continue;
		if (mapping->count == MO_MAPPING_MAX)
			fault = "too many lines";
		else
		{
			mapping->lines[mapping->count].line = number;
			fault = take_line(&mapping->lines[mapping->count], start);
			for (int i = 0; fault == NULL && i < mapping->count; i++)
				if (strcmp(mapping->lines[i].target, mapping->lines[mapping->count].target) == 0)
					fault = "gives the same target again";
			mapping->count++;
		}
		if (fault != NULL)
		{
			snprintf(mapping->error, sizeof(mapping->error), "%s:%d: %s", name, number, fault);
			return false;
		}
	}
	mo_sha256_hex(&sha, mapping->hash);
	return true;
}

bool
mo_mapping_read(mo_mapping *mapping, const char *path)
{
	FILE	   *file = fopen(path, "re");
	char		name[200];
	bool		good;

	memset(mapping, 0, sizeof(*mapping));
	mo_printable(path, strlen(path), name, sizeof(name));
	if (file == NULL)
	{
		snprintf(mapping->error, sizeof(mapping->error), "%s: cannot be opened: %s", name, strerror(errno));
		return false;
	}
	good = read_lines(mapping, file, name);
	if (good && (ferror(file) || mapping->count == 0))
	{
		snprintf(mapping->error, sizeof(mapping->error), "%s: has no mapping in it", name);
		good = false;
	}
	fclose(file);
	return good;
}
