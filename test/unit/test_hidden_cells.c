/*
 * Suppression in linked tables. The main test is an attack on random tables of practices by parts, with their totals, an overlapping
 * group and a part of no family: for every hidden cell there must be another table that would look the same.
 */
#include "tap.h"

#include "stats/hidden_cells.h"

/* Blocks are linked through their first word, and freed together. */
static void *blocks;

static void *
allocate(void *context, size_t size)
{
	void	  **block = calloc(1, size + 16);

	(void) context;
	*block = blocks;
	blocks = block;
	return block + 2;
}

static void
release(void *context, void *block)
{
	(void) context;
	(void) block;
}

static void
free_blocks(void)
{
	while (blocks)
	{
		void	   *block = blocks;

		blocks = *(void **) block;
		free(block);
	}
}

static const mo_memory memory = {allocate, release, NULL};

/* A table of 3 practices by 3 parts: cells 0-8, row totals 9-11, column totals 12-14, all 15, a group of two practices' parts 16-19. */
enum
{
	ROW = 9, COLUMN = 12, ALL = 15, GROUP = 16, CELLS = 20
};

typedef struct example
{
	double		count[CELLS];
	double		ceiling[CELLS];
	unsigned char hidden[CELLS];
	int32_t		equation[100];
	int32_t		cell[100];
	signed char sign[100];
	int			links;
	int			equations;
} example;

static void
link_cell(example *e, int cell, int sign)
{
	e->equation[e->links] = e->equations;
	e->cell[e->links] = cell;
	e->sign[e->links++] = (signed char) sign;
}

/* total = the three cells from `first` by `step`; without the third when `parts` is 2 */
static void
equation(example *e, int total, int first, int step, int parts)
{
	link_cell(e, total, -1);
	e->count[total] = 0;
	for (int i = 0; i < parts; i++)
	{
		link_cell(e, first + i * step, 1);
		e->count[total] += e->count[first + i * step];
	}
	e->equations++;
}

static uint32_t
random_below(uint32_t *seed, uint32_t limit)
{
	*seed = *seed * 1664525u + 1013904223u;
	return (*seed >> 8) % limit;
}

static void
random_example(example *e, uint32_t *seed, bool group)
{
	uint32_t	largest = 3 + random_below(seed, 25);

	memset(e, 0, sizeof(*e));
	for (int i = 0; i < 9; i++)
		e->count[i] = random_below(seed, 4) == 0 ? 0 : random_below(seed, largest);
	for (int i = 0; i < CELLS; i++)
		e->ceiling[i] = INFINITY;
	for (int i = 0; i < 3; i++)
		equation(e, ROW + i, 3 * i, 1, 3);
	for (int i = 0; i < 3; i++)
		equation(e, COLUMN + i, i, 3, 3);
	equation(e, ALL, ROW, 1, 3);
	equation(e, ALL, COLUMN, 1, 3);
	for (int i = 0; group && i < 3; i++)
		equation(e, GROUP + i, 3 + i, 3, 2);
	if (group)
		equation(e, GROUP + 3, GROUP, 1, 3);
	for (int i = 0; i < CELLS; i++)
		e->hidden[i] = e->count[i] >= 1 && e->count[i] <= 7 ? MO_SMALL_COUNT : MO_SHOWN;
}

static void
hide(example *e)
{
	mo_linked_cells table = {
		.cells = CELLS, .count = e->count, .ceiling = e->ceiling, .hidden = e->hidden, .hide_from = 1, .hide_to = 7,
		.equations = (size_t) e->equations, .links = (size_t) e->links, .equation = e->equation, .cell = e->cell, .sign = e->sign
	};

	mo_hide_linked_cells(&table, memory, NULL);
	free_blocks();
}

/* Whether the table with inner cells changed by `move` looks the same; notes the hidden cells that differ. */
static void
try_move(const example *e, const int *move, bool *may_differ)
{
	double		change[CELLS] = {0};

	for (int i = 0; i < 9; i++)
		change[i] = move[i];
	for (int q = 0, i = 0; q < e->equations; q++)
	{
		int			total = e->cell[i++];

		for (change[total] = 0; i < e->links && e->equation[i] == q; i++)
			change[total] += change[e->cell[i]];
	}
	for (int i = 0; i < CELLS; i++)
		if (change[i] != 0 && (!e->hidden[i] || e->count[i] + change[i] < (e->count[i] == 0 ? 0 : 1)))
			return;
	for (int i = 0; i < CELLS; i++)
		may_differ[i] |= change[i] != 0;
}

static int
told_cells(const example *e)
{
	bool		may_differ[CELLS] = {false};
	int			told = 0;

	for (int number = 0; number < 19683; number++)
	{
		int			move[9];
		int			rest = number;

		for (int i = 0; i < 9; i++, rest /= 3)
			move[i] = rest % 3 - 1;
		try_move(e, move, may_differ);
	}
	for (int i = 0; i < CELLS; i++)
		told += e->hidden[i] && !may_differ[i];
	return told;
}

static void
attack(bool group, const char *what)
{
	uint32_t	seed = 20261122;
	int			told = 0;
	int			told_before = 0;
	int			hidden = 0;

	for (int i = 0; i < 200; i++)
	{
		example		e;

		random_example(&e, &seed, group);
		told_before += told_cells(&e);
		hide(&e);
		for (int c = 0; c < CELLS; c++)
			hidden += e.hidden[c] != 0;
		if (told_cells(&e) > 0 && told++ < 3)
		{
			for (int c = 0; c < CELLS; c++)
				printf("# %s%g%s", e.hidden[c] ? "(" : "", e.count[c], e.hidden[c] ? ")" : "");
			printf("\n");
		}
	}
	ok(told == 0, "%s: no hidden cell is told (%d were before siblings went; %d hidden; %d tables tell)", what, told_before, hidden, told);
}

/* Of 8, 3 are shown, and 3 are a shown total of two others: 2 are left for the last two, of whom none has 0. */
static void
within_another(void)
{
	enum {A, B, C, D, SHOWN, WITHIN, ALL, CELLS};
	const double count[CELLS] = {2, 1, 1, 1, 3, 3, 8};
	double		ceiling[CELLS];
	unsigned char hidden[CELLS] = {MO_SMALL_COUNT, MO_SMALL_COUNT, MO_SMALL_COUNT, MO_SMALL_COUNT};
	const int32_t equation_of[] = {0, 0, 0, 1, 1, 1, 1, 1, 1};
	const int32_t cell[] = {WITHIN, A, B, ALL, A, B, C, D, SHOWN};
	const signed char sign[] = {-1, 1, 1, -1, 1, 1, 1, 1, 1};
	mo_linked_cells table = {.cells = CELLS, .count = count, .ceiling = ceiling, .hidden = hidden, .hide_from = 1, .hide_to = 2,
	.equations = 2, .links = 9, .equation = equation_of, .cell = cell, .sign = sign};

	for (int i = 0; i < CELLS; i++)
		ceiling[i] = INFINITY;
	mo_hide_linked_cells(&table, memory, NULL);
	ok(hidden[SHOWN] || hidden[WITHIN] || hidden[ALL], "what a total within another leaves is protected, too");
	free_blocks();
}

/* Of 100 pounds one has less than a penny of two: one more is hidden, and not all, although no count lies between 0 and two pence. */
static void
pennies(void)
{
	enum {PENNY, A, B, ALL, CELLS};
	const double count[CELLS] = {0.006, 40, 60, 100.006};
	const double ceiling[CELLS] = {0.016, 60, 90, 150.016};
	unsigned char hidden[CELLS] = {MO_SMALL_DENOMINATOR};
	const int32_t equation_of[] = {0, 0, 0, 0};
	const int32_t cell[] = {ALL, PENNY, A, B};
	const signed char sign[] = {-1, 1, 1, 1};
	mo_linked_cells table = {.cells = CELLS, .count = count, .ceiling = ceiling, .hidden = hidden, .hide_from = 1, .hide_to = 7,
	.equations = 1, .links = 4, .equation = equation_of, .cell = cell, .sign = sign};

	mo_hide_linked_cells(&table, memory, NULL);
	ok(hidden[A] && !hidden[B] && !hidden[ALL], "an amount below 1 is hidden with one other, not with all");
	free_blocks();
}

/* A long chain: every equation shares a cell with the next; hiding runs along it and ends. */
static void
chain(void)
{
	enum {N = 20000};
	double	   *count = malloc(sizeof(double) * (2 * N + 1));
	double	   *ceiling = malloc(sizeof(double) * (2 * N + 1));
	unsigned char *hidden = calloc(1, 2 * N + 1);
	int32_t    *equation_of = malloc(sizeof(int32_t) * 3 * N);
	int32_t    *cell = malloc(sizeof(int32_t) * 3 * N);
	signed char *sign = malloc(3 * N);
	mo_linked_cells table = {.cells = 2 * N + 1, .count = count, .ceiling = ceiling, .hidden = hidden, .hide_from = 1, .hide_to = 7,
	.equations = N, .links = 3 * N, .equation = equation_of, .cell = cell, .sign = sign};
	size_t		all = 0;

	for (int i = 0; i < N; i++)
	{
		count[i] = 20;
		count[N + 1 + i] = 40;
		for (int j = 0; j < 3; j++)
			equation_of[3 * i + j] = i;
		cell[3 * i] = N + 1 + i;
		cell[3 * i + 1] = i;
		cell[3 * i + 2] = i + 1;
		sign[3 * i] = -1;
		sign[3 * i + 1] = sign[3 * i + 2] = 1;
	}
	count[N] = 20;
	count[N + 1] = 23;
	count[0] = 3;
	for (int i = 0; i <= 2 * N; i++)
		ceiling[i] = INFINITY;
	hidden[0] = MO_SMALL_COUNT;
	mo_hide_linked_cells(&table, memory, NULL);
	for (int i = 0; i <= 2 * N; i++)
		all += hidden[i] != 0;
	ok(all == N + 1, "a chain of %d totals is followed to its end: %zu hidden", N, all);
	free_blocks();
	free(count);
	free(ceiling);
	free(hidden);
	free(equation_of);
	free(cell);
	free(sign);
}

int
main(void)
{
	attack(false, "parts by practices");
	attack(true, "parts by practices, and a group");
	within_another();
	pennies();
	chain();
	return done();
}
