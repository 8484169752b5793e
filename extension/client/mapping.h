/*
 * mapping.h
 *		A column mapping given as a small text file, for exports whose layout their author chose.
 *
 *		# ePACT2 export
 *		month = 2022-03              a constant
 *		practice_code = Practice Code
 *		total_quantity = QUANTITY * ITEMS
 *		actual_cost = Cost (pence) / 100
 *		unidentified = 'N'           a constant in quotes, for any column
 */
#ifndef MO_MAPPING_H
#define MO_MAPPING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sha256.h"

#define MO_MAPPING_MAX 40

typedef struct mo_mapping_line
{
	char		target[40];
	char		column[128];	/* source column; empty for a constant */
	char		other[128];		/* the column it is multiplied by; empty: none */
	char		constant[128];
	int			divide_digits;	/* divided by 10 to this power */
	int64_t		multiply;		/* 1: not multiplied */
	int			line;
} mo_mapping_line;

typedef struct mo_mapping
{
	mo_mapping_line lines[MO_MAPPING_MAX];
	int			count;
	char		hash[MO_SHA256_HEX];
	char		error[300];		/* file, line and reason */
} mo_mapping;

extern bool mo_mapping_read(mo_mapping *mapping, const char *path);

#endif							/* MO_MAPPING_H */
