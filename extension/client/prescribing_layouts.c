/*
 * prescribing_layouts.c
 *		Prescribing: the English Prescribing Dataset in its two layouts, the older PDPI, and mapped exports (ePACT2).
 *
 * Layouts: NHSBSA Open Data Portal, "English prescribing data (EPD)" and "... with SNOMED code"; NHS Digital,
 * "Practice level prescribing data" (PDPI+BNFT).
 */
#include "prescribing.h"

static const mo_column epd_columns[P_COLUMNS] = {
	{"month", "YEAR_MONTH", true, -1}, {"practice_code", "PRACTICE_CODE", true, -1}, {"bnf_code", "BNF_CODE", true, -1},
	{"items", "ITEMS", true, -1}, {"quantity", "QUANTITY", true, -1}, {"total_quantity", "TOTAL_QUANTITY", true, -1},
	{"nic", "NIC", true, -1}, {"actual_cost", "ACTUAL_COST", true, -1}, {"adq_usage", "ADQUSAGE|ADQ_USAGE", false, -1},
	{"snomed_code", NULL, false, -1}, {"unidentified", "UNIDENTIFIED", false, -1},
	{"bnf_name", "BNF_DESCRIPTION", true, -1}, {"chemical_name", "CHEMICAL_SUBSTANCE_BNF_DESCR", false, -1}
};

static const mo_column epd_snomed_columns[P_COLUMNS] = {
	{"month", "YEAR_MONTH", true, -1}, {"practice_code", "PRACTICE_CODE", true, -1},
	{"bnf_code", "BNF_PRESENTATION_CODE|BNF_CODE", true, -1},
	{"items", "ITEMS", true, -1}, {"quantity", "QUANTITY", true, -1}, {"total_quantity", "TOTAL_QUANTITY", true, -1},
	{"nic", "NIC", true, -1}, {"actual_cost", "ACTUAL_COST", true, -1}, {"adq_usage", "ADQ_USAGE|ADQUSAGE", false, -1},
	{"snomed_code", "SNOMED_CODE", true, -1}, {"unidentified", "UNIDENTIFIED", false, -1},
	{"bnf_name", "BNF_PRESENTATION_NAME|BNF_DESCRIPTION", true, -1},
	{"chemical_name", "BNF_CHEMICAL_SUBSTANCE_NAME|BNF_CHEMICAL_SUBSTANCE|CHEMICAL_SUBSTANCE_BNF_DESCR", false, -1}
};

/* QUANTITY of this layout is the total quantity. */
static const mo_column pdpi_columns[P_COLUMNS] = {
	{"month", "PERIOD", true, -1}, {"practice_code", "PRACTICE", true, -1}, {"bnf_code", "BNF_CODE", true, -1},
	{"items", "ITEMS", true, -1}, {"quantity", NULL, false, -1}, {"total_quantity", "QUANTITY", true, -1},
	{"nic", "NIC", true, -1}, {"actual_cost", "ACT_COST", true, -1}, {"adq_usage", NULL, false, -1},
	{"snomed_code", NULL, false, -1}, {"unidentified", NULL, false, -1},
	{"bnf_name", "BNF_NAME", true, -1}, {"chemical_name", NULL, false, -1}
};

/* Names come from the mapping; only what every figure needs is required. */
static const mo_column mapped_columns[P_COLUMNS] = {
	{"month", NULL, true, -1}, {"practice_code", NULL, true, -1}, {"bnf_code", NULL, true, -1}, {"items", NULL, true, -1},
	{"quantity", NULL, false, -1}, {"total_quantity", NULL, false, -1}, {"nic", NULL, false, -1},
	{"actual_cost", NULL, true, -1}, {"adq_usage", NULL, false, -1}, {"snomed_code", NULL, false, -1},
	{"unidentified", NULL, false, -1}, {"bnf_name", NULL, false, -1}, {"chemical_name", NULL, false, -1}
};

#define PRESCRIBING(layout, columns_, mappable_) \
	const mo_format mo_##layout = {.source = "prescribing", .name = #layout, .columns = columns_, \
		.column_count = P_COLUMNS, .mappable = mappable_, .without_server = true, .begin = mo_prescribing_begin, \
		.row = mo_prescribing_row, .end = mo_prescribing_end, .abandon = mo_prescribing_abandon, .discard = mo_prescribing_discard}

PRESCRIBING(epd_snomed, epd_snomed_columns, false);
PRESCRIBING(epd, epd_columns, false);
PRESCRIBING(pdpi, pdpi_columns, false);
PRESCRIBING(mapped, mapped_columns, true);
