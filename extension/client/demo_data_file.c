/*
 * Writing files quickly: one buffer, no printf where rows are many, and no locale.
 *
 * A file that cannot be written ends the program: nothing useful can follow.
 */
#include "demo_data.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BUFFER_SIZE (1 << 18)

static void
cannot_write(const dd_file *file)
{
	fprintf(stderr, "modash demo-data: cannot write %s: %s\n", file->path, strerror(errno));
	exit(DD_CANNOT_WRITE);
}

void
dd_open(const dd_world *world, dd_file *file, const char *name)
{
	size_t		directory = strlen(world->directory);

	memset(file, 0, sizeof *file);
	if (directory + strlen(name) + 2 > sizeof file->path)
	{
		strcpy(file->path, "a file whose name is too long");
		errno = ENAMETOOLONG;
		cannot_write(file);
	}
	memcpy(file->path, world->directory, directory);
	file->path[directory] = '/';
	strcpy(file->path + directory + 1, name);
	file->name = file->path + directory + 1;
	file->fd = open(file->path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
	file->buffer = malloc(BUFFER_SIZE);
	if (file->fd < 0 || !file->buffer)
		cannot_write(file);
}

void
dd_flush(dd_file *file)
{
	size_t		done = 0;

	while (done < file->used)
	{
		ssize_t		n = write(file->fd, file->buffer + done, file->used - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			cannot_write(file);
		done += (size_t) n;
	}
	file->bytes += (int64_t) done;
	file->used = 0;
}

void
dd_close(dd_file *file)
{
	dd_flush(file);
	if (close(file->fd) != 0)
		cannot_write(file);
	free(file->buffer);
	file->buffer = NULL;
	dd_note_file(file->name, file->rows, file->bytes);
}

char *
dd_room(dd_file *file, size_t needed)
{
	if (file->used + needed > BUFFER_SIZE)
		dd_flush(file);
	return file->buffer + file->used;
}

void
dd_took(dd_file *file, const char *end)
{
	file->used = (size_t) (end - file->buffer);
}

void
dd_text(dd_file *file, const char *text)
{
	size_t		length = strlen(text);

	memcpy(dd_room(file, length), text, length);
	file->used += length;
}

/* For small files only; the formats used are %d, %s and %c, which no locale changes. */
void
dd_format(dd_file *file, const char *format, ...)
{
	va_list		arguments;
	int			length;

	va_start(arguments, format);
	length = vsnprintf(dd_room(file, 4096), 4096, format, arguments);
	va_end(arguments);
	if (length < 0 || length >= 4096)
		abort();
	file->used += (size_t) length;
}

char *
dd_put(char *at, const char *text)
{
	size_t		length = strlen(text);

	memcpy(at, text, length);
	return at + length;
}

char *
dd_put_int(char *at, int64_t value)
{
	char		digits[20];
	int			n = 0;
	uint64_t	rest = value < 0 ? 0 - (uint64_t) value : (uint64_t) value;

	if (value < 0)
		*at++ = '-';
	do
		digits[n++] = (char) ('0' + rest % 10);
	while (rest /= 10);
	while (n)
		*at++ = digits[--n];
	return at;
}

/* A number of 1e-5 units with 0 to 5 decimals; what is beyond them is cut. */
char *
dd_put_e5(char *at, int64_t value, int decimals)
{
	int64_t		part = value % 100000;

	at = dd_put_int(at, value / 100000);
	if (decimals)
		*at++ = '.';
	for (int64_t unit = 10000; decimals > 0; decimals--, unit /= 10)
		*at++ = (char) ('0' + part / unit % 10);
	return at;
}

char *
dd_put_date(char *at, int32_t day)
{
	dd_date		date;

	if (day == DD_NEVER)
		return at;
	date = dd_civil(day);
	at = dd_put_int(at, date.year);
	*at++ = '-';
	*at++ = (char) ('0' + date.month / 10);
	*at++ = (char) ('0' + date.month % 10);
	*at++ = '-';
	*at++ = (char) ('0' + date.day / 10);
	*at++ = (char) ('0' + date.day % 10);
	return at;
}

char *
dd_put_field(char *at, const char *text)
{
	if (!strpbrk(text, ",\"\r\n"))
		return dd_put(at, text);
	*at++ = '"';
	for (; *text; text++)
	{
		if (*text == '"')
			*at++ = '"';
		*at++ = *text;
	}
	*at++ = '"';
	return at;
}

const char *
dd_iso(int32_t day)
{
	static char turning[8][16];
	static int	turn;
	char	   *text = turning[turn++ & 7];

	*dd_put_date(text, day) = '\0';
	return text;
}

const char *
dd_stamp(int32_t day, int minute)
{
	static char turning[4][32];
	static int	turn;
	char	   *text = turning[turn++ & 3];
	char	   *at = text;

	*at = '\0';
	if (day == DD_NEVER)
		return text;
	at = dd_put_date(at, day + minute / 1440);
	minute %= 1440;
	snprintf(at, 16, "T%02d:%02d:00Z", minute / 60 % 24, minute % 60);
	return text;
}
