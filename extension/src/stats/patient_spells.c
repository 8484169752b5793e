#include "patient_spells.h"

#include <stdlib.h>
#include <string.h>

#define INSERTION_LIMIT 12

static int
compare(int32_t a, int32_t b)
{
	return (a > b) - (a < b);
}

int
mo_spell_compare(const void *a, const void *b)
{
	const mo_spell *x = a;
	const mo_spell *y = b;

	if (x->patient != y->patient)
		return compare(x->patient, y->patient);
	if (x->from != y->from)
		return compare(y->from, x->from);
	if (x->organisation != y->organisation)
		return compare(x->organisation, y->organisation);
	return compare(y->to, x->to);
}

#define RADIX_BITS 11
#define RADIX_DIGITS (1 << RADIX_BITS)

/* One pass of a stable radix sort by patient. */
static void
sort_digit(const mo_spell *from, mo_spell *to, size_t n, int shift)
{
	size_t		start[RADIX_DIGITS + 1] = {0};

	for (size_t i = 0; i < n; i++)
		start[(((uint32_t) from[i].patient >> shift) & (RADIX_DIGITS - 1)) + 1]++;
	for (int digit = 0; digit < RADIX_DIGITS; digit++)
		start[digit + 1] += start[digit];
	for (size_t i = 0; i < n; i++)
		to[start[((uint32_t) from[i].patient >> shift) & (RADIX_DIGITS - 1)]++] = from[i];
}

/* Brings one patient's spells into order. */
static void
sort_few(mo_spell *spells, size_t n)
{
	if (n > INSERTION_LIMIT)
	{
		qsort(spells, n, sizeof(mo_spell), mo_spell_compare);
		return;
	}
	for (size_t i = 1; i < n; i++)
	{
		mo_spell	spell = spells[i];
		size_t		k = i;

		for (; k > 0 && mo_spell_compare(&spells[k - 1], &spell) > 0; k--)
			spells[k] = spells[k - 1];
		spells[k] = spell;
	}
}

static int
is_sorted(const mo_spell *spells, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (mo_spell_compare(&spells[i - 1], &spells[i]) >= 0)
			return 0;
	return 1;
}

size_t
mo_spells_sort(mo_spell *spells, size_t n, void *scratch)
{
	mo_spell   *other = scratch;
	size_t		kept = 0;

	if (is_sorted(spells, n))
		return n;
	sort_digit(spells, other, n, 0);
	sort_digit(other, spells, n, RADIX_BITS);
	sort_digit(spells, other, n, 2 * RADIX_BITS);
	for (size_t first = 0, last; first < n; first = last)
	{
		for (last = first + 1; last < n && other[last].patient == other[first].patient; last++)
			;
		sort_few(other + first, last - first);
	}
	for (size_t i = 0; i < n; i++)
		if (kept == 0 || memcmp(&spells[kept - 1], &other[i], sizeof(mo_spell)) != 0)
			spells[kept++] = other[i];
	return kept;
}

const char *
mo_spells_fault(const mo_spell *spells, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (spells[i].patient < 1)
			return "a patient number below 1";
		else if (spells[i].from >= spells[i].to)
			return "a spell that ends before it begins";
	return is_sorted(spells, n) ? NULL : "spells out of order";
}
