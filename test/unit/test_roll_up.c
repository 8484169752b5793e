/* Rolling up: levels, silence, peers, hidden figures, what was before, targets. */
#include "tap.h"

#include <math.h>
#include <stdio.h>

#include <stdlib.h>

#include "stats/double_sum.h"
#include "stats/roll_up.h"

#define PRACTICES 12

/* Memory that is given back at the end, all at once, as a server's is. */
typedef struct block
{
	struct block *next;
	double		bytes[];
} block;

static block *blocks;

static void *
allocate(void *context, size_t size)
{
	block	   *one = calloc(1, sizeof(block) + size);

	(void) context;
	one->next = blocks;
	blocks = one;
	return one->bytes;
}

static void
release(void *context, void *memory)
{
	(void) context;
	(void) memory;
}

static void
release_all(void)
{
	while (blocks != NULL)
	{
		block	   *next = blocks->next;

		free(blocks);
		blocks = next;
	}
}

static const mo_memory memory = {allocate, release, NULL};
static int	months_forgotten;

static void
forget(void *context)
{
	(void) context;
	months_forgotten++;
}

static mo_name_table codes;
static mo_name_table parts;
static mo_place places[64];
static size_t place_count;
static mo_figure figures[256];
static size_t figure_count;

static int32_t
code(const char *name)
{
	return mo_name_number(&codes, name, strlen(name));
}

static void
place(int32_t month, mo_org_type type, const char *name, const char *pcn, const char *icb)
{
	mo_place   *one = &places[place_count++];

	*one = (mo_place) {.month = month, .code = code(name), .type = type, .is_gp = type == MO_PRACTICE};
	for (int t = 0; t < MO_GROUP; t++)
		one->within[t] = MO_NOWHERE;
	one->within[MO_PCN] = pcn == NULL ? MO_NOWHERE : code(pcn);
	one->within[MO_ICB] = code(icb);
	one->within[MO_NATION] = code("ENG");
	one->within[type] = code(name);
}

static void
figure(int32_t month, const char *name, int32_t part, double numerator, double denominator)
{
	figures[figure_count++] = (mo_figure) {month, code(name), part, numerator, denominator};
}

/* Twelve practices of one PCN and ICB, and a lonely one of another ICB, in months 0 and 1. */
static void
make_input(mo_roll_up *run)
{
	static char names[PRACTICES][8];

	codes = (mo_name_table) {.memory = memory};
	parts = (mo_name_table) {.memory = memory};
	mo_name_number(&parts, "", 0);
	mo_name_number(&parts, "part", 4);
	place_count = figure_count = 0;
	for (int32_t month = 0; month < 2; month++)
	{
		for (int i = 0; i < PRACTICES; i++)
		{
			snprintf(names[i], sizeof(names[i]), "P%c%c", (char) ('0' + i / 10), (char) ('0' + i % 10));
			place(month, MO_PRACTICE, names[i], "U1", "Q1");
			figure(month, names[i], 0, i + month, 20);
		}
		place(month, MO_PRACTICE, "LONE", NULL, "Q2");
		place(month, MO_PCN, "U1", "U1", "Q1");
		place(month, MO_ICB, "Q1", NULL, "Q1");
		place(month, MO_ICB, "Q2", NULL, "Q2");
	}
	figure(0, "LONE", 0, 1, 0);
	figure(0, "P00", 1, 0.1, 0.3);
	figure(0, "nobody", 0, 1e6, 1e6);
	*run = (mo_roll_up) {.memory = memory, .scratch = memory, .forget = forget};
	run->input = (mo_roll_up_input) {
		.codes = &codes, .parts = &parts, .figures = figures, .figure_count = figure_count, .places = places, .place_count = place_count,
		.per = 100, .interval = MO_WILSON, .round_to = 1
	};
}

static bool
is_measure_first(const mo_roll_up *run)
{
	for (size_t i = 1; i < run->order_count; i++)
		if (run->rows[run->order[i]].part == 0 && run->rows[run->order[i - 1]].part != 0)
			return false;
	return true;
}

static const mo_rolled *
row_of(const mo_roll_up *run, mo_org_type type, const char *name, int32_t month, int32_t part)
{
	for (size_t i = 0; i < run->order_count; i++)
	{
		const mo_rolled *row = &run->rows[run->order[i]];

		if (run->targets[row->target].type == type && run->targets[row->target].code == code(name) && row->month == month && row->part == part)
			return row;
	}
	return NULL;
}

static void
levels(void)
{
	mo_roll_up	run;
	size_t		at;
	const mo_rolled *row;
	double		lower;
	double		upper;

	make_input(&run);
	ok(mo_roll_up_run(&run, &at), "rolled up");
	ok(run.order_count == 2 * (PRACTICES + 3) + 2 + 4, "a row for each organisation, month and part with a figure, none for who has no place");
	row = row_of(&run, MO_PCN, "U1", 1, 0);
	ok(mo_sum_value(row->numerator) == 78 && mo_sum_value(row->denominator) == 240 && row->value == 78.0 / 240 * 100, "a PCN is sum over sum");
	row = row_of(&run, MO_NATION, "ENG", 0, 0);
	ok(mo_sum_value(row->numerator) == 67 && mo_sum_value(row->denominator) == 240, "the nation has all");
	row = row_of(&run, MO_PRACTICE, "LONE", 0, 0);
	ok(isnan(row->value) && !mo_roll_up_interval(&run, row, &lower, &upper) && row->peers == MO_NOWHERE, "over 0: no value, no interval, no peers");
	row = row_of(&run, MO_PRACTICE, "P03", 0, 0);
	ok(mo_roll_up_interval(&run, row, &lower, &upper) && lower > 0.05 && lower < 0.15 && upper > 0.15 && upper < 0.4, "an interval around 3 of 20");
	ok(run.targets[run.rows[run.order[0]].target].type == MO_ICB, "rows come by the name of the type");
	ok(is_measure_first(&run), "the measure itself comes before its parts");
}

static void
peers(void)
{
	mo_roll_up	run;
	size_t		at;
	mo_comparison said;
	mo_known_figure hidden[] = {{.month = 0, .type = MO_PRACTICE, .hidden = 1}, {.month = 0, .type = MO_PRACTICE, .hidden = 2},
	{.month = 0, .type = MO_PRACTICE, .hidden = 1}};

	make_input(&run);
	mo_roll_up_run(&run, &at);
	ok(mo_roll_up_comparison(&run, row_of(&run, MO_PRACTICE, "P00", 0, 0), &said) && said.n == PRACTICES && said.rank == 1 && said.decile == 1
	   && said.percentile == 0 && fabs(said.median - 27.5) < 1e-12 && fabs(said.without_self - 30) < 1e-12, "the lowest of twelve");
	ok(mo_roll_up_comparison(&run, row_of(&run, MO_PRACTICE, "P11", 0, 0), &said) && said.rank == 12 && said.decile == 10 && said.percentile == 100
	   && fabs(said.without_self - 25) < 1e-12, "the highest of twelve");
	ok(!mo_roll_up_comparison(&run, row_of(&run, MO_NATION, "ENG", 0, 0), &said), "the nation has no peers");
	ok(mo_roll_up_comparison(&run, row_of(&run, MO_ICB, "Q1", 0, 0), &said) && said.n == 1 && isnan(said.without_self), "an ICB alone with a value");
	make_input(&run);
	hidden[0].code = code("P00");
	hidden[1].code = code("P11");
	hidden[2].code = code("P05");
	run.input.hidden = hidden;
	run.input.hidden_count = 2;
	mo_roll_up_run(&run, &at);
	ok(mo_roll_up_comparison(&run, row_of(&run, MO_PRACTICE, "P00", 0, 0), &said) && said.n == 10 && said.rank == 0 && isnan(said.percentile)
	   && fabs(said.median - 27.5) < 1e-12, "a hidden one is said nothing of but what its peers are");
	ok(mo_roll_up_comparison(&run, row_of(&run, MO_PRACTICE, "P01", 0, 0), &said) && said.rank == 1 && said.decile == 1, "and is nobody's peer");
	make_input(&run);
	run.input.hidden = hidden;
	run.input.hidden_count = 3;
	mo_roll_up_run(&run, &at);
	ok(!mo_roll_up_comparison(&run, row_of(&run, MO_PRACTICE, "P01", 0, 0), &said), "more than one in five hidden: nothing is said");
	ok(mo_roll_up_comparison(&run, row_of(&run, MO_PRACTICE, "P01", 1, 0), &said) && said.n == 12, "of that month");
}

static void
before_and_targets(void)
{
	mo_roll_up	run;
	size_t		at;
	mo_known_figure was;
	mo_known_figure earlier = {.month = 0, .type = MO_ICB, .part = 0, .numerator = 5, .value = NAN, .hidden = 2};
	mo_known_target targets[] = {{0, MO_ORG_TYPES, 0, 7}, {0, MO_PCN, 0, 8}, {0, MO_ORG_TYPES, 0, 9}};

	make_input(&run);
	run.input.figures += PRACTICES;	/* month 1 and what is after it */
	run.input.figure_count = PRACTICES;
	earlier.code = code("Q1");
	run.input.earlier = &earlier;
	run.input.earlier_count = 1;
	mo_roll_up_run(&run, &at);
	ok(mo_roll_up_before(&run, row_of(&run, MO_ICB, "Q1", 1, 0), 1, &was) && was.numerator == 5 && isnan(was.value) && was.hidden == 2,
	   "the month before, of those given");
	ok(!mo_roll_up_before(&run, row_of(&run, MO_ICB, "Q1", 1, 0), 12, &was) && !mo_roll_up_before(&run, row_of(&run, MO_PCN, "U1", 1, 0), 1, &was),
	   "none before");
	make_input(&run);
	targets[0].code = code("ENG");
	targets[1].code = code("U1");
	targets[2].code = code("P02");
	run.input.targets = targets;
	run.input.target_count = 3;
	mo_roll_up_run(&run, &at);
	ok(mo_roll_up_before(&run, row_of(&run, MO_PCN, "U1", 1, 0), 1, &was) && was.numerator == 66, "the month before, rolled up with it");
	ok(mo_roll_up_target(&run, row_of(&run, MO_PRACTICE, "P02", 0, 0)) == 9 && mo_roll_up_target(&run, row_of(&run, MO_PRACTICE, "P03", 0, 0)) == 8
	   && mo_roll_up_target(&run, row_of(&run, MO_ICB, "Q1", 0, 0)) == 7, "its own target, else the nearest");
	ok(isnan(mo_roll_up_target(&run, row_of(&run, MO_PRACTICE, "P00", 0, 1))) && isnan(mo_roll_up_target(&run, row_of(&run, MO_PCN, "U1", 1, 0))),
	   "none for a part, none in another month");
}

static void
silence(void)
{
	mo_roll_up	run;
	size_t		at;
	mo_coverage coverage[] = {{MO_PRACTICE, 0, 0, 1}, {MO_PRACTICE, 0, 0, 0}};
	int32_t		published[] = {0, 1};
	mo_membership both[] = {{0, 0, 0}, {1, 0, 0}};

	make_input(&run);
	coverage[0].icb = code("Q1");
	coverage[1].icb = code("Q2");
	for (int i = 0; i < 2; i++)
	{
		both[i].code = code("LONE");
		both[i].group = code("G");
	}
	run.input.figures++;		/* P00 is silent in month 0 */
	run.input.figure_count--;
	run.input.coverage = coverage;
	run.input.coverage_count = 2;
	run.input.published = published;
	run.input.published_count = 2;
	run.input.memberships = both;
	run.input.membership_count = 2;
	mo_roll_up_run(&run, &at);
	ok(mo_sum_value(row_of(&run, MO_PRACTICE, "P00", 0, 0)->denominator) == 0, "silence is 0 where the ICB's data are there");
	ok(row_of(&run, MO_PRACTICE, "LONE", 1, 0) == NULL && row_of(&run, MO_NATION, "ENG", 1, 0) == NULL && row_of(&run, MO_GROUP, "G", 1, 0) == NULL
	   && row_of(&run, MO_ICB, "Q1", 1, 0) != NULL, "where they are not there is no figure, and nation and group wait");
	ok(row_of(&run, MO_NATION, "ENG", 0, 0) != NULL && row_of(&run, MO_GROUP, "G", 0, 0) != NULL, "but not in the month before");
	figure(1, "LONE", 1, 3, 0);
	run = (mo_roll_up) {.memory = memory, .scratch = memory, .forget = forget, .input = run.input};
	run.input.figure_count++;
	mo_roll_up_run(&run, &at);
	ok(mo_sum_value(row_of(&run, MO_PRACTICE, "LONE", 1, 0)->numerator) == 0 && row_of(&run, MO_NATION, "ENG", 1, 0) != NULL,
	   "a figure of a part says that the data are there");
	places[place_count] = places[0];
	run.input.place_count++;
	ok(!mo_roll_up_run(&(mo_roll_up) {.memory = memory, .input = run.input}, &at) && at == place_count, "two places of one organisation are told");
}

static int
hidden_of(const mo_roll_up *run, mo_org_type type, const char *name, int32_t month)
{
	return row_of(run, type, name, month, 0)->hidden;
}

/* In month 0 practices have 0 to 11 of 20. */
static void
rule(void)
{
	mo_roll_up	run;
	size_t		at;
	mo_membership members[] = {{0, 0, 0}, {0, 0, 0}, {0, 0, 0}};
	mo_part_family family = {1, {"family", 6, 0}};

	make_input(&run);
	run.input.hide_numerators = true;
	run.input.hide_from = 500;
	run.input.hide_to = 600;
	ok(mo_roll_up_run(&run, &at) && months_forgotten == 0, "a rule that nothing comes under: no month is looked at");
	make_input(&run);
	members[0] = (mo_membership) {0, code("P04"), code("G")};
	members[1] = (mo_membership) {0, code("P05"), code("G")};
	members[2] = members[1];
	run.input.memberships = members;
	run.input.membership_count = 2;
	run.input.families = &family;
	run.input.family_count = 1;
	run.input.hide_numerators = true;
	run.input.hide_from = 2;
	run.input.hide_to = 4;
	ok(mo_roll_up_run(&run, &at) && months_forgotten == 2, "both months have some from 2 to 4");
	ok(hidden_of(&run, MO_PRACTICE, "P04", 0) == 1 && hidden_of(&run, MO_PRACTICE, "P03", 1) == 1, "which are hidden");
	ok(hidden_of(&run, MO_GROUP, "G", 0) == 2 || hidden_of(&run, MO_PRACTICE, "P05", 0) == 2, "and not told by its group less the other member");
	ok(hidden_of(&run, MO_PCN, "U1", 0) == 0 && hidden_of(&run, MO_PRACTICE, "P11", 0) == 0 && hidden_of(&run, MO_PRACTICE, "P00", 0) == 0,
	   "others are shown");
	make_input(&run);
	run.input.hide_denominator_below = 1;
	ok(mo_roll_up_run(&run, &at) && row_of(&run, MO_PRACTICE, "P00", 0, 1)->hidden == 1, "a small denominator, of a part");
}

static void
names(void)
{
	mo_name_table table = {.memory = memory};
	char		text[1000][8];
	bool		sound = true;

	for (int i = 0; i < 1000; i++)
	{
		snprintf(text[i], sizeof(text[i]), "%d", i * 7919);
		sound = sound && mo_name_number(&table, text[i], strlen(text[i])) == i;
	}
	for (int i = 0; i < 1000; i++)
		sound = sound && mo_name_number(&table, text[i], strlen(text[i])) == i && mo_name_find(&table, text[i], strlen(text[i])) == i;
	ok(sound && table.count == 1000, "names keep their numbers while the table grows");
	ok(mo_name_find(&table, "x", 1) == MO_NOT_FOUND && mo_name_find(&table, "", 0) == MO_NOT_FOUND, "a name that is not there");
}

int
main(void)
{
	levels();
	peers();
	before_and_targets();
	silence();
	rule();
	names();
	release_all();
	return done();
}
