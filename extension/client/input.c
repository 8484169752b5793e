#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "input.h"

#define RAW_SIZE ((size_t) 1 << 18)
/* At a time: what has been read and hashed is still in the cache when it is taken apart. */
#define PLAIN_SIZE ((size_t) 1 << 18)
/* Of the longest of those by which a kind of file is known. */
#define KIND_BYTES 4

/* Reads on, hashing. Returns bytes got, 0 at the end, -1 on an error. */
static ssize_t
read_hashed(mo_input *input, void *buffer, size_t size)
{
	ssize_t		got;

	do
		got = read(input->file, buffer, size);
	while (got < 0 && errno == EINTR);
	if (got < 0)
	{
		snprintf(input->error, sizeof(input->error), "cannot be read: %s", strerror(errno));
		return -1;
	}
	input->at_end = got == 0;
	input->read_bytes += got;
	if (!input->hashed_later)
		mo_sha256_add(&input->sha, buffer, (size_t) got);
	return got;
}

/* The same into the raw buffer. */
static ssize_t
read_raw(mo_input *input)
{
	ssize_t		got = read_hashed(input, input->raw, RAW_SIZE);

	input->raw_start = 0;
	input->raw_end = got > 0 ? (size_t) got : 0;
	return got;
}

/* The first bytes, as many as tell what kind of file it is: a pipe may give them one by one. */
static bool
read_first(mo_input *input)
{
	ssize_t		got = 1;

	while (input->raw_end < KIND_BYTES && got > 0)
	{
		got = read_hashed(input, input->raw + input->raw_end, RAW_SIZE - input->raw_end);
		input->raw_end += got > 0 ? (size_t) got : 0;
	}
	return got >= 0;
}

/* Kinds of file that people take for CSV, by their first bytes. */
static const char *
mistaken_for_csv(const unsigned char *bytes, size_t length)
{
	if (length >= 4 && memcmp(bytes, "PK\003\004", 4) == 0)
		return "is a zip archive or an Excel workbook: unpack it, or save it as CSV UTF-8";
	if (length >= 2 && (memcmp(bytes, "\xFF\xFE", 2) == 0 || memcmp(bytes, "\xFE\xFF", 2) == 0))
		return "is UTF-16 text: save it as CSV UTF-8";
	if (length >= 4 && memcmp(bytes, "\xD0\xCF\x11\xE0", 4) == 0)
		return "is an old Excel workbook: save it as CSV UTF-8";
	return NULL;
}

bool
mo_input_open(mo_input *input, const char *path)
{
	struct stat about;
	const char *mistake;

	memset(input, 0, sizeof(*input));
	mo_sha256_begin(&input->sha);
	input->file = open(path, O_RDONLY | O_CLOEXEC);
	input->raw = malloc(RAW_SIZE);
	if (input->file < 0 || fstat(input->file, &about) != 0 || input->raw == NULL)
	{
		snprintf(input->error, sizeof(input->error), "cannot be opened: %s", strerror(errno));
		return false;
	}
	if (S_ISDIR(about.st_mode))
	{
		snprintf(input->error, sizeof(input->error), "is a directory, not a file");
		return false;
	}
	input->file_bytes = S_ISREG(about.st_mode) ? (int64_t) about.st_size : 0;
	if (!read_first(input))
		return false;
	if (input->raw_end == 0)
	{
		snprintf(input->error, sizeof(input->error), "is empty");
		return false;
	}
	mistake = mistaken_for_csv(input->raw, input->raw_end);
	if (mistake != NULL)
	{
		snprintf(input->error, sizeof(input->error), "%s", mistake);
		return false;
	}
	input->is_gzip = input->raw_end >= 2 && input->raw[0] == 0x1F && input->raw[1] == 0x8B;
	/* 16 + 15: gzip wrapping, whose checksum zlib verifies */
	if (input->is_gzip && inflateInit2(&input->zip, 16 + 15) != Z_OK)
	{
		snprintf(input->error, sizeof(input->error), "out of memory");
		return false;
	}
	input->inflating = input->is_gzip;
	input->in_member = input->is_gzip;
	return true;
}

void
mo_input_close(mo_input *input)
{
	if (input->inflating)
		inflateEnd(&input->zip);
	if (input->file >= 0)
		close(input->file);
	free(input->raw);
	input->raw = NULL;
	input->inflating = false;
	input->file = -1;
}

/* What is left of the first bytes, then straight into the buffer. */
static ssize_t
read_plain(mo_input *input, char *buffer, size_t size)
{
	size_t		have = input->raw_end - input->raw_start;

	if (have == 0)
		return input->at_end ? 0 : read_hashed(input, buffer, size < PLAIN_SIZE ? size : PLAIN_SIZE);
	if (have > size)
		have = size;
	memcpy(buffer, input->raw + input->raw_start, have);
	input->raw_start += have;
	return (ssize_t) have;
}

/* Several gzip members may follow each other, as `cat a.gz b.gz` makes them. */
static ssize_t
read_gzip(mo_input *input, char *buffer, size_t size)
{
	z_stream   *zip = &input->zip;

	zip->next_out = (Bytef *) buffer;
	zip->avail_out = (uInt) size;
	while (zip->avail_out > 0)
	{
		int			result;

		if (input->raw_start == input->raw_end && !input->at_end && read_raw(input) < 0)
			return -1;
		if (input->raw_start == input->raw_end)
		{
			if (!input->in_member)
				break;
			snprintf(input->error, sizeof(input->error), "is truncated: the gzip data end too early");
			return -1;
		}
		input->in_member = true;
		zip->next_in = input->raw + input->raw_start;
		zip->avail_in = (uInt) (input->raw_end - input->raw_start);
		result = inflate(zip, Z_NO_FLUSH);
		input->raw_start = input->raw_end - zip->avail_in;
		if (result == Z_STREAM_END)
		{
			input->in_member = false;
			inflateReset(zip);
		}
		else if (result != Z_OK && result != Z_BUF_ERROR)
		{
			snprintf(input->error, sizeof(input->error), "is damaged: gzip says %s",
					 zip->msg != NULL ? zip->msg : "the data are not valid");
			return -1;
		}
	}
	return (ssize_t) (size - zip->avail_out);
}

ssize_t
mo_input_read(void *source, char *buffer, size_t size)
{
	mo_input   *input = source;
	ssize_t		got = input->is_gzip ? read_gzip(input, buffer, size) : read_plain(input, buffer, size);

	if (got > 0)
		input->text_bytes += got;
	return got;
}

mo_sha256 *
mo_input_hash_later(mo_input *input)
{
	if (input->is_gzip || input->text_bytes > 0)
		return NULL;
	input->hashed_later = true;
	mo_sha256_begin(&input->sha);	/* what has been read is handed out, and hashed, again */
	return &input->sha;
}

bool
mo_input_skim(mo_input *input, void *buffer, size_t size)
{
	if (input->hashed_later)
		mo_sha256_add(&input->sha, input->raw + input->raw_start, input->raw_end - input->raw_start);
	input->hashed_later = false;
	return !input->at_end && read_hashed(input, buffer, size) > 0;
}

bool
mo_input_hash(const char *path, char *hex)
{
	mo_input	input;
	bool		good = mo_input_open(&input, path);

	while (good && !input.at_end)
		good = read_raw(&input) >= 0;
	if (good)
		mo_sha256_hex(&input.sha, hex);
	mo_input_close(&input);
	return good;
}
