/*
 * prescribing_block.h
 *		Rows of prescribing packed into a block of bytes: made by modash, taken apart in the server.
 *
 * A block holds rows of one load and one month. All numbers are little-endian:
 *
 *		4 bytes		"MOP1"
 *		int32		number of the load (mo_data.load_batch)
 *		int32		first day of the month, in days since 2000-01-01
 *		int32		how many rows follow
 *
 * and each row is
 *
 *		1 byte		which values are given, and two flags (below)
 *		text		practice, unless it is that of the row before: a byte of length and so many bytes
 *		text		BNF code, the same
 *		int32		items
 *		8 bytes each, those that are given: quantity, total quantity, ADQ usage (doubles), NIC, actual cost (int64, in
 *					0.00001 pounds), SNOMED CT code (int64)
 *
 * A block may come from anybody: taking it apart checks every byte, so that a row is what the file reader lets pass.
 */
#ifndef MO_PRESCRIBING_BLOCK_H
#define MO_PRESCRIBING_BLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MO_PRACTICE_MAX 12
#define MO_BNF_MIN 2
#define MO_BNF_MAX 15
#define MO_BLOCK_HEADER 16
#define MO_BLOCK_ROW_MAX (1 + 1 + MO_PRACTICE_MAX + 1 + MO_BNF_MAX + 4 + 6 * 8)

/* The values of a row. Texts are not terminated. */
typedef struct mo_prescription
{
	const char *practice;		/* capital letters and digits, 1 to 12; of an unidentified prescriber also "-" */
	const char *bnf;			/* capital letters and digits, 2 to 15 */
	size_t		practice_length;
	size_t		bnf_length;
	int64_t		items;			/* 0 to INT32_MAX */
	double		quantity[3];	/* quantity, total_quantity, adq_usage: 0 or above; NaN: not given */
	int64_t		money[2];		/* nic, actual_cost in 0.00001 pounds; INT64_MIN: not given */
	int64_t		snomed;			/* 0: not given */
	bool		unidentified;
} mo_prescription;

typedef struct mo_block_writer
{
	unsigned char *data;		/* room for all that is put in: see mo_block_put */
	size_t		used;
	int32_t		rows;
	size_t		practice_at;	/* where the last practice stands; 0: none so far */
	size_t		practice_length;
} mo_block_writer;

/* Starts a block in writer->data, which has room for MO_BLOCK_HEADER bytes. */
extern void mo_block_begin(mo_block_writer *writer, int32_t batch_id, int32_t month);

/* Adds a row; there is room for MO_BLOCK_ROW_MAX more bytes. */
extern void mo_block_put(mo_block_writer *writer, const mo_prescription *row);

/* Writes the number of rows into the header: the block is whole. */
extern void mo_block_end(mo_block_writer *writer);

typedef struct mo_block_reader
{
	const unsigned char *at;
	const unsigned char *end;
	int32_t		batch_id;
	int32_t		month;
	int32_t		left;			/* rows to come */
	const char *practice;		/* of the row before; NULL: there was none */
	size_t		practice_length;
} mo_block_reader;

/* False: these are not the first bytes of a block. */
extern bool mo_block_open(mo_block_reader *reader, const void *data, size_t size);

typedef enum mo_block_result
{
	MO_BLOCK_ROW,
	MO_BLOCK_END,
	MO_BLOCK_DAMAGED			/* not a row, or bytes behind the last one */
} mo_block_result;

/* The next row; its texts lie in the block. */
extern mo_block_result mo_block_next(mo_block_reader *reader, mo_prescription *row);

#endif							/* MO_PRESCRIBING_BLOCK_H */
