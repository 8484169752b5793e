/*
 * prescribing_pages.h
 *		Pages of a staging table taken in advance, some dozens at a time, by each of those that fill it.
 *
 * Before 16 a heap grows by a page at a time, and whoever needs one waits for the lock on growing it. Two connections
 * that fill one table took that lock from each other at every second page, each time with a sleep and a signal; and every
 * page was written as zeros before it was written as it is. Here a connection takes pages for itself and then has the
 * heap put its rows there, a page at a time. Where the heap sees things differently (a page that it finds too full, say)
 * it takes another: nothing depends on this but time.
 */
#ifndef MO_PRESCRIBING_PAGES_H
#define MO_PRESCRIBING_PAGES_H

#include "access/heapam.h"
#include "utils/rel.h"

typedef struct mo_pages
{
	Oid			table;			/* whose they are; InvalidOid: of none */
	bool		ahead;			/* they are taken in advance: not where nobody else can need any, nor from 16 on */
	BlockNumber next;			/* the first that has not been used */
	BlockNumber end;
	uint32		used;			/* so far: the more, the more are taken at a time */
	Size		room;			/* in the page in hand */
	BlockNumber sent;			/* pages before this one are on their way to the disk */
} mo_pages;

/* Those of the tables of a load, a month each, between whose rows those of others may come. */
#define MO_PAGES_TABLES 24

typedef struct mo_pages_list
{
	mo_pages	of[MO_PAGES_TABLES];
	int			next;			/* which is forgotten for another: its pages stay empty */
} mo_pages_list;

/* To be called for a table before its rows. */
extern mo_pages *mo_pages_open(mo_pages_list *list, Relation relation);

/* table_multi_insert() of slots that hold heap tuples. */
extern void mo_pages_insert(mo_pages *pages, Relation relation, TupleTableSlot **slots, int count, CommandId command, int options, BulkInsertState bulk);

/*
 * To be called with the page of the last row. Rows that are not logged (wal_level = minimal, and the table is of this
 * transaction) have to be on the disk when it commits: the disk hears of them as they come, so that there is little left
 * to wait for.
 */
extern void mo_pages_written(mo_pages *pages, Relation relation, BlockNumber last);

#endif							/* MO_PRESCRIBING_PAGES_H */
