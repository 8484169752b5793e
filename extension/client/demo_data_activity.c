/*
 * What happened to patients: structured medication reviews and what was stopped in them, monitoring
 * tests of high-risk drugs, titration contacts. How often things happen follows the quality of the
 * practice in that month, which the stories of the PCNs move.
 */
#include "demo_data.h"

#include <string.h>

typedef struct
{
	const dd_world *world;
	dd_systems	systems;
	dd_patient	patient;
	dd_rng		rng;
	int			count;			/* events of the patient so far */
} author;

static const char *const roles[] = {"CP", "CP", "PHT", "GP", "PN"};

/* Writes an event where the patient was registered that day; late, doubled or undated now and then. Returns its number. */
static int
happen(author *a, int32_t day, dd_event event)
{
	int			practice = dd_registered_at(&a->patient, day);
	int			fate = dd_between(&a->rng, 0, 999);

	if (practice < 0 || day >= dd_month_first(a->world->end_month) || a->count > 95)
		return 0;
	event.practice = practice;
	event.number = ++a->count;
	event.event_day = day;
	event.precision = 'D';
	if (!event.role)
		event.role = roles[dd_below(&a->rng, 5)];
	event.recorded_day = fate < 30 ? day + dd_between(&a->rng, 20, 70) : day + (fate % 10 == 0);
	if (fate >= 990 && fate < 993)
		event.event_day = DD_NEVER;
	else if (fate >= 993 && fate < 996)
		event.precision = fate == 993 ? 'Y' : 'M';
	dd_put_event(&a->systems, &a->patient, &event);
	if (fate >= 996)			/* entered twice */
	{
		int			first = event.number;

		event.number = ++a->count;
		dd_put_event(&a->systems, &a->patient, &event);
		return first;
	}
	return event.number;
}

static dd_event
plain(int code)
{
	return (dd_event){.code = code, .outcome = "", .comparator = "", .unit = "", .value = -1};
}

static int
quality_on(const author *a, int32_t day)
{
	int			practice = dd_registered_at(&a->patient, day);

	return practice < 0 ? 0 : dd_quality(a->world, practice, dd_month_of(day));
}

static void
review(author *a, int32_t day)
{
	dd_event	event = plain(DD_SMR);
	int			smr;

	event.role = "CP";
	smr = happen(a, day, event);
	for (int i = dd_poisson(&a->rng, 1100); smr && i > 0; i--)
	{
		event = plain(DD_STOP_EFFECT + dd_between(&a->rng, 0, 2));
		event.role = "CP";
		event.linked = smr;
		happen(a, day + (dd_chance(&a->rng, 200) ? dd_between(&a->rng, 1, 20) : 0), event);
	}
}

/* A review in most years of membership; sometimes one of the kinds that do not count. */
static void
reviews(author *a, const dd_membership *member)
{
	int32_t		day = dd_month_first(a->world->first_month - 11);

	for (; day < dd_month_first(a->world->end_month); day += 365)
	{
		int32_t		when = day + dd_between(&a->rng, 0, 364);

		if (when < member->from || when >= member->to)
			continue;
		if (dd_chance(&a->rng, quality_on(a, when) * 85 / 100))
			review(a, when);
		else if (dd_chance(&a->rng, 400))
			happen(a, when, plain(dd_chance(&a->rng, 100) ? DD_OLD_CODE : DD_REVIEW));
	}
	if (member->reason[0] == 'd' && member->reason[1] == 'e')
		happen(a, member->to, plain(DD_DECLINED));
}

static void
one_test(author *a, int32_t day, char kind)
{
	static const char kinds[] = "FLR?TICW";	/* in the order of dd_code_index from DD_FBC; R is followed by its eGFR */
	dd_event	event = plain(DD_FBC + (int) (strchr(kinds, kind) - kinds));

	if (kind == 'R')
	{
		event.value = dd_between(&a->rng, 450, 1400);
		event.unit = "umol/L";
		happen(a, day, event);
		event = plain(DD_EGFR);
		event.value = dd_between(&a->rng, 250, 900);
		event.unit = "mL/min";
		if (event.value > 850)
		{
			event.value = 900;
			event.comparator = ">";
		}
	}
	else if (kind == 'I')
	{
		event.value = dd_between(&a->rng, 3, 11);
		event.unit = "mmol/L";
	}
	else if (kind == 'W')
	{
		event.value = dd_between(&a->rng, 480, 1250);
		event.unit = "kg";
	}
	happen(a, day, event);
}

/* Tests a little before they are due; when nobody saw to it, weeks or months late. */
static void
monitoring(author *a, const dd_membership *member)
{
	const char *tests = dd_cohorts[member->cohort].tests;
	int32_t		start = dd_month_first(a->world->first_month) - member->interval * 30;
	int32_t		day = member->from > start ? member->from : start + dd_between(&a->rng, 0, member->interval * 30);

	while (day < member->to && day < dd_month_first(a->world->end_month))
	{
		int			quality = quality_on(a, day);

		for (const char *test = tests; *test; test++)
			if (dd_chance(&a->rng, 960 + quality / 30))
				one_test(a, day, *test);
		day += member->interval * 30 - dd_between(&a->rng, 2, 9);
		if (!dd_chance(&a->rng, quality))
			day += dd_between(&a->rng, 20, 60 + member->interval * 25);
	}
}

/* Contacts of a titration clinic every three to eight weeks for a while; some are missed. */
static void
titration(author *a)
{
	int32_t		start = dd_month_first(a->world->first_month);
	int32_t		day = start + dd_between(&a->rng, 0, a->world->month_count * 30);

	for (int i = dd_between(&a->rng, 2, 9); i > 0; i--)
	{
		dd_event	event = plain(DD_HTN + a->patient.clinic);
		int			fate = dd_between(&a->rng, 0, 999);

		event.outcome = fate < 880 ? "attended" : fate < 970 ? "did_not_attend" : "cancelled";
		event.role = fate % 3 ? "CP" : "PN";
		happen(a, day, event);
		day += dd_between(&a->rng, 21, 56);
	}
}

/* What else is in a record and counts nowhere: after all else, so that the rest is the same with and without. */
static void
others(author *a)
{
	for (int i = 0; i < a->world->other_events; i++)
		happen(a, dd_month_first(a->world->first_month) + dd_between(&a->rng, 0, a->world->month_count * 30), plain(DD_REVIEW));
}

void
dd_write_activity(const dd_world *world)
{
	author		a = {.world = world};

	dd_open_systems(world, &a.systems);
	for (int i = 0; i < world->gp_count; i++)
		for (int k = 0; k < dd_patients_of(world, i); k++)
		{
			dd_make_patient(world, i, k, &a.patient);
			a.rng = dd_random(world->seed, DD_S_ACTIVITY, a.patient.key, 0);
			a.count = 0;
			for (int m = 0; m < a.patient.membership_count; m++)
			{
				const dd_membership *member = &a.patient.memberships[m];

				if (member->cohort < DD_FIRST_REGISTER)
					reviews(&a, member);
				else
					monitoring(&a, member);
			}
			if (a.patient.clinic >= 0)
				titration(&a);
			others(&a);
		}
	dd_close_systems(&a.systems);
	dd_write_links(world);
}
