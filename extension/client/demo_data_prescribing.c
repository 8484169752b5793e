/*
 * The English Prescribing Dataset: one row a practice, presentation and quantity per item. Up to June
 * 2025 in the layout of 2014-25, afterwards in the one with SNOMED codes (SNOMED codes are made up,
 * with a right check digit).
 *
 * Which (presentation, quantity) pairs are used follows from --rows-per-practice: those with most items
 * and cost are taken, and items are scaled so that cost per ASTRO-PU is about what it is in England.
 */
#include "demo_data.h"
#include "text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define QUANTITIES 20
#define LAST_OLD_LAYOUT (2025 * 12 + 5)
#define NEW_DISCOUNTS (2024 * 12 + 3)	/* April 2024: by group instead of one average */
#define TARGET_NIC 415000		/* net ingredient cost per ASTRO-PU and month, 1e-5 pounds */

typedef struct
{
	const dd_presentation *drug;
	int			quantity;
	int64_t		use;			/* share of the presentation's items, times items */
	char		codes[2][560];	/* the columns from chemical to quantity, by layout */
	size_t		length[2];
	char		snomed[24];
} pair;

typedef struct
{
	const dd_world *world;
	pair	   *pairs;
	int			count;
	int64_t		all_use, all_cost;	/* sums of use, and of use times NIC per item / 1000 */
	int32_t		month;
	int			with_snomed;
	char		prefix[400];
	size_t		prefix_length;
	char		tail;			/* UNIDENTIFIED: Y or N */
} writer;

/* Items, and cost as items of eight pounds: what decides whether a pair is taken. */
static int64_t
weight_of(const pair *p)
{
	return p->use * (800000 + (int64_t) p->quantity * p->drug->unit_price);
}

static int
by_weight(const void *a, const void *b)
{
	const pair *left = a, *right = b;
	int			order;

	if (weight_of(left) != weight_of(right))
		return weight_of(left) < weight_of(right) ? 1 : -1;
	order = strcmp(left->drug->bnf_code, right->drug->bnf_code);
	return order ? order : left->quantity - right->quantity;
}

static int
by_code(const void *a, const void *b)
{
	const pair *left = a, *right = b;
	int			order = strcmp(left->drug->bnf_code, right->drug->bnf_code);

	return order ? order : left->quantity - right->quantity;
}

/* The columns between POSTCODE and ITEMS, the same in every row of a pair. */
static void
write_out(pair *p)
{
	char		chemical[12];
	const char *chapter = dd_chapters[p->drug->chapter];

	snprintf(chemical, sizeof chemical, "%.9s", p->drug->bnf_code);
	for (int layout = 0; layout < 2; layout++)
	{
		char	   *at = p->codes[layout];

		at = dd_put(dd_put(at, chemical), ",");
		at = dd_put(dd_put_field(at, p->drug->chemical), ",");
		at = dd_put(dd_put(at, p->drug->bnf_code), ",");
		at = dd_put(dd_put_field(at, p->drug->name), ",");
		at = dd_put(dd_put_field(at, chapter), ",");
		at = dd_put(dd_put_int(at, p->quantity), layout ? "," : ".0,");
		p->length[layout] = (size_t) (at - p->codes[layout]);
	}
}

/* A made-up identifier of the UK extension (namespace 1000001), of 17 or 18 digits. */
static void
make_snomed(pair *p)
{
	int			number = (int) (p->drug - dd_presentations);
	size_t		length;

	if (p->drug->chapter >= 20 && number % 3 == 0)
		return;					/* some appliances have none */
	snprintf(p->snomed, sizeof p->snomed, "%d100000110", (number % 2 ? 90000 : 900000) + number);
	length = strlen(p->snomed);
	p->snomed[length] = mo_check_digit(p->snomed, length);
}

static void
make_pairs(writer *w)
{
	/* the usual three quantities have most of the items; the rest are multiples of the first */
	static const int share[QUANTITIES] = {560, 210, 80, 40, 30, 20, 16, 13, 11, 8, 7, 6,
	5, 5, 4, 4, 3, 3, 3, 2};
	static const int quarters[QUANTITIES] = {0, 0, 0, 8, 2, 12, 1, 6, 16, 3, 24, 20,
		5, 9, 10, 7, 14, 18, 28, 32};
	int			count = 0;

	w->pairs = calloc((size_t) dd_presentation_count * QUANTITIES, sizeof(pair));
	if (!w->pairs)
		exit(DD_CANNOT_WRITE);
	for (int d = 0; d < dd_presentation_count; d++)
		for (int q = 0; q < QUANTITIES; q++)
		{
			const dd_presentation *drug = &dd_presentations[d];
			int			quantity = q < 3 ? drug->quantity[q] : (drug->quantity[0] * quarters[q] + 3) / 4;
			int			seen = 0;

			for (int i = count - 1; i >= 0 && w->pairs[i].drug == drug; i--)
				seen |= w->pairs[i].quantity == quantity;
			if (seen || quantity > 5000)
				continue;
			w->pairs[count].drug = drug;
			w->pairs[count].quantity = quantity;
			w->pairs[count++].use = (int64_t) drug->items * share[q];
		}
	qsort(w->pairs, (size_t) count, sizeof(pair), by_weight);
	w->count = count < w->world->rows_per_practice ? count : w->world->rows_per_practice;
	qsort(w->pairs, (size_t) w->count, sizeof(pair), by_code);
	for (int i = 0; i < w->count; i++)
	{
		w->all_use += w->pairs[i].use;
		w->all_cost += w->pairs[i].use * w->pairs[i].quantity * w->pairs[i].drug->unit_price / 1000;
		write_out(&w->pairs[i]);
		make_snomed(&w->pairs[i]);
	}
}

/* What the NHS pays: NIC less the discount of its group, plus a container allowance now and then. */
static int64_t
actual_cost(const writer *w, const pair *p, int64_t nic, int items)
{
	int			discount = 720;	/* in 10,000ths */

	if (w->month >= NEW_DISCOUNTS)
		discount = p->drug->chapter >= 20 ? 985 : memcmp(p->drug->bnf_code + 9, "AA", 2) ? 500 : 2000;
	return nic * (10000 - discount) / 10000 + (p->quantity % 7 ? 0 : INT64_C(1116) * items);
}

static void
put_row(writer *w, dd_file *file, const pair *p, int items)
{
	char	   *at = dd_room(file, 1024);
	int64_t		total = (int64_t) items * p->quantity;
	int64_t		nic = (total * p->drug->unit_price + 500) / 1000 * 1000;
	int			whole = w->with_snomed;
	int			counted = p->drug->chapter < 14;

	memcpy(at, w->prefix, w->prefix_length);
	at += w->prefix_length;
	memcpy(at, p->codes[whole], p->length[whole]);
	at += p->length[whole];
	at = dd_put_int(at, items);
	*at++ = ',';
	at = dd_put_int(at, total);
	at = dd_put(at, whole ? "," : ".0,");
	at = dd_put_int(at, counted ? total : 0);
	at = dd_put(at, whole ? "," : ".0,");
	at = dd_put_e5(at, nic, 2);
	*at++ = ',';
	at = dd_put_e5(at, actual_cost(w, p, nic, items), 5);
	*at++ = ',';
	*at++ = w->tail;
	if (whole)
		at = dd_put(dd_put(at, ","), p->snomed);
	*at++ = '\n';
	dd_took(file, at);
	file->rows++;
}

/* One practice's rows: nic is what they should come to, in 1e-5 pounds. */
static void
put_practice(writer *w, dd_file *file, int64_t nic, dd_rng *rng, int chapter)
{
	/* items of a pair = nic * use / (sum of use * cost per item); in 1024ths to keep fractions */
	int64_t		scale = nic * 1024 / 1000 * 65536 / (w->all_cost + 1);

	for (int i = 0; i < w->count; i++)
	{
		const pair *p = &w->pairs[i];
		int64_t		expected = (scale * p->use) >> 16;
		int64_t		root;
		int			items;

		if (chapter && p->drug->chapter != chapter)
			continue;
		if (p->drug->chapter == 3 || p->drug->chapter == 5 || p->drug->chapter == 14)
			expected = expected * (w->month % 12 < 3 || w->month % 12 > 8 ? 118 : 82) / 100;
		/* Poisson's spread and 6% of a practice's own; sqrt is exact to the last bit everywhere */
		root = (int64_t) sqrt((double) expected) * 32 + expected * 6 / 100;
		items = (int) ((expected * 1024 + dd_bell(rng) * root + 524288) >> 20);
		if (items > 0)
			put_row(w, file, p, items);
	}
}

/* The columns of a practice, YEAR_MONTH to POSTCODE. */
static void
set_prefix(writer *w, const dd_practice *p, const char *code, const char *name)
{
	const dd_area *icb = &w->world->icbs[p->icb];
	const dd_area *region = &w->world->regions[icb->parent];
	const dd_area *sub_icb = &w->world->sub_icbs[p->sub_icb];
	int			length;

	length = snprintf(w->prefix, sizeof w->prefix,
					  "%04d%02d,%s,%s,%s INTEGRATED CARE BOARD,%s,%s,%s%s,%s,%s,%s,%s,,,%s,",
					  w->month / 12, w->month % 12 + 1, region->name, region->code, icb->name, icb->code,
					  sub_icb->name, sub_icb->code, strlen(sub_icb->code) == 3 ? "00" : "", name, code,
					  p->street, p->town, p->postcode);
	w->prefix_length = (size_t) length < sizeof w->prefix ? (size_t) length : sizeof w->prefix - 1;
}

static int64_t
practice_nic(const writer *w, int index)
{
	const dd_world *world = w->world;
	const dd_practice *p = &world->practices[index];
	int			pcn = dd_pcn_at(p, w->month);
	int			story = pcn < 0 ? DD_STEADY : world->pcns[pcn].story;
	int			progress = dd_progress(world, w->month);
	int			level = p->cost_level + progress * 60 / 1000;	/* prices and volume rise */

	if (story == DD_IMPROVES)
		level += 90 - progress * 170 / 1000;
	else if (story == DD_DEAR)
		level += 110;
	level += (w->month % 12 == 1) * -60 + (w->month % 12 == 11) * 25;	/* short month; December */
	return (int64_t) dd_astro_pu(world, index, w->month) * TARGET_NIC / 1000 * level / 1000;
}

static void
write_month(writer *w, const char *name, int left_out)
{
	static const int setting_chapter[] = {[0] = 5, [1] = 5, [2] = 5, [9] = 20, [13] = 4, [26] = 3};
	const dd_world *world = w->world;
	char		code[16];
	dd_file		file;

	dd_open(world, &file, name);
	dd_text(&file, w->with_snomed ?
			"YEAR_MONTH,REGIONAL_OFFICE_NAME,REGIONAL_OFFICE_CODE,ICB_NAME,ICB_CODE,PCO_NAME,PCO_CODE,"
			"PRACTICE_NAME,PRACTICE_CODE,ADDRESS_1,ADDRESS_2,ADDRESS_3,ADDRESS_4,POSTCODE,"
			"BNF_CHEMICAL_SUBSTANCE_CODE,BNF_CHEMICAL_SUBSTANCE_NAME,BNF_PRESENTATION_CODE,"
			"BNF_PRESENTATION_NAME,BNF_CHAPTER_PLUS_CODE,QUANTITY,ITEMS,TOTAL_QUANTITY,ADQ_USAGE,NIC,"
			"ACTUAL_COST,UNIDENTIFIED,SNOMED_CODE\n" :
			"YEAR_MONTH,REGIONAL_OFFICE_NAME,REGIONAL_OFFICE_CODE,ICB_NAME,ICB_CODE,PCO_NAME,PCO_CODE,"
			"PRACTICE_NAME,PRACTICE_CODE,ADDRESS_1,ADDRESS_2,ADDRESS_3,ADDRESS_4,POSTCODE,"
			"BNF_CHEMICAL_SUBSTANCE,CHEMICAL_SUBSTANCE_BNF_DESCR,BNF_CODE,BNF_DESCRIPTION,"
			"BNF_CHAPTER_PLUS_CODE,QUANTITY,ITEMS,TOTAL_QUANTITY,ADQUSAGE,NIC,ACTUAL_COST,UNIDENTIFIED\n");
	for (int i = 0; i < world->practice_count; i++)
	{
		const dd_practice *p = &world->practices[i];
		dd_rng		rng = dd_random(world->seed, DD_S_EPD, i, w->month);

		if (i == left_out || !dd_open_at(p, w->month))
			continue;
		w->tail = 'N';
		set_prefix(w, p, p->code, p->name);
		if (p->setting == 4)
			put_practice(w, &file, practice_nic(w, i), &rng, 0);
		else
			put_practice(w, &file, INT64_C(2500000000), &rng, setting_chapter[p->setting]);
		if (p->setting != 13)
			continue;
		/* once an ICB: prescribing whose practice is not known, under a dummy code */
		snprintf(code, sizeof code, "%.3s998", world->sub_icbs[p->sub_icb].code);
		set_prefix(w, p, code, "UNIDENTIFIED DOCTORS");
		w->tail = 'Y';
		put_practice(w, &file, INT64_C(900000000), &rng, 2);
	}
	dd_close(&file);
}

void
dd_write_prescribing(const dd_world *world)
{
	writer		w = {.world = world};
	int32_t		corrected = world->month_count > 6 ? world->end_month - 6 : 0;
	char		name[64];

	make_pairs(&w);
	for (w.month = world->first_month; w.month < world->end_month; w.month++)
	{
		w.with_snomed = w.month > LAST_OLD_LAYOUT;
		snprintf(name, sizeof name, w.with_snomed ? "EPD_SNOMED_%04d%02d.csv" : "EPD_%04d%02d.csv",
				 w.month / 12, w.month % 12 + 1);
		write_month(&w, name, w.month == corrected && world->gp_count > 3 ? 3 : -1);
		if (w.month == corrected && world->gp_count > 3)
		{
			char		again[80];

			snprintf(again, sizeof again, "corrected/%s", name);
			write_month(&w, again, -1);
		}
	}
	free(w.pairs);
}
