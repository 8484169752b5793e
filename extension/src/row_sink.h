/*
 * row_sink.h
 *		Rows into a table, many at a time, through its access method as those of COPY: logged, checked, indexed, generated columns worked out.
 * They go to pages that are half empty, and else to new ones.
 *
 * Where more is to be done for a row than this (triggers and so foreign keys, row security, rules, partitions, identity columns), an INSERT does it.
 */
#ifndef MO_ROW_SINK_H
#define MO_ROW_SINK_H

#include "mo.h"

typedef struct mo_row_sink mo_row_sink;

/* What the rows are made of: the table may lack some of the columns, whose values are left out. Its own others take their default. */
typedef struct mo_sink_column
{
	const char *name;
	Oid			type;			/* text may go into a column of varchar */
} mo_sink_column;

/* Opens a table for rows, if the caller may insert into it. What is made is of the current memory context and lasts until the sink is closed. */
extern mo_row_sink *mo_row_sink_open(Oid table, const mo_sink_column *columns, int count);

/* Values are copied. */
extern void mo_row_sink_put(mo_row_sink *sink, const Datum *values, const bool *nulls);

/* Puts down what is waiting, and closes the table; its lock is held to the end of the transaction. How many rows there were. */
extern int64 mo_row_sink_close(mo_row_sink *sink);

#endif							/* MO_ROW_SINK_H */
