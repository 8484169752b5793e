/*
 * roll_up_belong.c
 *		Who adds up to whom in a month, where it is not simply the place of each. See roll_up_hide.c.
 */
#include "roll_up_hide.h"

#include <stdlib.h>

typedef struct member
{
	int32_t		group;			/* codes */
	int32_t		pcn;
	int32_t		practice;		/* target */
} member;

#define UNDECIDED (-2)

static void
agree_on(int32_t *place, int32_t code)
{
	*place = *place == UNDECIDED || *place == code ? code : MO_NOWHERE;
}

/* A PCN that is closed, or of no sub-ICB, is still published: the sum of practices that are all of one ICB is a part of that. */
static void
place_pcns(mo_hiding_month *m)
{
	const mo_target *targets = m->run->targets;
	int32_t		count = m->run->target_count;

	for (int32_t t = 0; t < count; t++)
		if (m->is_here[t] && targets[t].type == MO_PCN)
		{
			m->sub_icb_of_pcn[t] = mo_target_within(m, t, MO_SUB_ICB) == MO_NOWHERE ? UNDECIDED : mo_target_within(m, t, MO_SUB_ICB);
			m->icb_of_pcn[t] = mo_target_within(m, t, MO_ICB) == MO_NOWHERE ? UNDECIDED : mo_target_within(m, t, MO_ICB);
		}
	for (int32_t t = 0; t < count; t++)
	{
		int32_t		pcn = m->is_here[t] && targets[t].type == MO_PRACTICE ? mo_target_here(m, MO_PCN, mo_target_within(m, t, MO_PCN)) : MO_NOT_FOUND;

		if (pcn != MO_NOT_FOUND && mo_target_within(m, pcn, MO_SUB_ICB) == MO_NOWHERE)
			agree_on(&m->sub_icb_of_pcn[pcn], mo_target_within(m, t, MO_SUB_ICB));
		if (pcn != MO_NOT_FOUND && mo_target_within(m, pcn, MO_ICB) == MO_NOWHERE)
			agree_on(&m->icb_of_pcn[pcn], mo_target_within(m, t, MO_ICB));
	}
	for (int32_t t = 0; t < count; t++)
	{
		m->sub_icb_of_pcn[t] = m->sub_icb_of_pcn[t] == UNDECIDED ? MO_NOWHERE : m->sub_icb_of_pcn[t];
		m->icb_of_pcn[t] = m->icb_of_pcn[t] == UNDECIDED ? MO_NOWHERE : m->icb_of_pcn[t];
	}
}

/* Who is of a sub-ICB of another ICB keeps both from being the sums of their sub-ICBs; and their regions, where these differ. */
static void
split_upwards(mo_hiding_month *m, int32_t target, int32_t sub_icb)
{
	int32_t		icb[] = {mo_target_within(m, target, MO_ICB), MO_NOWHERE};
	int32_t		region[] = {mo_target_within(m, target, MO_REGION), MO_NOWHERE};

	if (sub_icb != MO_NOT_FOUND)
	{
		icb[1] = mo_target_within(m, sub_icb, MO_ICB);
		region[1] = mo_target_within(m, sub_icb, MO_REGION);
	}
	if (icb[0] == icb[1])
		return;
	for (int i = 0; i < 2; i++)
	{
		if (icb[i] != MO_NOWHERE)
			m->split_icb[icb[i]] = true;
		if (region[i] != MO_NOWHERE)
		{
			m->mixed_region[region[i]] = true;
			m->split_region[region[i]] |= region[0] != region[1];
		}
	}
	m->is_mixed_nation |= region[0] != region[1];
}

static void
find_split(mo_hiding_month *m, int32_t target)
{
	mo_org_type type = m->run->targets[target].type;
	int32_t		pcn = type == MO_PRACTICE ? mo_target_here(m, MO_PCN, mo_target_within(m, target, MO_PCN)) : MO_NOT_FOUND;
	int32_t		sub_icb;

	if (type != MO_PRACTICE && type != MO_PCN)
		return;
	sub_icb = mo_target_within(m, target, MO_SUB_ICB);
	if (pcn != MO_NOT_FOUND && m->sub_icb_of_pcn[pcn] != sub_icb)
		m->split_pcn[pcn] = true;
	if (sub_icb != MO_NOWHERE)
		split_upwards(m, target, mo_target_here(m, MO_SUB_ICB, sub_icb));
}

static int
member_order(const void *left, const void *right)
{
	const member *a = left;
	const member *b = right;

	if (a->group != b->group)
		return a->group < b->group ? -1 : 1;
	if (a->pcn != b->pcn)
		return a->pcn < b->pcn ? -1 : 1;
	return (a->practice > b->practice) - (a->practice < b->practice);
}

static void
add_to_group(mo_hiding_month *m, int32_t target, int32_t group)
{
	int32_t		number = m->grouped_count++;

	m->grouped[number] = group;
	m->next_group[number] = m->first_group[target];
	m->first_group[target] = number + 1;
}

/* Members of a group and PCN, each once: as their PCN where they are all of its practices. */
static void
group_members(mo_hiding_month *m, const member *members, size_t n, const int32_t *practices)
{
	int32_t		pcn = mo_target_here(m, MO_PCN, members->pcn);

	if (members->pcn != MO_NOWHERE && practices[members->pcn] == (int32_t) n)
	{
		if (pcn != MO_NOT_FOUND)
			add_to_group(m, pcn, members->group);
		return;
	}
	for (size_t i = 0; i < n; i++)
		add_to_group(m, members[i].practice, members->group);
}

/* Members of groups that are here, in order, each once. */
static size_t
list_members(mo_hiding_month *m, member *members)
{
	const mo_roll_up *run = m->run;
	size_t		n = 0;
	size_t		different = 0;

	for (int32_t target = 0; target < run->target_count; target++)
	{
		if (!m->is_here[target] || run->targets[target].type != MO_PRACTICE || m->place_of[target] == MO_NOWHERE)
			continue;
		for (int32_t i = m->groups->first_of[m->place_of[target]]; i != 0; i = m->groups->next[i - 1])
			members[n++] = (member) {run->input.memberships[i - 1].group, mo_target_within(m, target, MO_PCN), target};
	}
	qsort(members, n, sizeof(member), member_order);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || member_order(&members[i - 1], &members[i]) != 0)
			members[different++] = members[i];
	return different;
}

static void
find_groups(mo_hiding_month *m)
{
	size_t		room = m->run->input.membership_count;
	member	   *members = mo_month_scratch(m, room, sizeof(member));
	int32_t    *practices = mo_month_scratch(m, m->run->input.codes->count, sizeof(int32_t));
	size_t		n = list_members(m, members);
	size_t		first = 0;

	for (int32_t target = 0; target < m->run->target_count; target++)
		if (m->is_here[target] && m->run->targets[target].type == MO_PRACTICE && mo_target_within(m, target, MO_PCN) != MO_NOWHERE)
			practices[mo_target_within(m, target, MO_PCN)]++;
	m->first_group = mo_month_scratch(m, m->run->target_count, sizeof(int32_t));
	m->next_group = mo_month_scratch(m, room, sizeof(int32_t));
	m->grouped = mo_month_scratch(m, room, sizeof(int32_t));
	for (size_t i = 1; i <= n; i++)
		if (i == n || members[i].group != members[first].group || members[i].pcn != members[first].pcn)
		{
			group_members(m, members + first, i - first, practices);
			first = i;
		}
}

void
mo_roll_up_belong(mo_hiding_month *m)
{
	m->sub_icb_of_pcn = mo_month_scratch(m, m->run->target_count, sizeof(int32_t));
	m->icb_of_pcn = mo_month_scratch(m, m->run->target_count, sizeof(int32_t));
	m->split_pcn = mo_month_scratch(m, m->run->target_count, sizeof(bool));
	m->split_icb = mo_month_scratch(m, m->run->input.codes->count, sizeof(bool));
	m->split_region = mo_month_scratch(m, m->run->input.codes->count, sizeof(bool));
	m->mixed_region = mo_month_scratch(m, m->run->input.codes->count, sizeof(bool));
	place_pcns(m);
	for (int32_t target = 0; target < m->run->target_count; target++)
		if (m->is_here[target])
			find_split(m, target);
	find_groups(m);
}
