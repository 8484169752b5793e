/* Sums by practice, taken away whenever they are full, are those of the rows, in whatever order these come. */
#include "tap.h"

#include "stats/practice_sums.h"

#define PRACTICES 300
#define ROWS 20000

typedef struct plain_sum
{
	int64_t		rows;
	int64_t		rows_with[2];
	int64_t		items;
	int64_t		money[2];
} plain_sum;

static plain_sum expected[PRACTICES][2];
static plain_sum got[PRACTICES][2];

static void
row_of(mo_prescription *row, char *code, int practice)
{
	memset(row, 0, sizeof(*row));
	/* codes that differ in their length alone, and in their last character alone */
	row->practice_length = (size_t) sprintf(code, "%.*s%d", practice % 7, "A00000", practice);
	row->practice = code;
	row->unidentified = rand() % 5 == 0;
	row->items = rand() % 1000;
	for (int i = 0; i < 2; i++)
		row->money[i] = rand() % 4 == 0 ? INT64_MIN : rand() - RAND_MAX / 2;
}

static void
add_plain(plain_sum *sum, const mo_prescription *row)
{
	sum->rows++;
	sum->items += row->items;
	for (int i = 0; i < 2; i++)
		if (row->money[i] != INT64_MIN)
		{
			sum->rows_with[i]++;
			sum->money[i] += row->money[i];
		}
}

static int
take_away(mo_practice_sums *sums)
{
	for (int i = 0; i < sums->count; i++)
	{
		const mo_practice_sum *sum = &sums->sum[i];
		size_t		length;
		const char *code = mo_practice_sum_code(sum, &length);
		char		text[MO_PRACTICE_MAX + 1] = "";
		char		wanted[32];
		int			practice = 0;
		plain_sum  *to;

		memcpy(text, code, length);
		for (; practice < PRACTICES; practice++)
		{
			sprintf(wanted, "%.*s%d", practice % 7, "A00000", practice);
			if (strcmp(wanted, text) == 0)
				break;
		}
		if (practice == PRACTICES)
			return 0;
		to = &got[practice][mo_practice_sum_unidentified(sum)];
		to->rows += sum->rows;
		to->items += sum->items;
		for (int k = 0; k < 2; k++)
		{
			to->rows_with[k] += sum->rows_with[k];
			to->money[k] += sum->money[k];
		}
	}
	mo_practice_sums_begin(sums);
	return 1;
}

static void
sums_of(const char *what, int run_length)
{
	static mo_practice_sums sums;
	char		code[32];
	int			known = 1;
	int			full = 0;
	int			practice = 0;

	memset(expected, 0, sizeof(expected));
	memset(got, 0, sizeof(got));
	mo_practice_sums_begin(&sums);
	for (int i = 0; i < ROWS; i++)
	{
		mo_prescription row;
		mo_practice_result result;

		if (i % run_length == 0)
			practice = rand() % PRACTICES;
		row_of(&row, code, practice);
		add_plain(&expected[practice][row.unidentified], &row);
		result = mo_practice_sums_add(&sums, &row);
		if (result == MO_PRACTICE_FULL)
		{
			full++;
			known = known && sums.count == MO_PRACTICE_SUMS && take_away(&sums);
			result = mo_practice_sums_add(&sums, &row);
		}
		known = known && result == MO_PRACTICE_ADDED;
	}
	known = take_away(&sums) && known;
	ok(known && full > 0, "%s: every sum is of a practice that came, and they were taken away %d times", what, full);
	ok(memcmp(expected, got, sizeof(got)) == 0, "%s: the sums are those of the rows", what);
}

/* Too large to be held: said, not wrapped round. */
static void
out_of_range(void)
{
	static mo_practice_sums sums;
	mo_prescription row = {.practice = "A81001", .practice_length = 6, .money = {INT64_MAX, INT64_MIN}};

	mo_practice_sums_begin(&sums);
	ok(mo_practice_sums_add(&sums, &row) == MO_PRACTICE_ADDED, "the largest number is added");
	ok(mo_practice_sums_add(&sums, &row) == MO_PRACTICE_RANGE, "twice it is out of range");
	mo_practice_sums_begin(&sums);
	row.money[0] = INT64_MIN;
	row.money[1] = -INT64_MAX;
	mo_practice_sums_add(&sums, &row);
	ok(mo_practice_sums_add(&sums, &row) == MO_PRACTICE_RANGE, "so is twice the smallest");
}

int
main(void)
{
	srand(4);
	sums_of("in no order", 1);
	sums_of("some rows of a practice at a time", 40);
	out_of_range();
	return done();
}
