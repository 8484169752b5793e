/* Rows survive packing, whatever is not given; a changed, cut or added byte is refused or gives a row that is still sound. */
#include "tap.h"

#include "stats/prescribing_block.h"

#define ROWS 500

static unsigned char data[ROWS * MO_BLOCK_ROW_MAX + MO_BLOCK_HEADER];

static const char *
random_code(char *out, size_t least, size_t most, size_t *length)
{
	static const char letters[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

	*length = least + (size_t) rand() % (most - least + 1);
	for (size_t i = 0; i < *length; i++)
		out[i] = letters[rand() % 36];
	return out;
}

static int64_t
random_int8(void)
{
	return ((int64_t) (rand() % 1000000) << 40) ^ ((int64_t) rand() << 10) ^ rand();
}

static void
random_row(mo_prescription *row, char *practice, char *bnf, const mo_prescription *before)
{
	row->unidentified = rand() % 10 == 0;
	row->practice = random_code(practice, 1, MO_PRACTICE_MAX, &row->practice_length);
	if (row->unidentified && rand() % 2)
	{
		practice[0] = '-';
		row->practice_length = 1;
	}
	else if (before != NULL && rand() % 2 && before->practice[0] != '-')
	{
		row->practice_length = before->practice_length;
		memcpy(practice, before->practice, before->practice_length);
	}
	row->bnf = random_code(bnf, MO_BNF_MIN, MO_BNF_MAX, &row->bnf_length);
	row->items = rand() % 5 == 0 ? INT32_MAX : rand() % 1000;
	for (int i = 0; i < 3; i++)
		row->quantity[i] = rand() % 4 == 0 ? NAN : rand() * 0.37;
	for (int i = 0; i < 2; i++)
		row->money[i] = rand() % 4 == 0 ? INT64_MIN : random_int8() * (rand() % 2 ? 1 : -1);
	row->snomed = rand() % 2 ? 0 : random_int8() % INT64_C(1000000000000000000) + 1;
}

static int
same_number(double one, double other)
{
	return one == other || (isnan(one) && isnan(other));
}

static int
same_row(const mo_prescription *one, const mo_prescription *other)
{
	return one->unidentified == other->unidentified && one->practice_length == other->practice_length &&
		memcmp(one->practice, other->practice, one->practice_length) == 0 && one->bnf_length == other->bnf_length &&
		memcmp(one->bnf, other->bnf, one->bnf_length) == 0 && one->items == other->items &&
		same_number(one->quantity[0], other->quantity[0]) && same_number(one->quantity[1], other->quantity[1]) &&
		same_number(one->quantity[2], other->quantity[2]) && one->money[0] == other->money[0] && one->money[1] == other->money[1] &&
		one->snomed == other->snomed;
}

/* What a file's reader would have let pass. */
static int
is_sound(const mo_prescription *row)
{
	int			sound = row->items >= 0 && row->items <= INT32_MAX && row->snomed >= 0 && row->practice_length >= 1 &&
	row->practice_length <= MO_PRACTICE_MAX && row->bnf_length >= MO_BNF_MIN && row->bnf_length <= MO_BNF_MAX;

	for (int i = 0; i < 3; i++)
		sound = sound && (isnan(row->quantity[i]) || (row->quantity[i] >= 0 && row->quantity[i] <= 1e300));
	for (size_t i = 0; i < row->bnf_length; i++)
		sound = sound && strchr("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", row->bnf[i]) != NULL && row->bnf[i] != '\0';
	return sound;
}

/* Reads to the end in memory of just that size, so that a byte too far is seen. Rows read; -1 when refused. */
static int
read_all(const void *bytes, size_t size, int *unsound)
{
	unsigned char *copy = malloc(size + (size == 0));
	mo_block_reader reader;
	mo_prescription row;
	mo_block_result result;
	int			rows = 0;

	memcpy(copy, bytes, size);
	if (!mo_block_open(&reader, copy, size))
	{
		free(copy);
		return -1;
	}
	for (; (result = mo_block_next(&reader, &row)) == MO_BLOCK_ROW; rows++)
		*unsound += !is_sound(&row);
	free(copy);
	return result == MO_BLOCK_END ? rows : -1;
}

static size_t
round_trip(int count)
{
	static char practices[ROWS][MO_PRACTICE_MAX];
	static char codes[ROWS][MO_BNF_MAX];
	static mo_prescription rows[ROWS];
	mo_block_writer writer = {.data = data};
	mo_block_reader reader;
	mo_prescription row;
	int			different = 0;
	int			seen = 0;

	mo_block_begin(&writer, 7, 9000);
	for (int i = 0; i < count; i++)
	{
		random_row(&rows[i], practices[i], codes[i], i > 0 ? &rows[i - 1] : NULL);
		mo_block_put(&writer, &rows[i]);
	}
	mo_block_end(&writer);
	ok(mo_block_open(&reader, data, writer.used) && reader.batch_id == 7 && reader.month == 9000 && reader.left == count, "the header of %d rows", count);
	while (mo_block_next(&reader, &row) == MO_BLOCK_ROW && seen < count)
		different += !same_row(&row, &rows[seen++]);
	ok(seen == count && different == 0 && mo_block_next(&reader, &row) == MO_BLOCK_END, "%d rows come back as they were", count);
	return writer.used;
}

int
main(void)
{
	int			unsound = 0;
	int			accepted = 0;
	size_t		used;

	srand(1);
	round_trip(0);
	round_trip(ROWS);
	used = round_trip(40);
	for (size_t i = 0; i < used; i++)
		accepted += read_all(data, i, &unsound) >= 0;
	is_int(accepted, 0, "a block that is cut is refused, wherever");
	data[used] = 0;
	is_int(read_all(data, used + 1, &unsound), -1, "a byte too many is refused");
	for (size_t i = 0; i < used; i++)
		for (int bit = 0; bit < 8; bit++)
		{
			data[i] ^= (unsigned char) (1 << bit);
			read_all(data, used, &unsound);
			data[i] ^= (unsigned char) (1 << bit);
		}
	for (int i = 0; i < 20000; i++)
	{
		unsigned char junk[300];

		memcpy(junk, data, sizeof(junk));
		for (int j = rand() % 20; j >= 0; j--)
			junk[12 + rand() % 288] = (unsigned char) rand();
		read_all(junk, (size_t) (16 + rand() % 284), &unsound);
	}
	is_int(unsound, 0, "what is accepted of damaged blocks is sound");
	is_int(read_all("MOP1", 4, &unsound), -1, "a block without rows has a header all the same");
	is_int(read_all("MOP2............", 16, &unsound), -1, "of this version");
	return done();
}
