#include "mo.h"

#include "access/hio.h"
#include "access/tableam.h"
#include "catalog/pg_am.h"
#include "prescribing_pages.h"
#include "storage/bufmgr.h"
#include "storage/bufpage.h"
#include "storage/lmgr.h"
#include "storage/smgr.h"

/* At most so many at a time, and no more than an eighth of those used, so that a small table is not mostly empty. */
#define MOST 32
#define SHARE 8

/* Pages that are sent to the disk at a time, and how many behind the last: those have left the ring of buffers that a load uses. */
#define WRITE_PAGES 256
#define WRITE_BEHIND ((16 << 20) / BLCKSZ + WRITE_PAGES)

mo_pages *
mo_pages_open(mo_pages_list *list, Relation relation)
{
	mo_pages   *pages;

	for (int i = 0; i < MO_PAGES_TABLES; i++)
		if (list->of[i].table == RelationGetRelid(relation))
			return &list->of[i];
	pages = &list->of[list->next];
	list->next = (list->next + 1) % MO_PAGES_TABLES;
	*pages = (mo_pages) {.table = RelationGetRelid(relation)};
	pages->ahead = MO_HEAP_GROWS_BY_ONE && relation->rd_rel->relam == HEAP_TABLE_AM_OID;
	return pages;
}

/*
 * The file grows by its last page alone: the others are a hole until they are written, as a hash index takes the pages of
 * new buckets. Before that they are zeros in the cache and not initialised: the heap does that with the first row, and
 * others pass over such a page.
 */
static void
take_pages(mo_pages *pages, Relation relation, BufferAccessStrategy strategy)
{
	static const PGAlignedBlock zeros;
	uint32		count = Min(pages->used / SHARE + 1, MOST);

	LockRelationForExtension(relation, ExclusiveLock);
	pages->next = RelationGetNumberOfBlocks(relation);
	pages->end = pages->next + count;
	smgrextend(RelationGetSmgr(relation), MAIN_FORKNUM, pages->end - 1, (char *) zeros.data, false);
	UnlockRelationForExtension(relation, ExclusiveLock);
	for (uint32 i = 0; i < count; i++)
		UnlockReleaseBuffer(ReadBufferExtended(relation, MAIN_FORKNUM, pages->next + i, RBM_ZERO_AND_LOCK, strategy));
}

/* Has the heap put its next rows into a page that is empty. */
static void
next_page(mo_pages *pages, Relation relation, BulkInsertState bulk)
{
	ReleaseBulkInsertStatePin(bulk);	/* of the page that is full, where the heap would look first */
	if (pages->next == pages->end)
		take_pages(pages, relation, bulk->strategy);
	RelationSetTargetBlock(relation, pages->next);
	pages->next++;
	pages->used++;
	pages->room = BLCKSZ - SizeOfPageHeaderData - RelationGetTargetPageFreeSpace(relation, HEAP_DEFAULT_FILLFACTOR);
}

/* As many rows as there is room for, then a page for the next. */
void
mo_pages_insert(mo_pages *pages, Relation relation, TupleTableSlot **slots, int count, CommandId command, int options, BulkInsertState bulk)
{
	int			from = 0;

	for (int i = 0; pages->ahead && i < count; i++)
	{
		Size		size = MAXALIGN(((HeapTupleTableSlot *) slots[i])->tuple->t_len) + sizeof(ItemIdData);

		if (size > pages->room)
		{
			if (i > from)
				table_multi_insert(relation, slots + from, i - from, command, options, bulk);
			from = i;
			next_page(pages, relation, bulk);
		}
		pages->room -= Min(size, pages->room);
	}
	table_multi_insert(relation, slots + from, count - from, command, options, bulk);
}

void
mo_pages_written(mo_pages *pages, Relation relation, BlockNumber last)
{
	if (RelationNeedsWAL(relation) || last < pages->sent + WRITE_BEHIND + WRITE_PAGES)
		return;
	smgrwriteback(RelationGetSmgr(relation), MAIN_FORKNUM, pages->sent, WRITE_PAGES);
	pages->sent += WRITE_PAGES;
}
