/*
 * Primary and secondary suppression. The main test is an attack: every small group of cells there is, published under the rule, is
 * looked at by somebody who knows the rule and the whole procedure; no hidden cell may have only one possible count.
 */
#include "tap.h"

#include "stats/disclosure.h"

static void
hides(const int64_t *cells, size_t n, const char *expected, bool discloses, const char *what)
{
	bool		hidden[16];
	size_t		order[16];
	char		got[17] = "";
	bool		total = mo_hide_siblings(cells, n, (mo_small_numbers) {1, 7}, hidden, order);

	for (size_t i = 0; i < n; i++)
		got[i] = hidden[i] ? 'x' : '.';
	if (!ok(strcmp(got, expected) == 0 && total == discloses, "%s", what))
		printf("# got %s %d, expected %s %d\n", got, total, expected, discloses);
}

#define HIDES(expected, discloses, what, ...) \
	hides((int64_t[]) {__VA_ARGS__}, sizeof((int64_t[]) {__VA_ARGS__}) / sizeof(int64_t), expected, discloses, what)

static void
examples(void)
{
	HIDES("....", false, "nothing small: nothing hidden", 0, 8, 9, 100);
	HIDES("x.x.", false, "one small count: the next smallest goes too", 3, 40, 12, 0);
	HIDES("x.xx.", false, "of equal ones all go", 3, 40, 12, 12, 0);
	HIDES("xx..", false, "two that add up to more than hide_to are enough", 4, 4, 12, 0);
	HIDES("xxx.", false, "two that do not are not", 3, 4, 12, 20);
	HIDES("xxx.", false, "all at the top of the rule would be told by their sum", 7, 7, 12, 20);
	HIDES("xxxxxxxxx.", false, "all at the bottom likewise", 1, 1, 1, 1, 1, 1, 1, 1, 12, 20);
	HIDES("x...", true, "only zeros otherwise: the total gives it away", 3, 0, 0, 0);
	HIDES("xx.", true, "a small total gives it away", 1, 2, 0);
	HIDES("xx", true, "all hidden and all at the top", 7, 7);
	HIDES("xx", false, "all hidden, and not to be told apart", 6, 7);
	HIDES("x", true, "a single cell is its own total", 3);
	HIDES(".x.x", false, "an unknown count takes no part", -1, 3, -1, 9);
	HIDES("xx.", false, "the largest counts do not overflow", 3, INT64_MAX, 0);
	HIDES("xxx", false, "nor does their sum", 3, INT64_MAX, INT64_MAX);
}

static void
many_cells(void)
{
	size_t		n = 100000;
	int64_t    *cells = malloc(n * sizeof(int64_t));
	bool	   *hidden = malloc(n * sizeof(bool));
	size_t	   *order = malloc(n * sizeof(size_t));
	int64_t		sum = (int64_t) n - 1;
	int64_t		highest_sibling = 0;
	int			bad = 0;

	/* a rule that hides none of the smallest: siblings are taken one by one until the sum is reached */
	for (size_t i = 0; i < n; i++)
		cells[i] = (int64_t) ((i * 7919) % n);
	mo_hide_siblings(cells, n, (mo_small_numbers) {n - 1, 100 * n}, hidden, order);
	for (size_t i = 0; i < n; i++)
		if (hidden[i] && cells[i] < (int64_t) n - 1)
		{
			sum += cells[i];
			highest_sibling = cells[i] > highest_sibling ? cells[i] : highest_sibling;
		}
	for (size_t i = 0; i < n; i++)
		bad += hidden[i] != ((cells[i] > 0 && cells[i] <= highest_sibling) || cells[i] == (int64_t) n - 1);
	ok(bad == 0 && sum > 100 * (int64_t) n && sum - highest_sibling <= 100 * (int64_t) n,
	   "the smallest of 100,000, just until the sum is reached");
	free(cells);
	free(hidden);
	free(order);
}

#define CELLS 5
#define LARGEST 6

/* One world: counts, and what is published of them. */
typedef struct world
{
	int			view;			/* hidden cells, shown counts and total, as one number */
	int			counts[CELLS];
	bool		hidden[CELLS];
	bool		hopeless;
} world;

static int
by_view(const void *a, const void *b)
{
	return ((const world *) a)->view - ((const world *) b)->view;
}

static void
publish(world *w, int number, mo_small_numbers rule, int *left_open)
{
	int64_t		cells[CELLS];
	size_t		order[CELLS];
	bool		no_total;
	int64_t		hidden_sum = 0;
	int			total = 0;

	for (int i = 0; i < CELLS; i++, number /= LARGEST + 1)
		cells[i] = w->counts[i] = number % (LARGEST + 1);
	no_total = mo_hide_siblings(cells, CELLS, rule, w->hidden, order);
	w->view = 0;
	for (int i = 0; i < CELLS; i++)
	{
		w->view = w->view * (LARGEST + 2) + (w->hidden[i] ? LARGEST + 1 : w->counts[i]);
		total += w->counts[i];
		hidden_sum += w->hidden[i] ? w->counts[i] : 0;
	}
	w->view = w->view * (CELLS * LARGEST + 2) + (no_total ? 0 : total + 1);
	/* a rule of one count cannot keep it from being guessed where nothing else can be hidden with it */
	w->hopeless = no_total && rule.hide_from == rule.hide_to;
	*left_open += !no_total && hidden_sum > 0 && hidden_sum <= rule.hide_to;
}

/* In a run of worlds that look alike every hidden cell must have two counts. */
static int
told(const world *from, const world *to)
{
	int			cells = 0;

	for (int i = 0; i < CELLS; i++)
	{
		bool		differs = !from->hidden[i];

		for (const world *w = from; w < to && !differs; w++)
			differs = w->counts[i] != from->counts[i];
		cells += !differs;
	}
	return cells;
}

static void
attack(int64_t hide_from, int64_t hide_to)
{
	int			n = 1;
	int			disclosed = 0;
	int			left_open = 0;
	world	   *worlds;

	for (int i = 0; i < CELLS; i++)
		n *= LARGEST + 1;
	worlds = malloc(n * sizeof(world));
	for (int i = 0; i < n; i++)
		publish(&worlds[i], i, (mo_small_numbers) {hide_from, hide_to}, &left_open);
	qsort(worlds, n, sizeof(world), by_view);
	for (int i = 0, j; i < n; i = j)
	{
		for (j = i; j < n && worlds[j].view == worlds[i].view;)
			j++;
		if (!worlds[i].hopeless)
			disclosed += told(&worlds[i], &worlds[j]);
	}
	ok(disclosed == 0 && left_open == 0, "rule %d to %d, all %d groups of %d counts to %d: no hidden count can be told",
	   (int) hide_from, (int) hide_to, n, CELLS, LARGEST);
	if (disclosed > 0 || left_open > 0)
		printf("# told: %d, sum not above hide_to: %d\n", disclosed, left_open);
	free(worlds);
}

static void
rounds(int64_t n, int64_t to, int64_t expected)
{
	int64_t		rounded = -1;

	ok(mo_round_count(n, to, &rounded) && rounded == expected, "%lld to the nearest %lld is %lld", (long long) n, (long long) to,
	   (long long) expected);
}

int
main(void)
{
	int64_t		rounded;

	examples();
	many_cells();
	attack(1, 2);
	attack(1, 3);
	attack(1, 4);
	attack(0, 2);
	attack(2, 3);
	attack(1, 1);
	rounds(8, 5, 10);
	rounds(12, 5, 10);
	rounds(13, 5, 15);
	rounds(15, 10, 20);
	rounds(0, 5, 0);
	rounds(7, 1, 7);
	rounds(4, 10, 0);
	ok(!mo_round_count(INT64_MAX, INT64_MAX - 1, &rounded) || rounded == INT64_MAX - 1, "rounding never overflows");
	ok(!mo_round_count(INT64_MAX, 10, &rounded) || rounded <= INT64_MAX, "rounding up beyond the range is reported");
	return done();
}
