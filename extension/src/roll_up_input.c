/*
 * roll_up_input.c
 *		The arguments of mo.rolled_up: columns as arrays, those that belong together with as many elements as each other.
 *
 * Names stay where the arrays have them; only numbers are copied.
 */
#include "mo.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "patient_types.h"
#include "roll_up_input.h"
#include "stats/nhs_calendar.h"

/* ------------------------------------------------ arguments */

enum
{
	FIGURES = 0, PLACES = 5, GROUPS = 14, UNIT = 17, PER, INTERVAL_METHOD, ROUND_TO, PUBLISHED = 21, COVERAGE = 22, BEGINS_WITH_FIRST = 26,
	HIDDEN = 27, EARLIER = 32, TARGETS = 39, FAMILIES = 43, HIDE_FROM = 45, HIDE_TO, HIDE_NUMERATORS, HIDE_DENOMINATOR_BELOW
};

StaticAssertDecl(HIDE_DENOMINATOR_BELOW == MO_ROLL_UP_ARGUMENTS - 1, "the last argument is another");

/* The first month of all arrays of months, and whether there is room for what lies between it and the last. */
static void
find_first_month(mo_roll_up_reading *in)
{
	static const struct
	{
		int			argno;
		const char *what;
	}			months[] = {{FIGURES, "months"}, {PLACES, "place_months"}, {GROUPS, "group_months"}, {PUBLISHED, "published_months"},
	{HIDDEN, "hidden_months"}, {EARLIER, "earlier_months"}, {TARGETS, "target_months"}};
	int64		first = 0;
	int64		last = 0;
	bool		any = false;

	for (int a = 0; a < (int) lengthof(months); a++)
	{
		mo_column		from = mo_roll_up_column_of(in, months[a].argno, months[a].what, -1, false);

		for (int i = 0; i < from.n; i++)
		{
			int64		month = mo_roll_up_month_at(in, &from, i);

			first = any ? Min(first, month) : month;
			last = any ? Max(last, month) : month;
			any = true;
		}
	}
	if (last - first >= MO_ROLL_UP_MONTHS)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("there are more than %d months between the first and the last", MO_ROLL_UP_MONTHS),
				 errhint("Look for a date in the wrong century, or ask for fewer years at a time.")));
	in->first_month = first;
}

static void
read_figures(mo_roll_up_reading *in)
{
	mo_column		month = mo_roll_up_column_of(in, FIGURES, "months", -1, false);
	mo_column		code = mo_roll_up_column_of(in, FIGURES + 1, "organisations", month.n, false);
	mo_column		part = mo_roll_up_column_of(in, FIGURES + 2, "breakdowns", month.n, false);
	mo_column		numerator = mo_roll_up_column_of(in, FIGURES + 3, "numerators", month.n, false);
	mo_column		denominator = mo_roll_up_column_of(in, FIGURES + 4, "denominators", month.n, false);
	mo_figure  *figures = mo_roll_up_room_for(month.n, sizeof(mo_figure));

	for (int i = 0; i < month.n; i++)
		figures[i] = (mo_figure) {
			mo_roll_up_month_number(in, &month, i), mo_roll_up_code_at(in, &code, i), mo_roll_up_part_at(in, &part, i),
			mo_finite(DatumGetFloat8(numerator.values[i]), numerator.what),
			mo_finite(DatumGetFloat8(denominator.values[i]), denominator.what)
		};
	in->run.input.figures = figures;
	in->run.input.figure_count = month.n;
}

static void
read_places(mo_roll_up_reading *in)
{
	static const char *const what[] = {"place_pcns", "place_sub_icbs", "place_icbs", "place_regions", "place_nations"};
	mo_column		month = mo_roll_up_column_of(in, PLACES, "place_months", -1, false);
	mo_column		code = mo_roll_up_column_of(in, PLACES + 1, "place_codes", month.n, false);
	mo_column		type = mo_roll_up_column_of(in, PLACES + 2, "place_types", month.n, false);
	mo_column		setting = mo_roll_up_column_of(in, PLACES + 3, "place_settings", month.n, true);
	mo_column		within[MO_GROUP];
	mo_place   *places = mo_roll_up_room_for(month.n, sizeof(mo_place));

	for (int t = MO_PCN; t < MO_GROUP; t++)
		within[t] = mo_roll_up_column_of(in, PLACES + 3 + t, what[t - MO_PCN], month.n, true);
	for (int i = 0; i < month.n; i++)
	{
		mo_place   *place = &places[i];

		*place = (mo_place) {
			.month = mo_roll_up_month_number(in, &month, i), .code = mo_roll_up_code_at(in, &code, i), .type = mo_roll_up_type_at(&type, i, MO_GROUP),
			.is_gp = !setting.nulls[i] && DatumGetInt16(setting.values[i]) == 4
		};
		place->within[MO_PRACTICE] = place->type == MO_PRACTICE ? place->code : MO_NOWHERE;
		for (int t = MO_PCN; t < MO_GROUP; t++)
			place->within[t] = mo_roll_up_code_at(in, &within[t], i);
	}
	in->run.input.places = places;
	in->run.input.place_count = month.n;
}

static void
read_memberships(mo_roll_up_reading *in)
{
	mo_column		month = mo_roll_up_column_of(in, GROUPS, "group_months", -1, false);
	mo_column		member = mo_roll_up_column_of(in, GROUPS + 1, "group_members", month.n, false);
	mo_column		group = mo_roll_up_column_of(in, GROUPS + 2, "group_codes", month.n, false);
	mo_membership *memberships = mo_roll_up_room_for(month.n, sizeof(mo_membership));

	for (int i = 0; i < month.n; i++)
		memberships[i] = (mo_membership) {mo_roll_up_month_number(in, &month, i), mo_roll_up_code_at(in, &member, i), mo_roll_up_code_at(in, &group, i)};
	in->run.input.memberships = memberships;
	in->run.input.membership_count = month.n;
}

/* A month of coverage may lie far from the others: it is only compared. */
static int32
clamped_month(mo_roll_up_reading *in, const mo_column *from, int i)
{
	return (int32) Max(Min(mo_roll_up_month_at(in, from, i) - in->first_month, INT32_MAX), INT32_MIN + 1);
}

static void
read_coverage(mo_roll_up_reading *in)
{
	mo_column		published = mo_roll_up_column_of(in, PUBLISHED, "published_months", -1, false);
	mo_column		type = mo_roll_up_column_of(in, COVERAGE, "covered_types", -1, false);
	mo_column		icb = mo_roll_up_column_of(in, COVERAGE + 1, "covered_icbs", type.n, false);
	mo_column		first = mo_roll_up_column_of(in, COVERAGE + 2, "covered_from", type.n, true);
	mo_column		last = mo_roll_up_column_of(in, COVERAGE + 3, "covered_to", type.n, false);
	int32	   *months = mo_roll_up_room_for(published.n, sizeof(int32));
	mo_coverage *coverage = mo_roll_up_room_for(type.n, sizeof(mo_coverage));

	for (int i = 0; i < published.n; i++)
		months[i] = mo_roll_up_month_number(in, &published, i);
	for (int i = 0; i < type.n; i++)
		coverage[i] = (mo_coverage) {
			mo_roll_up_type_at(&type, i, MO_SUB_ICB), mo_roll_up_code_at(in, &icb, i),
			first.nulls[i] ? MO_NO_MONTH : clamped_month(in, &first, i), clamped_month(in, &last, i)
		};
	in->run.input.published = months;
	in->run.input.published_count = published.n;
	in->run.input.coverage = coverage;
	in->run.input.coverage_count = type.n;
	in->run.input.begins_with_first = DatumGetBool(in->arguments[BEGINS_WITH_FIRST].value);
}

/* Which figure something is said of: month, type, organisation and part in the arguments from argno on. */
static mo_known_figure *
read_known(mo_roll_up_reading *in, int argno, const char *const what[4], int *n)
{
	mo_column		month = mo_roll_up_column_of(in, argno, what[0], -1, false);
	mo_column		type = mo_roll_up_column_of(in, argno + 1, what[1], month.n, false);
	mo_column		code = mo_roll_up_column_of(in, argno + 2, what[2], month.n, false);
	mo_column		part = mo_roll_up_column_of(in, argno + 3, what[3], month.n, false);
	mo_known_figure *known = mo_roll_up_room_for(month.n, sizeof(mo_known_figure));

	for (int i = 0; i < month.n; i++)
		known[i] = (mo_known_figure) {
			.month = mo_roll_up_month_number(in, &month, i), .type = mo_roll_up_type_at(&type, i, MO_ORG_TYPES), .code = mo_roll_up_code_at(in, &code, i),
			.part = mo_roll_up_part_at(in, &part, i)
		};
	*n = month.n;
	return known;
}

static int
hidden_at(const mo_column *from, int i)
{
	int			hidden = DatumGetInt16(from->values[i]);

	if (hidden < 0 || hidden > 2)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s must hold 0, 1 and 2 only: %d", from->what, hidden),
				 errhint("As mo.hidden_cells gives them: 0 shown, 1 hidden for its own sake, 2 hidden for another's.")));
	return hidden;
}

static void
read_known_figures(mo_roll_up_reading *in)
{
	static const char *const hidden_what[] = {"hidden_months", "hidden_types", "hidden_codes", "hidden_breakdowns"};
	static const char *const earlier_what[] = {"earlier_months", "earlier_types", "earlier_codes", "earlier_breakdowns"};
	int			n;
	mo_known_figure *hidden = read_known(in, HIDDEN, hidden_what, &n);
	mo_column		reason = mo_roll_up_column_of(in, HIDDEN + 4, "hidden_reasons", n, false);
	mo_known_figure *earlier;
	mo_column		numerator;
	mo_column		value;

	for (int i = 0; i < n; i++)
		hidden[i].hidden = hidden_at(&reason, i);
	in->run.input.hidden = hidden;
	in->run.input.hidden_count = n;
	earlier = read_known(in, EARLIER, earlier_what, &n);
	numerator = mo_roll_up_column_of(in, EARLIER + 4, "earlier_numerators", n, false);
	value = mo_roll_up_column_of(in, EARLIER + 5, "earlier_values", n, true);
	reason = mo_roll_up_column_of(in, EARLIER + 6, "earlier_hidden", n, false);
	for (int i = 0; i < n; i++)
	{
		earlier[i].numerator = mo_finite(DatumGetFloat8(numerator.values[i]), numerator.what);
		earlier[i].value = value.nulls[i] ? NAN : mo_finite(DatumGetFloat8(value.values[i]), value.what);
		earlier[i].hidden = hidden_at(&reason, i);
	}
	in->run.input.earlier = earlier;
	in->run.input.earlier_count = n;
}

static void
read_targets(mo_roll_up_reading *in)
{
	mo_column		month = mo_roll_up_column_of(in, TARGETS, "target_months", -1, false);
	mo_column		type = mo_roll_up_column_of(in, TARGETS + 1, "target_types", month.n, true);
	mo_column		code = mo_roll_up_column_of(in, TARGETS + 2, "target_codes", month.n, false);
	mo_column		target = mo_roll_up_column_of(in, TARGETS + 3, "targets", month.n, false);
	mo_known_target *targets = mo_roll_up_room_for(month.n, sizeof(mo_known_target));

	for (int i = 0; i < month.n; i++)
		targets[i] = (mo_known_target) {
			mo_roll_up_month_number(in, &month, i), type.nulls[i] ? MO_ORG_TYPES : mo_roll_up_type_at(&type, i, MO_ORG_TYPES), mo_roll_up_code_at(in, &code, i),
			mo_finite(DatumGetFloat8(target.values[i]), target.what)
		};
	in->run.input.targets = targets;
	in->run.input.target_count = month.n;
}

static mo_interval_method
interval_method(const char *name)
{
	if (strcmp(name, "wilson") != 0 && strcmp(name, "byar") != 0 && strcmp(name, "none") != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("there is no interval method \"%s\"", name),
				 errhint("wilson for proportions, byar for counts and rates, none.")));
	return name[0] == 'w' ? MO_WILSON : name[0] == 'b' ? MO_BYAR : MO_NO_INTERVAL;
}

static void
read_measure(mo_roll_up_reading *in)
{
	mo_roll_up_input *input = &in->run.input;

	const char *unit = TextDatumGetCString(in->arguments[UNIT].value);

	input->is_count = strcmp(unit, "count") == 0;
	input->is_percentage = strcmp(unit, "percent") == 0;
	input->per = mo_finite(DatumGetFloat8(in->arguments[PER].value), "per");
	input->interval = interval_method(TextDatumGetCString(in->arguments[INTERVAL_METHOD].value));
	input->round_to = DatumGetInt32(in->arguments[ROUND_TO].value);
	if (input->per <= 0 || input->round_to < 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("per must be above 0 and round_to at least 1: %g and %d", input->per, input->round_to),
				 errhint("Give per => 1000 for a rate per 1,000, round_to => 5 where shown counts are rounded to 5.")));
}

/* Which figures are small, and which parts make up the measure. */
static void
read_rule(mo_roll_up_reading *in)
{
	mo_roll_up_input *input = &in->run.input;
	mo_column		part = mo_roll_up_column_of(in, FAMILIES, "family_parts", -1, false);
	mo_column		family = mo_roll_up_column_of(in, FAMILIES + 1, "families", part.n, false);
	mo_part_family *families = mo_roll_up_room_for(part.n, sizeof(mo_part_family));

	for (int i = 0; i < part.n; i++)
	{
		text	   *name = DatumGetTextPP(family.values[i]);

		families[i] = (mo_part_family) {mo_roll_up_part_at(in, &part, i), {VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name), 0}};
	}
	input->families = families;
	input->family_count = part.n;
	input->hide_from = DatumGetInt32(in->arguments[HIDE_FROM].value);
	input->hide_to = DatumGetInt32(in->arguments[HIDE_TO].value);
	input->hide_numerators = DatumGetBool(in->arguments[HIDE_NUMERATORS].value);
	input->hide_denominator_below = DatumGetInt32(in->arguments[HIDE_DENOMINATOR_BELOW].value);
	if (input->hide_from < 0 || input->hide_to < input->hide_from)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("hide_from and hide_to must not be negative nor out of order: %g and %g", input->hide_from, input->hide_to),
				 errhint("To hide the counts 1 to 7 give hide_from => 1, hide_to => 7.")));
}

void
mo_roll_up_read(mo_roll_up_reading *in)
{
	in->last_month = mo_month_index(in->last_day);
	in->codes.memory = in->parts.memory = in->run.memory = mo_memory_of(CurrentMemoryContext);
	in->run.input.codes = &in->codes;
	in->run.input.parts = &in->parts;
	mo_name_number(&in->parts, "", 0);	/* the measure itself */
	find_first_month(in);
	read_figures(in);
	read_places(in);
	read_memberships(in);
	read_coverage(in);
	read_known_figures(in);
	read_targets(in);
	read_measure(in);
	read_rule(in);
}

mo_roll_up_keys
mo_roll_up_read_keys(mo_roll_up_reading *in, NullableDatum *arguments)
{
	mo_roll_up_reading args = {.arguments = arguments};
	mo_column		type = mo_roll_up_column_of(&args, 0, "key_types", -1, false);
	mo_column		code = mo_roll_up_column_of(&args, 1, "key_codes", type.n, false);
	mo_column		key = mo_roll_up_column_of(&args, 2, "keys", type.n, false);
	mo_roll_up_keys read = {mo_roll_up_room_for(type.n, sizeof(int)), mo_roll_up_room_for(type.n, sizeof(int32)), mo_roll_up_room_for(type.n, sizeof(int32)), type.n};

	for (int i = 0; i < type.n; i++)
	{
		text	   *name = DatumGetTextPP(code.values[i]);

		read.type[i] = mo_roll_up_type_at(&type, i, MO_ORG_TYPES);
		read.code[i] = mo_name_find(&in->codes, VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name));
		read.key[i] = DatumGetInt32(key.values[i]);
	}
	return read;
}
