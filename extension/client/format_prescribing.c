/*
 * format_prescribing.c
 *		A row of prescribing, whatever its layout (prescribing_layouts.c), checked and stored (prescribing_store.c).
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codes.h"
#include "dates.h"
#include "fields.h"
#include "load.h"
#include "modash.h"
#include "prescribing.h"
#include "prescribing_store.h"
#include "text.h"

#define TEXT_MAX 2000
/* More presentations than there have ever been: not BNF codes. */
#define MAX_CODES 1000000

typedef struct prescribing
{
	mo_codes	presentations;
	mo_codes	practices;
	char		month_text[16]; /* of the row before, and what it means: months rarely change */
	size_t		month_length;
	int			month_index;
	int64_t		items;
	int64_t		cost_e5;
	int64_t		no_cost;		/* rows without an actual cost */
	int64_t		unidentified;
	mo_store   *store;
} prescribing;

/* A row, with the texts that belong to its codes. */
typedef struct record
{
	mo_prescription values;
	int			month_index;	/* in load->months */
	uint64_t	practice_key[2];
	uint64_t	bnf_key[2];
	mo_code    *presentation;
	const char *text[2];		/* name, chemical name */
	size_t		text_length[2];
	char		buffer[2][TEXT_MAX];
} record;

static bool
no_memory(mo_load *load)
{
	return mo_fail(load, MO_EXIT_FILE, 0, "out of memory");
}

bool
mo_prescribing_begin(mo_load *load)
{
	prescribing *p = load->state = calloc(1, sizeof(prescribing));

	if (p == NULL || (p->store = mo_store_begin(load)) == NULL)
		return no_memory(load);
	return true;
}

static bool
take_month(mo_load *load, const mo_csv_row *row, int *month_index)
{
	prescribing *p = load->state;
	size_t		length;
	const char *text = mo_value(load, row, P_MONTH, &length);
	bool		is_new;

	if (p->month_length != length || length == 0 || memcmp(text, p->month_text, length) != 0)
	{
		int32_t		month;

		if (!mo_take_month(load, row, P_MONTH, &month) || !mo_note_month(load, month, &is_new))
			return false;
		p->month_length = length <= sizeof(p->month_text) ? length : 0;
		memcpy(p->month_text, text, p->month_length);
		for (p->month_index = 0; load->months[p->month_index] != month;)
			p->month_index++;
	}
	*month_index = p->month_index;
	return true;
}

static bool
take_money(mo_load *load, const mo_csv_row *row, int column, int64_t *value)
{
	const mo_binding *b = &load->bindings[column];
	size_t		length;
	const char *text = mo_value(load, row, column, &length);
	uint64_t	number;
	unsigned	decimals;
	mo_number	result = MO_NUMBER_OK;

	if (!(b->column >= 0 && mo_field_number(text, length, &number, &decimals) &&
		  mo_scale_number(number, decimals, 5 - b->divide_digits, value)))
		result = mo_parse_fixed(text, length, 5 - b->divide_digits, value);
	if (result == MO_NUMBER_EMPTY)
		*value = INT64_MIN;
	else if (result != MO_NUMBER_OK)
		return mo_reject_number(load, row, column, result);
	else if (b->multiply != 1 && __builtin_mul_overflow(*value, b->multiply, value))
		return mo_reject_number(load, row, column, MO_NUMBER_RANGE);
	return true;
}

static bool
take_quantity(mo_load *load, const mo_csv_row *row, int column, double *value)
{
	static const double tens[] = {1, 10, 100, 1000, 10000, 100000};
	const mo_binding *b = &load->bindings[column];
	size_t		length;
	const char *text = mo_value(load, row, column, &length);
	uint64_t	number;
	unsigned	decimals;
	mo_number	result = MO_NUMBER_OK;
	double		other;

	if (b->column >= 0 && mo_field_number(text, length, &number, &decimals))
		*value = mo_nearest_number(number, decimals);
	else
		result = mo_parse_quantity(text, length, value);
	if (result == MO_NUMBER_EMPTY)
	{
		*value = NAN;
		return true;
	}
	if (result != MO_NUMBER_OK)
		return mo_reject_number(load, row, column, result);
	if (b->multiply != 1 || b->divide_digits != 0)
		*value = *value * (double) b->multiply / tens[b->divide_digits];
	if (b->other < 0)
		return true;
	if (mo_parse_quantity(row->fields[b->other].text, row->fields[b->other].length, &other) != MO_NUMBER_OK)
		return mo_reject(load, column, "cannot be worked out: a factor of it is not a number");
	*value *= other;
	return true;
}

static bool
take_items(mo_load *load, const mo_csv_row *row, int64_t *items)
{
	size_t		length;
	const char *text = mo_value(load, row, P_ITEMS, &length);
	uint64_t	number;
	unsigned	decimals;

	if (load->bindings[P_ITEMS].column < 0 || !mo_field_number(text, length, &number, &decimals) || decimals > 0 || number > INT32_MAX)
		return mo_take_count(load, row, P_ITEMS, INT32_MAX, items);
	*items = (int64_t) number;
	return true;
}

/* A code, and the same padded with zeros. */
static inline bool
take_code(mo_load *load, const mo_csv_row *row, int column, size_t most, const char **text, size_t *length, uint64_t *key)
{
	*text = mo_value(load, row, column, length);
	if (load->bindings[column].column >= 0 && *length <= most && mo_field_code(*text, *length, key))
		return true;
	if (!mo_take_code(load, row, column, most, text, length))
		return false;
	key[0] = key[1] = 0;
	memcpy(key, *text, *length);
	return true;
}

/* SNOMED CT identifiers have 6 to 18 digits; a spreadsheet turns them into 1.23E+17, whose last digits are lost. */
static bool
take_snomed(mo_load *load, const mo_csv_row *row, int64_t *code)
{
	size_t		length;
	const char *text = mo_value(load, row, P_SNOMED, &length);
	char		quote[60];

	*code = 0;
	if (length > 0 && (memchr(text, 'E', length) != NULL || memchr(text, 'e', length) != NULL))
		return mo_reject(load, P_SNOMED, "\"%s\" has lost its last digits in a spreadsheet",
						 mo_printable_value(text, length, quote, sizeof(quote)));
	for (size_t i = 0; i < length; i++)
	{
		if (text[i] < '0' || text[i] > '9' || i >= 18)
			return mo_reject(load, P_SNOMED, "\"%s\" is not a SNOMED CT code", mo_printable_value(text, length, quote, sizeof(quote)));
		*code = *code * 10 + (text[i] - '0');
	}
	return length == 0 || length >= 6 || mo_reject(load, P_SNOMED, "\"%s\" is not a SNOMED CT code",
												   mo_printable_value(text, length, quote, sizeof(quote)));
}

static bool
take_who(mo_load *load, const mo_csv_row *row, mo_prescription *r, uint64_t *key)
{
	size_t		length;
	const char *text = mo_value(load, row, P_UNIDENTIFIED, &length);

	r->unidentified = length == 1 && text[0] == 'Y';
	if (length > 1 || (length == 1 && text[0] != 'Y' && text[0] != 'N'))
		return mo_reject(load, P_UNIDENTIFIED, "is neither Y nor N");
	r->practice = mo_value(load, row, P_PRACTICE, &r->practice_length);
	/* NHSBSA gives unidentified prescribers a dash. */
	if (r->unidentified && r->practice_length == 1 && r->practice[0] == '-')
		return true;
	return take_code(load, row, P_PRACTICE, MO_PRACTICE_MAX, &r->practice, &r->practice_length, key);
}

/* Names that a presentation has had before need not be looked at again. */
static bool
take_names(mo_load *load, const mo_csv_row *row, record *r)
{
	static const int columns[2] = {P_NAME, P_CHEMICAL};
	prescribing *p = load->state;
	const mo_code *known = r->presentation = mo_codes_get_key(&p->presentations, r->bnf_key, r->values.bnf_length);

	if (known == NULL)
		return no_memory(load);
	for (int i = 0; i < 2; i++)
	{
		size_t		length;
		const char *text = mo_value(load, row, columns[i], &length);

		if (known->text[i] != NULL && known->text_length[i] == length && memcmp(known->text[i], text, length) == 0)
			r->text_length[i] = 0;	/* nothing new */
		else if (!mo_take_text(load, row, columns[i], r->buffer[i], TEXT_MAX, &r->text[i], &r->text_length[i]))
			return false;
	}
	return true;
}

static bool
take_row(mo_load *load, const mo_csv_row *row, record *r)
{
	mo_prescription *v = &r->values;

	if (!take_who(load, row, v, r->practice_key) ||
		!take_code(load, row, P_BNF, MO_BNF_MAX, &v->bnf, &v->bnf_length, r->bnf_key) ||
		!take_items(load, row, &v->items) ||
		!take_quantity(load, row, P_QUANTITY, &v->quantity[0]) ||
		!take_quantity(load, row, P_TOTAL, &v->quantity[1]) ||
		!take_quantity(load, row, P_ADQ, &v->quantity[2]) ||
		!take_money(load, row, P_NIC, &v->money[0]) ||
		!take_money(load, row, P_COST, &v->money[1]) ||
		!take_snomed(load, row, &v->snomed) ||
		!take_names(load, row, r))
		return false;
	if (v->bnf_length < MO_BNF_MIN)
		return mo_reject(load, P_BNF, "is too short for a BNF code");
	/* Last, because it notes the month: only for a row that is good. */
	return take_month(load, row, &r->month_index);
}

/* Names are sent once a presentation; a later name of the same file does not replace an earlier one. */
static void
remember(mo_load *load, const record *r)
{
	prescribing *p = load->state;

	if (r->presentation->count++ == 0 || r->presentation->text[0] == NULL)
	{
		for (int i = 0; i < 2; i++)
			if (r->text_length[i] > 0 && r->presentation->text[i] == NULL &&
				!mo_code_set_text(r->presentation, i, r->text[i], r->text_length[i]))
				no_memory(load);
	}
	if (!r->values.unidentified)
	{
		mo_code    *practice = mo_codes_get_key(&p->practices, r->practice_key, r->values.practice_length);

		if (practice == NULL)
			no_memory(load);
		else
			practice->count++;
	}
	if (p->presentations.count > MAX_CODES || p->practices.count > MAX_CODES)
		mo_fail(load, MO_EXIT_FILE, load->row->line, "has more than %d different codes: it is not prescribing", MAX_CODES);
}

void
mo_prescribing_row(mo_load *load, const mo_csv_row *csv_row)
{
	prescribing *p = load->state;
	static record r;			/* too large for a frame that is built a row at a time */

	if (!take_row(load, csv_row, &r) || !mo_store_row(load, p->store, r.month_index, &r.values))
		return;
	remember(load, &r);
	p->items += r.values.items;
	p->unidentified += r.values.unidentified;
	if (r.values.money[1] == INT64_MIN)
		p->no_cost++;
	else if (__builtin_add_overflow(p->cost_e5, r.values.money[1], &p->cost_e5))
		mo_fail(load, MO_EXIT_FILE, csv_row->line, "the costs add up to more than can be counted");
}

bool
mo_prescribing_end(mo_load *load)
{
	prescribing *p = load->state;
	char	   *note = load->note;
	size_t		size = sizeof(load->note);
	int			used = snprintf(note, size, "%s items, actual cost %s pounds", mo_thousands(p->items), mo_pounds(p->cost_e5));

	if (p->no_cost > 0)
		used += snprintf(note + used, size - (size_t) used, "; %s rows without an actual cost", mo_thousands(p->no_cost));
	if (p->unidentified > 0)
		snprintf(note + used, size - (size_t) used, "; %s rows of unidentified prescribers", mo_thousands(p->unidentified));
	return mo_store_end(load, p->store, &p->presentations, &p->practices);
}

void
mo_prescribing_abandon(mo_load *load)
{
	prescribing *p = load->state;

	if (p != NULL && p->store != NULL)
		mo_store_abandon(p->store);
}

void
mo_prescribing_discard(mo_load *load)
{
	prescribing *p = load->state;

	if (p == NULL)
		return;
	if (p->store != NULL)
		mo_store_free(load, p->store);
	mo_codes_free(&p->presentations);
	mo_codes_free(&p->practices);
	free(p);
	load->state = NULL;
}
