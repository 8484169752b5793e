/*
 * The workforce of the PCNs: posts, who holds them and when, long leave, supervision, scopes of practice.
 * People leave and posts stand vacant until the next comes; one in twelve has a spell of leave.
 */
#include "demo_data.h"

#include <string.h>

static const struct
{
	const char *role;
	int			fte;			/* hundredths */
	int			interval;		/* days between sessions of supervision */
} posts[] = {
	{"CP", 100, 31}, {"CP", 80, 31}, {"CP", 60, 31}, {"PHT", 100, 31}, {"PHT", 80, 31}, {"CC", 100, 62}, {"CC", 60, 62},
	{"SPLW", 100, 62}, {"FCP", 50, 92}, {"PA", 100, 31}, {"PARA", 100, 31}, {"MHP", 60, 62}
};

#define POSTS ((int) (sizeof(posts) / sizeof(posts[0])))

typedef struct
{
	const dd_world *world;
	dd_file		staff, posts, leave, supervision, scope, rules;
	int			people, holdings, sessions, scopes;
} workforce;

/* How well a PCN looks after its people: the story of the PCN around the same middle as practices. */
static int
care(const dd_world *world, int pcn, int32_t day)
{
	int			progress = dd_progress(world, dd_month_of(day));
	int			story = world->pcns[pcn].story;

	return story == DD_IMPROVES ? 640 + progress * 330 / 1000 : story == DD_UNSAFE ? 800 - progress * 250 / 1000 : 890;
}

static void
supervise(workforce *w, int pcn, int key, int interval, int32_t from, int32_t to, dd_rng *rng)
{
	int32_t		start = dd_month_first(w->world->first_month) - interval;
	int32_t		end = dd_month_first(w->world->end_month);
	int32_t		day = (from > start ? from : start) + dd_between(rng, 1, interval);

	while (day < to && day < end)
	{
		int			kind = dd_between(rng, 0, 19);	/* one in twenty does not count */

		dd_format(&w->supervision, "V%d,%d,%s,%s,%s\n", ++w->sessions, key, dd_iso(day), kind % 5 == 4 ? "" : "GP",
				  kind == 19 ? "managerial" : kind > 13 ? "educational" : "clinical");
		w->supervision.rows++;
		day += interval - dd_between(rng, 1, interval / 8);
		if (!dd_chance(rng, care(w->world, pcn, day)))
			day += dd_between(rng, interval / 3, interval * 2);
	}
}

static void
sign_scopes(workforce *w, int pcn, int key, int32_t from, int32_t to, dd_rng *rng)
{
	int32_t		start = dd_month_first(w->world->first_month) - 365;
	int32_t		end = dd_month_first(w->world->end_month);
	int32_t		day = from > start ? from + dd_between(rng, 0, 40) : start + dd_between(rng, 0, 364);

	while (day < to && day < end)
	{
		dd_format(&w->scope, "P%d,%d,%s,%s\n", ++w->scopes, key, dd_iso(day), dd_iso(day + 365));
		w->scope.rows++;
		day += 365 - dd_between(rng, 0, 25);
		if (!dd_chance(rng, care(w->world, pcn, day) + 60))
			day += dd_between(rng, 40, 200);
	}
}

/* A person in a post from one day to another: everything that follows. */
static void
hold(workforce *w, int pcn, int post, int32_t from, int32_t to, dd_rng *rng)
{
	int32_t		start = dd_month_first(w->world->first_month), end = dd_month_first(w->world->end_month);
	int			key = ++w->people;
	int			prescriber = posts[post].role[0] == 'C' && posts[post].role[1] == 'P' ? dd_chance(rng, 600) : 0;
	int			on_leave = dd_chance(rng, 85);
	int32_t		leave_from = dd_between(rng, start, end - 1);
	int32_t		leave_to = leave_from + dd_between(rng, 40, 270);
	int32_t		works_to = to;

	dd_format(&w->staff, "%d,%s\n", key, prescriber ? "true" : "false");
	dd_format(&w->posts, "J%d,%d,%s,%s,%s,%s,%d.%02d\n", ++w->holdings, key, posts[post].role, w->world->pcns[pcn].code,
			  dd_iso(from), dd_iso(to), posts[post].fte / 100, posts[post].fte % 100);
	w->staff.rows++;
	w->posts.rows++;
	if (post == 2 && pcn % 5 == 0 && pcn + 1 < w->world->pcn_count)	/* shared with the next PCN */
	{
		dd_format(&w->posts, "J%d,%d,CP,%s,%s,%s,0.40\n", ++w->holdings, key, w->world->pcns[pcn + 1].code, dd_iso(from), dd_iso(to));
		w->posts.rows++;
	}
	if (on_leave && leave_from > from && leave_from < to)
	{
		dd_format(&w->leave, "%d,%s,%s\n", key, dd_iso(leave_from), leave_to < end ? dd_iso(leave_to) : "");
		w->leave.rows++;
		works_to = leave_from;
		if (leave_to < to && leave_to < end)
			supervise(w, pcn, key, posts[post].interval, leave_to, to, rng);
	}
	supervise(w, pcn, key, posts[post].interval, from, works_to, rng);
	sign_scopes(w, pcn, key, from, works_to, rng);
	if (dd_chance(rng, 40))		/* a closer interval agreed for this person */
	{
		dd_format(&w->rules, "R-S%d,,%d,14,%s,%s\n", key, key, dd_iso(from > start ? from : start), "");
		w->rules.rows++;
	}
}

/* One post of a PCN through the months: holder, perhaps vacancy, the next holder. */
static void
fill(workforce *w, int pcn, int post)
{
	dd_rng		rng = dd_random(w->world->seed, DD_S_STAFF, pcn, post);
	int32_t		start = dd_month_first(w->world->first_month), end = dd_month_first(w->world->end_month);
	int32_t		from = dd_chance(&rng, 750) ? start - dd_between(&rng, 20, 1200) : dd_between(&rng, start, end - 1);

	while (from < end)
	{
		int32_t		to = dd_chance(&rng, 350) ? dd_between(&rng, start, end) + 5 : DD_NEVER;
		int32_t		next;

		if (to <= from || to >= end)
			to = DD_NEVER;
		hold(w, pcn, post, from, to, &rng);
		if (to == DD_NEVER)
			return;
		next = to + dd_between(&rng, 0, 120);
		if (next > to)
		{
			dd_format(&w->posts, "J%d,,%s,%s,%s,%s,%d.%02d\n", ++w->holdings, posts[post].role, w->world->pcns[pcn].code,
					  dd_iso(to), next < end ? dd_iso(next) : "", posts[post].fte / 100, posts[post].fte % 100);
			w->posts.rows++;
		}
		from = next;
	}
}

static void
write_rules(workforce *w)
{
	for (int i = 0; i < POSTS; i++)
	{
		if (i > 0 && !strcmp(posts[i].role, posts[i - 1].role))
			continue;
		dd_format(&w->rules, "R-%s,%s,,%d,2019-04-01,\n", posts[i].role, posts[i].role, posts[i].interval);
		w->rules.rows++;
	}
}

void
dd_write_workforce(const dd_world *world)
{
	workforce	w = {.world = world};

	dd_open(world, &w.staff, "staff.csv");
	dd_open(world, &w.posts, "staff_post.csv");
	dd_open(world, &w.leave, "staff_leave.csv");
	dd_open(world, &w.supervision, "supervision.csv");
	dd_open(world, &w.scope, "scope_of_practice.csv");
	dd_open(world, &w.rules, "supervision_requirement.csv");
	dd_text(&w.staff, "staff_key,is_independent_prescriber\n");
	dd_text(&w.posts, "post_id,staff_key,role_code,org_code,post_from,post_to,fte\n");
	dd_text(&w.leave, "staff_key,leave_from,leave_to\n");
	dd_text(&w.supervision, "supervision_id,staff_key,held_on,supervisor_role,kind\n");
	dd_text(&w.scope, "scope_id,staff_key,reviewed_on,valid_to\n");
	dd_text(&w.rules, "requirement_id,role_code,staff_key,interval_days,valid_from,valid_to\n");
	write_rules(&w);
	for (int pcn = 0; pcn < world->pcn_count; pcn++)
		for (int post = 0; post < POSTS; post++)
			fill(&w, pcn, post);
	dd_close(&w.staff);
	dd_close(&w.posts);
	dd_close(&w.leave);
	dd_close(&w.supervision);
	dd_close(&w.scope);
	dd_close(&w.rules);
}
