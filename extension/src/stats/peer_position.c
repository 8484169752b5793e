#include "peer_position.h"

#include <math.h>
#include <stdint.h>

/* Below this many values insertion sort is faster than partitioning. */
#define SMALL 48
/* Above this many, Floyd and Rivest's sample pays for itself (their own figure). */
#define SAMPLED 600
/* Above this many fractions the values are sorted. */
#define MAX_SELECTED 64
/* Passes over shorter ranges do not pause. */
#define LONG_PASS 65536

static inline void
swap(double *a, double *b)
{
	double		t = *a;

	*a = *b;
	*b = t;
}

static void
insertion_sort(double *v, ptrdiff_t n)
{
	for (ptrdiff_t i = 1; i < n; i++)
	{
		double		value = v[i];
		ptrdiff_t	j = i;

		for (; j > 0 && v[j - 1] > value; j--)
			v[j] = v[j - 1];
		v[j] = value;
	}
}

static void
sift_down(double *v, size_t root, size_t n)
{
	for (size_t child; (child = 2 * root + 1) < n; root = child)
	{
		if (child + 1 < n && v[child + 1] > v[child])
			child++;
		if (v[root] >= v[child])
			return;
		swap(&v[root], &v[child]);
	}
}

/* What quicksort turns to when its pivots keep being bad. */
static void
heap_sort(double *v, size_t n)
{
	for (size_t i = n / 2; i-- > 0;)
		sift_down(v, i, n);
	for (size_t last = n; last-- > 1;)
	{
		swap(&v[0], &v[last]);
		sift_down(v, 0, last);
	}
}

static double
median_of_three(double a, double b, double c)
{
	double		low = a < b ? a : b;
	double		high = a < b ? b : a;

	return c < low ? low : c > high ? high : c;
}

/* Hoare's partition: v[0..j] <= pivot <= v[j + 1..n - 1], both parts shorter than n; returns j. */
static ptrdiff_t
split(double *v, ptrdiff_t n)
{
	double		pivot = median_of_three(v[0], v[n / 2], v[n - 1]);
	ptrdiff_t	i = -1;
	ptrdiff_t	j = n;

	/* The pivot in front keeps j below n - 1. */
	if (v[n / 2] == pivot)
		swap(&v[0], &v[n / 2]);
	else if (v[n - 1] == pivot)
		swap(&v[0], &v[n - 1]);
	for (;;)
	{
		while (v[++i] < pivot)
			;
		while (v[--j] > pivot)
			;
		if (i >= j)
			return j;
		swap(&v[i], &v[j]);
	}
}

static void
quick_sort(double *v, ptrdiff_t n, int depth, mo_pause pause)
{
	while (n >= SMALL)
	{
		ptrdiff_t	left;

		if (depth-- == 0)
		{
			heap_sort(v, (size_t) n);
			return;
		}
		if (pause != NULL && n > LONG_PASS)
			pause();
		left = split(v, n) + 1;
		if (left < n - left)
		{
			quick_sort(v, left, depth, pause);
			v += left;
			n -= left;
		}
		else
		{
			quick_sort(v + left, n - left, depth, pause);
			n = left;
		}
	}
	insertion_sort(v, n);
}

void
mo_sort_doubles(double *values, size_t n, mo_pause pause)
{
	int			depth = 1;

	for (size_t rest = n; rest > 1; rest /= 2)
		depth += 2;
	quick_sort(values, (ptrdiff_t) n, depth, pause);
}

static void
smallest_first(double *v, ptrdiff_t left, ptrdiff_t right)
{
	ptrdiff_t	best = left;

	for (ptrdiff_t i = left + 1; i <= right; i++)
		if (v[i] < v[best])
			best = i;
	swap(&v[left], &v[best]);
}

static void
largest_last(double *v, ptrdiff_t left, ptrdiff_t right)
{
	ptrdiff_t	best = right;

	for (ptrdiff_t i = left; i < right; i++)
		if (v[i] > v[best])
			best = i;
	swap(&v[right], &v[best]);
}

/* The ends of a range need one scan, and a short range is sorted; false when neither is so. */
static bool
select_directly(double *v, ptrdiff_t left, ptrdiff_t right, ptrdiff_t k)
{
	if (k == left)
		smallest_first(v, left, right);
	else if (k == right)
		largest_last(v, left, right);
	else if (right - left < SMALL)
		insertion_sort(v + left, right - left + 1);
	else
		return false;
	return true;
}

/* Partition v[left..right] around v[k]; returns where that value came to rest. */
static ptrdiff_t
partition_around(double *v, ptrdiff_t left, ptrdiff_t right, ptrdiff_t k)
{
	double		pivot = v[k];
	ptrdiff_t	i = left;
	ptrdiff_t	j = right;

	swap(&v[left], &v[k]);
	if (v[right] > pivot)
		swap(&v[right], &v[left]);
	while (i < j)
	{
		swap(&v[i++], &v[j--]);
		while (v[i] < pivot)
			i++;
		while (v[j] > pivot)
			j--;
	}
	if (v[left] == pivot)
		swap(&v[left], &v[j]);
	else
		swap(&v[++j], &v[right]);
	return j;
}

static void select_rank(double *v, ptrdiff_t left, ptrdiff_t right, ptrdiff_t k, mo_pause pause);

/* Put at v[k] a value near the k-th, found in a sample around it. */
static void
sample_pivot(double *v, ptrdiff_t left, ptrdiff_t right, ptrdiff_t k, mo_pause pause)
{
	double		n = (double) (right - left + 1);
	double		i = (double) (k - left + 1);
	double		z = log(n);
	double		s = 0.5 * exp(2.0 * z / 3.0);
	double		shift = 0.5 * sqrt(z * s * (n - s) / n) * (i < n / 2 ? -1 : 1);
	ptrdiff_t	from = (ptrdiff_t) ((double) k - i * s / n + shift);
	ptrdiff_t	to = (ptrdiff_t) ((double) k + (n - i) * s / n + shift);

	from = from < left ? left : from > k ? k : from;
	to = to > right ? right : to < k ? k : to;
	select_rank(v, from, to, k, pause);
}

/*
 * Rearrange v[left..right] so that v[k] is what sorting would put there, smaller ones before, larger ones after it.
 * Source: R. W. Floyd, R. L. Rivest, "Algorithm 489: SELECT", CACM 18, 1975. The budget bounds the time on input made to
 * defeat it.
 */
static void
select_rank(double *v, ptrdiff_t left, ptrdiff_t right, ptrdiff_t k, mo_pause pause)
{
	ptrdiff_t	budget = 12 * (right - left + 1);

	while (left < right)
	{
		ptrdiff_t	length = right - left + 1;
		ptrdiff_t	rest;

		if (select_directly(v, left, right, k))
			return;
		if ((budget -= length) < 0)
		{
			mo_sort_doubles(v + left, (size_t) length, pause);
			return;
		}
		if (pause != NULL && length > LONG_PASS)
			pause();
		if (length > SAMPLED)
			sample_pivot(v, left, right, k, pause);
		rest = partition_around(v, left, right, k);
		if (rest <= k)
			left = rest + 1;
		if (k <= rest)
			right = rest - 1;
	}
}

/* Select several ranks, ascending, all within left..right: the middle one first, then each side on its own. */
static void
select_ranks(double *v, ptrdiff_t left, ptrdiff_t right, const ptrdiff_t *ranks, int m, mo_pause pause)
{
	int			middle = m / 2;
	ptrdiff_t	k;
	int			below = middle;
	int			above = middle + 1;

	if (m == 0 || left >= right)
		return;
	k = ranks[middle];
	select_rank(v, left, right, k, pause);
	while (below > 0 && ranks[below - 1] == k)
		below--;
	while (above < m && ranks[above] == k)
		above++;
	select_ranks(v, left, k - 1, ranks, below, pause);
	select_ranks(v, k + 1, right, ranks + above, m - above, pause);
}

static void
sort_ranks(ptrdiff_t *ranks, int m)
{
	for (int i = 1; i < m; i++)
	{
		ptrdiff_t	rank = ranks[i];
		int			j = i;

		for (; j > 0 && ranks[j - 1] > rank; j--)
			ranks[j] = ranks[j - 1];
		ranks[j] = rank;
	}
}

static double
interpolate(double low, double high, double proportion)
{
	double		range = high - low;

	if (isinf(range))
		return low * (1 - proportion) + high * proportion;
	return low + proportion * range;
}

double
mo_sorted_quantile(const double *sorted, size_t n, double fraction)
{
	double		position = fraction * (double) (n - 1);
	size_t		lower = (size_t) floor(position);
	size_t		upper = (size_t) ceil(position);

	if (lower == upper)
		return sorted[lower];
	return interpolate(sorted[lower], sorted[upper], position - floor(position));
}

void
mo_quantiles(double *values, size_t n, const double *fractions, size_t m, double *result, mo_pause pause)
{
	ptrdiff_t	ranks[2 * MAX_SELECTED];

	if (n < SMALL)
		insertion_sort(values, (ptrdiff_t) n);
	else if (m > MAX_SELECTED)
		mo_sort_doubles(values, n, pause);
	else
	{
		for (size_t i = 0; i < m; i++)
		{
			double		position = fractions[i] * (double) (n - 1);

			ranks[2 * i] = (ptrdiff_t) floor(position);
			ranks[2 * i + 1] = (ptrdiff_t) ceil(position);
		}
		sort_ranks(ranks, (int) (2 * m));
		select_ranks(values, 0, (ptrdiff_t) n - 1, ranks, (int) (2 * m), pause);
	}
	/* What a quantile looks at is in its place now. */
	for (size_t i = 0; i < m; i++)
		result[i] = mo_sorted_quantile(values, n, fractions[i]);
}

size_t
mo_count_below(const double *sorted, size_t n, double value)
{
	size_t		from = 0;
	size_t		to = n;

	while (from < to)
	{
		size_t		middle = from + (to - from) / 2;

		if (sorted[middle] < value)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

double
mo_median_without(const double *sorted, size_t n, double self)
{
	size_t		left_out = mo_count_below(sorted, n, self);
	size_t		rest = n - 1;
	size_t		lower = (rest - 1) / 2;
	size_t		upper = rest / 2;

	lower += lower >= left_out;
	upper += upper >= left_out;
	if (rest % 2 == 1)
		return sorted[lower];
	return interpolate(sorted[lower], sorted[upper], 0.5);
}

double
mo_percentile_rank(size_t below, size_t n)
{
	return n <= 1 ? 0 : (double) below / (double) (n - 1) * 100;
}

int
mo_quantile_group(size_t below, size_t n, int groups)
{
	if (n < (size_t) groups)
		return 0;
	return (int) ((uint64_t) below * (uint64_t) groups / (uint64_t) n) + 1;
}
