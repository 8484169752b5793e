/* Alerts and what practices did, PINCER hazards, significant events, incidents, the culture audit. */
#include "demo_data.h"

#include <stdio.h>

typedef struct
{
	const char *class;
	int			per_month;		/* mean number a month, in thousandths */
	int			window_hours;	/* what the practice aims at */
} alert_kind;

static const alert_kind kinds[] = {
	{"1", 150, 24}, {"2", 1100, 48}, {"3", 500, 120}, {"4", 1500, 240}, {"NATPSA", 300, 336}
};

/* One practice's log of one alert. Times are in minutes from the midnight before the issue. */
static void
put_action(const dd_world *world, dd_file *file, int practice, const char *ref, const alert_kind *kind,
		   int32_t day, int minute, dd_rng *rng)
{
	const dd_practice *p = &world->practices[practice];
	int			quality = dd_quality(world, practice, dd_month_of(day)) + 120;
	int			received = minute + dd_between(rng, 0, 900);
	int			fate = dd_between(rng, 0, 999);
	int			applies = dd_chance(rng, 780);
	int			closed;
	int			end = (dd_month_first(world->end_month) - day) * 1440;

	if (dd_chance(rng, quality > 985 ? 985 : quality))
		closed = minute + dd_between(rng, 20, kind->window_hours * 60 - 1);
	else
		closed = minute + kind->window_hours * 60 + dd_between(rng, 1, 40000);
	if (fate < 25)
		closed = INT32_MAX;		/* still open today */
	else if (fate < 33)
		closed = minute - dd_between(rng, 60, 5000);	/* closed before it was issued: a wrong clock */
	if (closed < 0)
		closed = 0;
	if (received > closed && closed >= minute)
		received = closed;		/* nobody closes what has not come */
	if (closed >= end)
		closed = INT32_MAX;
	dd_format(file, "%s,%s,%s,%s,%s,%s\n", ref, p->code, received < end ? dd_stamp(day, received) : "",
			  closed == INT32_MAX ? "" : dd_stamp(day, closed), closed == INT32_MAX ? "" : applies ? "done" : "not_applicable",
			  fate % 3 ? "CP" : fate % 2 ? "GP" : "");
	file->rows++;
	if (fate > 985 && closed != INT32_MAX && closed + 3000 < end)	/* closed again */
	{
		dd_format(file, "%s,%s,%s,%s,done,CP\n", ref, p->code, dd_stamp(day, received), dd_stamp(day, closed + 3000));
		file->rows++;
	}
}

typedef struct
{
	const dd_world *world;
	dd_file		alerts, actions;
	int			number;
} alert_log;

/* An alert and what every practice then open did with it. */
static void
put_alert(alert_log *log, const alert_kind *kind, int32_t day, int minute, dd_rng *rng)
{
	const dd_world *world = log->world;
	dd_date		date = dd_civil(day);
	int			known = ++log->number != 17;	/* one alert without its time of issue */
	char		ref[40];

	snprintf(ref, sizeof ref, "SYN(%02d)A/%03d", date.year % 100, log->number);
	dd_format(&log->alerts, "%s,%s,Synthetic alert %d class %s,%s,%s\n", ref, kind->class, log->number, kind->class,
			  known ? dd_stamp(day, minute) : "", kind->class[0] == 'N' ? dd_stamp(day + 14, 1439) : "");
	log->alerts.rows++;
	for (int i = 0; i < world->gp_count; i++)
		if (dd_open_at(&world->practices[i], dd_month_of(day)))
			put_action(world, &log->actions, i, ref, kind, day, minute, rng);
}

static void
put_alerts(alert_log *log, int32_t month, size_t which)
{
	dd_rng		rng = dd_random(log->world->seed, DD_S_ALERT, month, (int64_t) which);

	for (int n = dd_poisson(&rng, kinds[which].per_month); n > 0; n--)
	{
		int32_t		day = dd_month_first(month) + dd_between(&rng, 0, 27);
		int			minute = dd_between(&rng, 540, 1010);

		/* seldom at the weekend or late in the evening */
		if (dd_weekday(day) > 4 && dd_chance(&rng, 800))
			day -= 3;
		if (dd_chance(&rng, 60))
			minute = 1395;
		if (dd_month_of(day) < month)
			day += 7;
		put_alert(log, &kinds[which], day, minute, &rng);
	}
}

void
dd_write_alerts(const dd_world *world)
{
	alert_log	log = {.world = world};
	dd_rng		rng = dd_random(world->seed, DD_S_ALERT, 0, 0);

	dd_open(world, &log.alerts, "alert.csv");
	dd_open(world, &log.actions, "alert_action.csv");
	dd_text(&log.alerts, "alert_ref,alert_class,title,issued_at,deadline_at\n");
	dd_text(&log.actions, "alert_ref,practice_code,received_at,closed_at,outcome,owner_role\n");
	for (int32_t month = world->first_month; month < world->end_month; month++)
		for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++)
			put_alerts(&log, month, k);
	/* on the last afternoon one of class 2, hardly anywhere closed and nowhere due */
	put_alert(&log, &kinds[1], dd_month_first(world->end_month) - 1, 960, &rng);
	dd_close(&log.alerts);
	dd_close(&log.actions);
}

/* PINCER indicators, as often as they were met in England (facts/pincer_indicators.csv), rounded. */
static const struct
{
	const char *code;
	int			share;
} indicators[] = {
	{"A", 180}, {"B", 20}, {"C", 24}, {"D", 46}, {"E", 30}, {"F", 22}, {"G", 100}, {"I", 18}, {"K", 12}, {"AC", 420},
	{"ME_FBC", 48}, {"ME_LFT", 48}, {"LI", 16}, {"AM", 16}
};

static void
put_hazard(const dd_world *world, dd_file *file, int practice, int32_t month, int number, dd_rng *rng)
{
	static const char *const outcomes[] = {"changed", "changed", "changed", "changed", "changed", "justified",
		"justified", "no_action", "no_action", "declined"};
	int32_t		end = dd_month_first(world->end_month);
	int32_t		flagged = dd_month_first(month) + dd_between(rng, 0, 27);
	int32_t		reviewed = DD_NEVER;
	int			draw = dd_between(rng, 0, 999);
	size_t		which = 0;
	int			outcome = dd_between(rng, 0, 9);
	dd_patient	p;

	while (which + 1 < sizeof indicators / sizeof indicators[0] && (draw -= indicators[which].share) >= 0)
		which++;
	if (dd_chance(rng, dd_quality(world, practice, month)))
		reviewed = flagged + dd_between(rng, 3, 110);
	if (reviewed >= end)
		reviewed = DD_NEVER;
	dd_make_patient(world, practice, (int) dd_below(rng, (uint32_t) dd_patients_of(world, practice)), &p);
	if (dd_registered_at(&p, flagged) != practice)
		return;
	dd_format(file, "H%d-%d,%d,%s,%s,%s,%s,%s\n", practice + 1, number, p.key, world->practices[practice].code,
			  indicators[which].code, dd_iso(flagged), dd_iso(reviewed), reviewed == DD_NEVER ? "" : outcomes[outcome]);
	file->rows++;
}

/* How many of something a practice has in a month, in thousandths: more where safety is a problem. */
static int
hazards_of(const dd_world *world, int practice, int32_t month, int thousandths)
{
	int			quality = dd_quality(world, practice, month);

	return (int) ((int64_t) world->practices[practice].patients * thousandths * (1500 - quality) / 700 / 9000);
}

void
dd_write_hazards(const dd_world *world)
{
	dd_file		file;

	dd_open(world, &file, "pincer_hazard.csv");
	dd_text(&file, "hazard_id,patient_key,practice_code,indicator_code,flagged_on,reviewed_on,outcome\n");
	for (int i = 0; i < world->gp_count; i++)
	{
		int			number = 0;

		for (int32_t month = world->first_month; month < world->end_month; month++)
		{
			dd_rng		rng = dd_random(world->seed, DD_S_PINCER, i, month);

			if (dd_open_at(&world->practices[i], month))
				for (int n = dd_poisson(&rng, hazards_of(world, i, month, 7000)); n > 0; n--)
					put_hazard(world, &file, i, month, ++number, &rng);
		}
	}
	dd_close(&file);
}

static const char *
harm(dd_rng *rng)
{
	int			draw = dd_between(rng, 0, 999);

	return draw < 3 ? "fatal" : draw < 15 ? "severe" : draw < 90 ? "moderate" : draw < 330 ? "low" : draw < 930 ? "none" : "";
}

static void
put_event(const dd_world *world, dd_file *events, dd_file *themes, int practice, int32_t month, int number, dd_rng *rng)
{
	static const char *const codes[] = {"monitoring", "tl_omit", "tm_dose", "reconciliation", "communication", "repeat",
		"interaction", "near_miss", "in_drug", "syn_polypharmacy"};
	int32_t		end = dd_month_first(world->end_month);
	int32_t		raised = dd_month_first(month) + dd_between(rng, 0, 27);
	int32_t		occurred = dd_chance(rng, 950) ? raised - dd_between(rng, 0, 30) : DD_NEVER;
	int32_t		completed = raised + dd_between(rng, 10, 130);
	int			quality = dd_quality(world, practice, month);
	/* where there is a safety problem it is monitoring that is missed */
	int			theme = quality < 620 && dd_chance(rng, 600) ? 0 : dd_between(rng, 0, 9);
	int			second = dd_chance(rng, 250) ? dd_between(rng, 0, 9) : theme;
	const char *physical = harm(rng);

	if (!dd_chance(rng, quality) || completed >= end)
		completed = DD_NEVER;
	dd_format(events, "S%d-%d,%s,%s,%s,%s,%s,%s\n", practice + 1, number, world->practices[practice].code, dd_iso(occurred),
			  dd_iso(raised), dd_iso(completed), physical, *physical ? "none" : "");
	dd_format(themes, "S%d-%d,%s\n", practice + 1, number, codes[theme]);
	if (second != theme)
		dd_format(themes, "S%d-%d,%s\n", practice + 1, number, codes[second]);
	events->rows++;
	themes->rows += 1 + (second != theme);
}

static void
put_incident(const dd_world *world, dd_file *file, int practice, int32_t month, int number, dd_rng *rng)
{
	static const char *const categories[] = {"prescribing", "monitoring", "dispensing", "administration", "transfer of care"};
	int32_t		end = dd_month_first(world->end_month);
	int32_t		day = dd_month_first(month) + dd_between(rng, 0, 27);
	int32_t		reported = day + dd_between(rng, 0, 20);
	const char *physical = harm(rng);
	int			category = dd_between(rng, 0, 4);

	if (reported >= end)
		return;					/* not known yet */
	dd_format(file, "I%d-%d,%s,%s,%s,%s,%s\n", practice + 1, number, world->practices[practice].code, dd_iso(day),
			  dd_iso(reported), categories[category], physical);
	file->rows++;
}

static void
put_audits(const dd_world *world, dd_file *file, int practice)
{
	for (int32_t month = world->first_month; month < world->end_month; month++)
	{
		dd_rng		rng = dd_random(world->seed, DD_S_CULTURE, practice, month);
		int			score = dd_quality(world, practice, month) * 90 / 1000 + dd_between(&rng, -6, 6);
		int32_t		day = dd_month_first(month) + dd_between(&rng, 0, 27);
		int			people = dd_between(&rng, 3, 22);

		/* every November; one practice in eight forgets it in a year */
		if (month % 12 != 10 || dd_chance(&rng, 125) || !dd_open_at(&world->practices[practice], month))
			continue;
		dd_format(file, "C%d-%d,%s,%s,SYN-PSC,%d,100,%d\n", practice + 1, month / 12, world->practices[practice].code,
				  dd_iso(day), score < 0 ? 0 : score > 100 ? 100 : score, people);
		file->rows++;
	}
}

void
dd_write_learning(const dd_world *world)
{
	dd_file		events, themes, incidents, audits;

	dd_open(world, &events, "significant_event.csv");
	dd_open(world, &themes, "significant_event_theme.csv");
	dd_open(world, &incidents, "incident.csv");
	dd_open(world, &audits, "culture_audit.csv");
	dd_text(&events, "event_id,practice_code,occurred_on,raised_on,completed_on,harm_physical,harm_psychological\n");
	dd_text(&themes, "event_id,theme_code\n");
	dd_text(&incidents, "incident_id,practice_code,occurred_on,reported_on,category,harm_physical\n");
	dd_text(&audits, "audit_id,practice_code,audited_on,tool,score,maximum,respondents\n");
	for (int i = 0; i < world->gp_count; i++)
	{
		int			event = 0, incident = 0;

		for (int32_t month = world->first_month; month < world->end_month; month++)
		{
			dd_rng		rng = dd_random(world->seed, DD_S_SEA, i, month);

			if (!dd_open_at(&world->practices[i], month))
				continue;
			for (int n = dd_poisson(&rng, hazards_of(world, i, month, 400)); n > 0; n--)
				put_event(world, &events, &themes, i, month, ++event, &rng);
			rng = dd_random(world->seed, DD_S_INCIDENT, i, month);
			for (int n = dd_poisson(&rng, hazards_of(world, i, month, 900)); n > 0; n--)
				put_incident(world, &incidents, i, month, ++incident, &rng);
		}
		put_audits(world, &audits, i);
	}
	dd_close(&events);
	dd_close(&themes);
	dd_close(&incidents);
	dd_close(&audits);
}
