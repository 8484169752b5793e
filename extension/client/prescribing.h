/*
 * prescribing.h
 *		The columns of prescribing that are stored, and what is done with them.
 */
#ifndef MO_PRESCRIBING_H
#define MO_PRESCRIBING_H

#include "load.h"

enum
{
	P_MONTH, P_PRACTICE, P_BNF, P_ITEMS, P_QUANTITY, P_TOTAL, P_NIC, P_COST, P_ADQ, P_SNOMED, P_UNIDENTIFIED,
	P_NAME, P_CHEMICAL, P_COLUMNS
};

extern bool mo_prescribing_begin(mo_load *load);
extern void mo_prescribing_row(mo_load *load, const mo_csv_row *csv_row);
extern bool mo_prescribing_end(mo_load *load);
extern void mo_prescribing_abandon(mo_load *load);
extern void mo_prescribing_discard(mo_load *load);

#endif							/* MO_PRESCRIBING_H */
