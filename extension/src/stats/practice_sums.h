/*
 * practice_sums.h
 *		Sums of prescribing by practice, of rows as they come: of few practices at a time, as files go by practice.
 *
 * When there is no room for another practice, the sums so far are taken away and it starts anew: a practice may then have
 * several, which are added up in the end.
 */
#ifndef MO_PRACTICE_SUMS_H
#define MO_PRACTICE_SUMS_H

#include "prescribing_block.h"

#define MO_PRACTICE_SUMS 64
#define MO_PRACTICE_PLACES (4 * MO_PRACTICE_SUMS)

typedef struct mo_practice_sum
{
	uint64_t	key[2];			/* the practice, padded with zeros, then its length, then whether it is unidentified */
	int64_t		rows;
	int64_t		rows_with[2];	/* rows that have a NIC, an actual cost */
	int64_t		items;
	int64_t		money[2];		/* NIC, actual cost in 0.00001 pounds */
} mo_practice_sum;

typedef struct mo_practice_sums
{
	int			count;
	int			last;			/* of the row before: mostly that of the next */
	mo_practice_sum sum[MO_PRACTICE_SUMS];
	uint8_t		place[MO_PRACTICE_PLACES];	/* 1 + where it is in sum; 0: none */
} mo_practice_sums;

typedef enum mo_practice_result
{
	MO_PRACTICE_ADDED,
	MO_PRACTICE_FULL,			/* nothing was added: there is no room for its practice */
	MO_PRACTICE_RANGE			/* the sum is larger than can be held */
} mo_practice_result;

extern void mo_practice_sums_begin(mo_practice_sums *sums);
extern mo_practice_result mo_practice_sums_add(mo_practice_sums *sums, const mo_prescription *row);

static inline const char *
mo_practice_sum_code(const mo_practice_sum *sum, size_t *length)
{
	const char *key = (const char *) sum->key;

	*length = (unsigned char) key[MO_PRACTICE_MAX];
	return key;
}

static inline bool
mo_practice_sum_unidentified(const mo_practice_sum *sum)
{
	return ((const char *) sum->key)[MO_PRACTICE_MAX + 1] != 0;
}

#endif							/* MO_PRACTICE_SUMS_H */
