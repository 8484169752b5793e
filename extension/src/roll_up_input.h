/*
 * roll_up_input.h
 *		What mo.rolled_up reads from its arguments.
 */
#ifndef MO_ROLL_UP_INPUT_H
#define MO_ROLL_UP_INPUT_H

#include "mo.h"

#include "utils/date.h"

#include "stats/roll_up.h"

/* How many arguments mo.rolled_up has. */
#define MO_ROLL_UP_ARGUMENTS 49

typedef struct mo_roll_up_reading
{
	NullableDatum *arguments;	/* those of mo.rolled_up */
	mo_roll_up	run;
	mo_name_table codes;
	mo_name_table parts;
	int64		first_month;	/* months are given to stats/ relative to it */
	DateADT		last_day;		/* the month of the last date, as dates come in runs */
	int64		last_month;
} mo_roll_up_reading;

extern const char *const mo_org_type_names[MO_ORG_TYPES];

/* One array argument. */
typedef struct mo_column
{
	const char *what;
	Datum	   *values;
	bool	   *nulls;
	int			n;
} mo_column;

/* roll_up_columns.c. n: as many elements as that, or -1 */
extern mo_column mo_roll_up_column_of(mo_roll_up_reading *in, int argno, const char *what, int n, bool may_hold_nulls);

/* The index of a month, and its number from the first of all. */
extern int64 mo_roll_up_month_at(mo_roll_up_reading *in, const mo_column *from, int i);
extern int32 mo_roll_up_month_number(mo_roll_up_reading *in, const mo_column *from, int i);

/* Numbers of names, or MO_NOWHERE. */
extern int32 mo_roll_up_code_at(mo_roll_up_reading *in, const mo_column *from, int i);
extern int32 mo_roll_up_part_at(mo_roll_up_reading *in, const mo_column *from, int i);

/* One of the first `types` types of organisation. */
extern mo_org_type mo_roll_up_type_at(const mo_column *from, int i, int types);

extern void *mo_roll_up_room_for(int n, size_t size);

/* Fills run.input, codes and parts; what is wrong with an argument is an error. */
extern void mo_roll_up_read(mo_roll_up_reading *in);

/* Keys of organisations: what arguments of types, codes and keys hold. */
typedef struct mo_roll_up_keys
{
	int		   *type;			/* mo_org_type */
	int32	   *code;			/* number of the name, or MO_NOT_FOUND */
	int32	   *key;
	int			count;
} mo_roll_up_keys;

extern mo_roll_up_keys mo_roll_up_read_keys(mo_roll_up_reading *in, NullableDatum *arguments);

#endif							/* MO_ROLL_UP_INPUT_H */
