#include "prescribing_block.h"

#include <math.h>
#include <string.h>

#define UNIDENTIFIED 1
#define SAME_PRACTICE 2
#define GIVEN 4					/* the first of six: shifted left for the others */
#define NUMBERS 6

static const unsigned char magic[4] = {'M', 'O', 'P', '1'};

static inline uint32_t
little4(uint32_t value)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	return __builtin_bswap32(value);
#else
	return value;
#endif
}

static inline uint64_t
little8(uint64_t value)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	return __builtin_bswap64(value);
#else
	return value;
#endif
}

static inline void
put4(unsigned char *out, int32_t value)
{
	uint32_t	wire = little4((uint32_t) value);

	memcpy(out, &wire, 4);
}

static inline int32_t
get4(const unsigned char *in)
{
	uint32_t	wire;

	memcpy(&wire, in, 4);
	return (int32_t) little4(wire);
}

void
mo_block_begin(mo_block_writer *writer, int32_t batch_id, int32_t month)
{
	memcpy(writer->data, magic, 4);
	put4(writer->data + 4, batch_id);
	put4(writer->data + 8, month);
	writer->used = MO_BLOCK_HEADER;
	writer->rows = 0;
	writer->practice_at = 0;
	writer->practice_length = 0;
}

static inline unsigned char *
put_text(unsigned char *out, const char *text, size_t length)
{
	*out++ = (unsigned char) length;
	memcpy(out, text, length);
	return out + length;
}

static inline unsigned char *
put_number(unsigned char *out, const void *value, bool given, int place, unsigned *flags)
{
	uint64_t	wire;

	if (!given)
		return out;
	*flags |= (unsigned) GIVEN << place;
	memcpy(&wire, value, 8);
	wire = little8(wire);
	memcpy(out, &wire, 8);
	return out + 8;
}

void
mo_block_put(mo_block_writer *writer, const mo_prescription *row)
{
	unsigned char *start = writer->data + writer->used;
	unsigned char *out = start + 1;
	unsigned	flags = row->unidentified ? UNIDENTIFIED : 0;

	if (writer->practice_at > 0 && row->practice_length == writer->practice_length &&
		memcmp(writer->data + writer->practice_at, row->practice, row->practice_length) == 0)
		flags |= SAME_PRACTICE;
	else
	{
		writer->practice_at = writer->used + 2;
		writer->practice_length = row->practice_length;
		out = put_text(out, row->practice, row->practice_length);
	}
	out = put_text(out, row->bnf, row->bnf_length);
	put4(out, (int32_t) row->items);
	out += 4;
	for (int i = 0; i < 3; i++)
		out = put_number(out, &row->quantity[i], !isnan(row->quantity[i]), i, &flags);
	for (int i = 0; i < 2; i++)
		out = put_number(out, &row->money[i], row->money[i] != INT64_MIN, 3 + i, &flags);
	out = put_number(out, &row->snomed, row->snomed != 0, 5, &flags);
	*start = (unsigned char) flags;
	writer->used = (size_t) (out - writer->data);
	writer->rows++;
}

void
mo_block_end(mo_block_writer *writer)
{
	put4(writer->data + 12, writer->rows);
}

bool
mo_block_open(mo_block_reader *reader, const void *data, size_t size)
{
	const unsigned char *bytes = data;

	memset(reader, 0, sizeof(*reader));
	if (size < MO_BLOCK_HEADER || memcmp(bytes, magic, 4) != 0)
		return false;
	reader->batch_id = get4(bytes + 4);
	reader->month = get4(bytes + 8);
	reader->left = get4(bytes + 12);
	reader->at = bytes + MO_BLOCK_HEADER;
	reader->end = bytes + size;
	return reader->left >= 0;
}

/* A code of capital letters and digits; NULL: it is none. */
static inline const char *
take_code(mo_block_reader *reader, size_t least, size_t most, bool may_be_dash, size_t *length)
{
	const unsigned char *text = reader->at + 1;
	size_t		n;

	if (reader->at >= reader->end || (n = *reader->at) < least || n > most || n > (size_t) (reader->end - text))
		return NULL;
	if (!(may_be_dash && n == 1 && text[0] == '-'))
		for (size_t i = 0; i < n; i++)
			if ((unsigned) text[i] - '0' > 9 && (unsigned) text[i] - 'A' > 25)
				return NULL;
	reader->at = text + n;
	*length = n;
	return (const char *) text;
}

/* The numbers that are given, the others as what stands for not given. */
static inline bool
take_numbers(mo_block_reader *reader, unsigned flags, mo_prescription *row)
{
	uint64_t	number[NUMBERS];

	for (int i = 0; i < NUMBERS; i++)
	{
		number[i] = 0;
		if (!(flags & (unsigned) GIVEN << i))
			continue;
		if (reader->end - reader->at < 8)
			return false;
		memcpy(&number[i], reader->at, 8);
		number[i] = little8(number[i]);
		reader->at += 8;
	}
	for (int i = 0; i < 3; i++)
	{
		memcpy(&row->quantity[i], &number[i], 8);
		if (!(flags & (unsigned) GIVEN << i))
			row->quantity[i] = NAN;
		else if (!(row->quantity[i] >= 0 && row->quantity[i] <= 1e300))
			return false;
	}
	for (int i = 0; i < 2; i++)
	{
		row->money[i] = (int64_t) number[3 + i];
		if (!(flags & (unsigned) GIVEN << (3 + i)))
			row->money[i] = INT64_MIN;
		else if (row->money[i] == INT64_MIN)
			return false;
	}
	row->snomed = (int64_t) number[5];
	return row->snomed > 0 || !(flags & (unsigned) GIVEN << 5);
}

mo_block_result
mo_block_next(mo_block_reader *reader, mo_prescription *row)
{
	unsigned	flags;

	if (reader->left == 0)
		return reader->at == reader->end ? MO_BLOCK_END : MO_BLOCK_DAMAGED;
	if (reader->at >= reader->end)
		return MO_BLOCK_DAMAGED;
	flags = *reader->at++;
	row->unidentified = (flags & UNIDENTIFIED) != 0;
	if (!(flags & SAME_PRACTICE))
		reader->practice = take_code(reader, 1, MO_PRACTICE_MAX, true, &reader->practice_length);
	row->practice = reader->practice;
	row->practice_length = reader->practice_length;
	if (row->practice == NULL || (row->practice[0] == '-' && !row->unidentified))
		return MO_BLOCK_DAMAGED;
	row->bnf = take_code(reader, MO_BNF_MIN, MO_BNF_MAX, false, &row->bnf_length);
	if (row->bnf == NULL || reader->end - reader->at < 4)
		return MO_BLOCK_DAMAGED;
	row->items = get4(reader->at);
	reader->at += 4;
	if (row->items < 0 || !take_numbers(reader, flags, row))
		return MO_BLOCK_DAMAGED;
	reader->left--;
	return MO_BLOCK_ROW;
}
