/*
 * roll_up_hide.h
 *		What the two files share that decide which rolled-up figures are hidden. Not for others.
 */
#ifndef MO_STATS_ROLL_UP_HIDE_H
#define MO_STATS_ROLL_UP_HIDE_H

#include "roll_up.h"

/* A part of an equation: prefix and total say which. */
typedef struct mo_linked_cell
{
	int32_t		prefix;			/* number of its name */
	int32_t		total;			/* cells, from 0 */
	int32_t		part;
} mo_linked_cell;

/* The figures of one month. */
typedef struct mo_hiding_month
{
	mo_roll_up *run;
	const mo_group_lists *groups;
	int32_t		month;
	const int32_t *rows;		/* those of its cells, in order */
	int32_t		count;
	int32_t    *cell_of;		/* by row, or -1 */
	bool	   *is_here;		/* by target: it has a cell */
	int32_t    *place_of;		/* by target, where it is here */
	int32_t    *sub_icb_of_pcn; /* by target: its own, or where it has none (it is closed) that of all of its practices; MO_NOWHERE */
	int32_t    *icb_of_pcn;
	bool	   *split_pcn;		/* by target: its practices are not all of its own sub-ICB */
	bool	   *split_icb;		/* by code: its sub-ICBs do not add up to it */
	bool	   *split_region;	/* by code: nor do those of its ICBs to it */
	bool	   *mixed_region;	/* by code: it has an ICB that is split */
	bool		is_mixed_nation;	/* it has a region that is split */
	int32_t    *first_group;	/* by target: its first in grouped, from 1 */
	int32_t    *next_group;
	int32_t    *grouped;		/* code of the group */
	int32_t		grouped_count;
	mo_name_table prefixes;
	int32_t		by_level;		/* prefixes: the ways of adding up */
	int32_t		by_sub_icb;
	int32_t		across;
	mo_linked_cell *links;
	size_t		link_count;
	size_t		link_room;
} mo_hiding_month;

static inline void *
mo_month_scratch(const mo_hiding_month *m, size_t n, size_t size)
{
	return m->run->scratch.allocate(m->run->scratch.context, (n + 1) * size);
}

/* roll_up_belong.c: which PCNs and ICBs are split, and who counts in which group. */
extern void mo_roll_up_belong(mo_hiding_month *m);

/* An organisation that has a figure in the month, or MO_NOT_FOUND. */
static inline int32_t
mo_target_here(const mo_hiding_month *m, mo_org_type type, int32_t code)
{
	int32_t		target = code == MO_NOWHERE ? MO_NOT_FOUND : m->run->target_of[(size_t) code * MO_ORG_TYPES + type];

	return target != MO_NOT_FOUND && m->is_here[target] ? target : MO_NOT_FOUND;
}

/* The code of the one that it belongs to in the month, or MO_NOWHERE. */
static inline int32_t
mo_target_within(const mo_hiding_month *m, int32_t target, mo_org_type type)
{
	int32_t		place = m->place_of[target];

	return place == MO_NOWHERE ? MO_NOWHERE : m->run->input.places[place].within[type];
}

#endif							/* MO_STATS_ROLL_UP_HIDE_H */
