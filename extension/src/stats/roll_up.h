/*
 * roll_up.h
 *		Base figures of one measure rolled up to every level of the NHS, with intervals, peers and what they were before. Plain C.
 *
 * A figure is a numerator and a denominator of an organisation, a month and a part of the measure (part 0 is the measure itself). A
 * place says to whom an organisation belonged in a month. Figures of organisations without a place in their month count nowhere.
 *
 * Roll-up: sum of numerators over sum of denominators, never a mean of ratios; sums are double-double, so the order of figures does not
 * matter. A practice's figures count for itself, its PCN, sub-ICB, ICB, region and nation and the groups it is a member of; what belongs to
 * a PCN directly, say, counts from there on.
 *
 * Coverage: within the ICBs that a measure covers, silence in a published month is 0 over 0 for every organisation of the covered type
 * (GP practices: setting 4, code not ending in 998), if the ICB's data are known to be there: a figure in it, or, of counts, a
 * record of a later month or nobody with a figure of the month. Where they are not known there is no figure, and regions, nation and
 * groups above wait for it. A measure that begins with its first is known from the first month with anything in a numerator.
 *
 * Peers: GP practices (setting 4) and PCNs within the ICB of the month, sub-ICBs and ICBs nationally; who has no value is nobody's peer.
 * Hidden figures (the caller says which, or by which rule) are in no median, rank, decile or percentile, and where they are more than one in five nothing is
 * said of the peers. Medians and quantiles are type 7, deciles by rank (peer_position.h).
 *
 * Months are numbered from the first one given. Numbers are finite; callers refuse others.
 */
#ifndef MO_STATS_ROLL_UP_H
#define MO_STATS_ROLL_UP_H

#include "key_table.h"
#include "rate_interval.h"

typedef enum mo_org_type
{
	MO_PRACTICE, MO_PCN, MO_SUB_ICB, MO_ICB, MO_REGION, MO_NATION, MO_GROUP, MO_ORG_TYPES
} mo_org_type;

/* Room in keys: 16 bits of month, 24 of organisation at its level, 24 of part. */
#define MO_ROLL_UP_MONTHS 65536
#define MO_ROLL_UP_CODES (1 << 21)
#define MO_ROLL_UP_PARTS (1 << 24)

#define MO_NOWHERE (-1)			/* belongs to none */
#define MO_NO_MONTH INT32_MIN

typedef struct mo_figure
{
	int32_t		month;
	int32_t		code;			/* number of a name in codes */
	int32_t		part;			/* number of a name in parts */
	double		numerator;
	double		denominator;
} mo_figure;

typedef struct mo_place
{
	int32_t		month;
	int32_t		code;
	mo_org_type type;			/* MO_PRACTICE .. MO_NATION */
	int32_t		within[MO_GROUP];	/* codes by type, or MO_NOWHERE; that of its own type is itself */
	bool		is_gp;			/* prescribing setting 4 */
} mo_place;

typedef struct mo_membership
{
	int32_t		month;
	int32_t		code;			/* of the member */
	int32_t		group;
} mo_membership;

typedef struct mo_coverage
{
	mo_org_type type;			/* MO_PRACTICE or MO_PCN */
	int32_t		icb;
	int32_t		first_month;	/* with anything in a numerator, or MO_NO_MONTH */
	int32_t		last_month;		/* with a record */
} mo_coverage;

/* A figure of another time, or what is known of one of these: hidden, say. */
typedef struct mo_known_figure
{
	int32_t		month;
	mo_org_type type;
	int32_t		code;
	int32_t		part;
	double		numerator;
	double		value;			/* NAN: none */
	int			hidden;			/* 0 shown, else why not */
} mo_known_figure;

/* What an organisation's value is meant to reach; it holds for all that belong to it and have no nearer one. */
typedef struct mo_known_target
{
	int32_t		month;
	int			type;			/* of the organisation, or MO_ORG_TYPES: whatever has the code; the latter goes first */
	int32_t		code;
	double		target;
} mo_known_target;

/* A family that a part belongs to: parts of one make up the measure. */
typedef struct mo_part_family
{
	int32_t		part;
	mo_name		family;
} mo_part_family;

typedef enum mo_interval_method
{
	MO_NO_INTERVAL, MO_WILSON, MO_BYAR
} mo_interval_method;

typedef struct mo_roll_up_input
{
	mo_name_table *codes;
	mo_name_table *parts;		/* 0 is '' */
	const mo_figure *figures;
	size_t		figure_count;
	const mo_place *places;		/* one a month and code */
	size_t		place_count;
	const mo_membership *memberships;
	size_t		membership_count;
	const int32_t *published;	/* months */
	size_t		published_count;
	const mo_coverage *coverage;
	size_t		coverage_count;
	const mo_known_figure *hidden;
	size_t		hidden_count;
	const mo_known_figure *earlier; /* months that are not rolled up here */
	size_t		earlier_count;
	const mo_known_target *targets;
	size_t		target_count;
	bool		begins_with_first;
	bool		is_count;		/* the numerator is the value */
	bool		is_percentage;	/* where no numerator exceeds its denominator, readers take it that none can */
	double		per;
	mo_interval_method interval;
	bool		hide_numerators;	/* readers do not see numerators from hide_from to hide_to */
	double		hide_from;
	double		hide_to;
	double		hide_denominator_below; /* nor figures over denominators above 0 and below this */
	const mo_part_family *families;
	size_t		family_count;
	int			round_to;		/* values compared are of numerators rounded to this; 1: as they are */
} mo_roll_up_input;

typedef struct mo_rolled
{
	int32_t		target;			/* organisation at its level */
	int32_t		month;
	int32_t		part;
	int32_t		place;			/* of the organisation itself, or MO_NOWHERE */
	double		numerator[2];
	double		denominator[2];
	double		value;			/* NAN: none */
	int32_t		peers;			/* its group of peers, or MO_NOWHERE */
	int32_t		position;		/* from 1 among all of them by value, hidden ones last */
	int32_t		rank;			/* from 1, equal values share it; of shown ones */
	int			hidden;
} mo_rolled;

typedef struct mo_peers
{
	int32_t		n;				/* shown ones */
	int32_t		all;
	double		median;
	double		middle[3];		/* values number n / 2, n / 2 + 1 and n / 2 + 2 of the shown ones, where there are that many */
} mo_peers;

typedef struct mo_target
{
	mo_org_type type;
	int32_t		code;
} mo_target;

typedef struct mo_roll_up
{
	mo_roll_up_input input;
	mo_memory	memory;
	mo_memory	scratch;		/* of one month, */
	void		(*forget) (void *context);	/* and what gives it back */
	void		(*interrupt) (void);	/* called now and then, NULL for none */
	mo_level	level;
	double		exact[MO_BYAR_FROM][2]; /* limits of counts too few for Byar */
	mo_target  *targets;
	int32_t		target_count;
	int32_t    *target_of;		/* [code * MO_ORG_TYPES + type], or MO_NOT_FOUND */
	mo_key_table place_of;		/* (month, code) */
	mo_key_table row_of;		/* (target, month, part) */
	mo_key_table coverage_of;	/* (month, ICB): MO_COVERED, MO_KNOWN */
	mo_key_table withheld;		/* (month, target) */
	mo_key_table earlier_of;	/* (target, month, part) */
	mo_key_table aim_of;		/* (month, type and code): number of a known target */
	mo_rolled  *rows;
	size_t		row_count;
	size_t		row_room;
	mo_peers   *peers;
	int32_t		peers_count;
	int32_t    *order;			/* of rows: part 0 first, each by type and code, month, part; those withheld are left out */
	size_t		order_count;
} mo_roll_up;

enum
{
	MO_COVERED = 1, MO_KNOWN = 2
};

typedef struct mo_comparison
{
	int32_t		n;
	double		median;
	double		without_self;	/* NAN: none */
	int32_t		rank;			/* 0: hidden */
	int			decile;			/* 0: none */
	double		percentile;		/* NAN: hidden */
} mo_comparison;

/* Adds up and compares; false when two places are of one organisation and month (*at is the second of them). */
extern bool mo_roll_up_run(mo_roll_up *run, size_t *at);

/* What is said of a row's peers; false: nothing. */
extern bool mo_roll_up_comparison(const mo_roll_up *run, const mo_rolled *row, mo_comparison *result);

/* Code of the area that its peers share, or MO_NOWHERE for the whole nation. */
extern int32_t mo_roll_up_peer_area(const mo_roll_up *run, const mo_rolled *row);

/* The same figure `months` earlier; false: there is none. */
extern bool mo_roll_up_before(const mo_roll_up *run, const mo_rolled *row, int months, mo_known_figure *result);

/* The target of the measure itself: its own or that of the nearest organisation it belonged to. NAN: none. */
extern double mo_roll_up_target(const mo_roll_up *run, const mo_rolled *row);

/* Limits of the 95 % interval; false: none is defined. */
extern bool mo_roll_up_interval(const mo_roll_up *run, const mo_rolled *row, double *lower, double *upper);

/* Groups: a list of memberships for each place, first_of[place] and then next[membership]; numbers are one more, 0 ends the list. */
typedef struct mo_group_lists
{
	int32_t    *first_of;
	int32_t    *next;
} mo_group_lists;

/* roll_up_hide.c: hidden figures by the rule of the input, those that would tell one included. */
extern void mo_roll_up_hide(mo_roll_up *run, const mo_group_lists *groups);

/* roll_up_order.c: rows of the months asked for, by month, type and code, part; those withheld are left out. Their number. */
extern size_t mo_roll_up_by_month(mo_roll_up *run, const bool *months, int32_t *rows);

/* roll_up_compare.c: values, hidden figures, groups of peers; then roll_up_order.c: order[], without what is withheld. */
extern void mo_roll_up_compare(mo_roll_up *run);
extern void mo_roll_up_order(mo_roll_up *run);

static inline uint64_t
mo_month_key(int32_t month, int32_t number)
{
	return (uint64_t) (uint16_t) month << 32 | (uint32_t) number;
}

static inline uint64_t
mo_aim_key(int32_t month, int type, int32_t code)
{
	return mo_month_key(month, code << 3 | type);
}

static inline uint64_t
mo_row_key(int32_t target, int32_t month, int32_t part)
{
	return (uint64_t) target << 40 | (uint64_t) (uint16_t) month << 24 | (uint32_t) part;
}

#endif							/* MO_STATS_ROLL_UP_H */
