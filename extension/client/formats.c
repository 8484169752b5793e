/*
 * formats.c
 *		Every format that modash reads.
 */
#include <string.h>

#include "load_file.h"

const mo_format *const mo_formats[] = {&mo_epd_snomed, &mo_epd, &mo_pdpi, &mo_mapped, &mo_epraccur, &mo_epcn_core_partner,
	&mo_epcn_details, &mo_list_size_long, &mo_list_size_wide, &mo_bank_holidays, &mo_emis_code, &mo_emis_observation,
	&mo_systmone_code, &mo_measures, &mo_measures_published, NULL};

bool
mo_has_format(const char *source)
{
	for (int i = 0; mo_formats[i] != NULL; i++)
		if (strcmp(mo_formats[i]->source, source) == 0)
			return true;
	return false;
}
