/*
 * format_pcn_members.c
 *		ePCN, the ODS file of Primary Care Networks: its sheets "PCNDetails" and "PCN Core Partner Details" as CSV, with
 *		the header of the CCG years, of the sub-ICB years, or none (the ODS Data Search and Export reports).
 */
#include "load.h"

enum
{
	M_PRACTICE, M_PRACTICE_NAME, M_SUB_ICB, M_SUB_ICB_NAME, M_PCN, M_PCN_NAME, M_PCN_SUB_ICB, M_PCN_SUB_ICB_NAME,
	M_START, M_END, M_COLUMNS
};

static const mo_column core_columns[M_COLUMNS] = {
	{"partner_code", "PARTNER_ORGANISATION_CODE", true, 0}, {"partner_name", "PARTNER_NAME", true, 1},
	{"practice_sub_icb_code", "PRACTICE_PARENT_SUB_ICB_LOC_CODE|PRACTICE_PARENT_CCG_CODE", false, 2},
	{"practice_sub_icb_name", "PRACTICE_PARENT_SUB_ICB_LOC_NAME|PRACTICE_PARENT_CCG_NAME", false, 3},
	{"pcn_code", "PCN_CODE", true, 4}, {"pcn_name", "PCN_NAME", true, 5},
	{"pcn_sub_icb_code", "PCN_PARENT_SUB_ICB_LOC_CODE|PCN_PARENT_CCG_CODE", true, 6},
	{"pcn_sub_icb_name", "PCN_PARENT_SUB_ICB_LOC_NAME|PCN_PARENT_CCG_NAME", false, 7},
	{"start_date", "PRACTICE_TO_PCN_RELATIONSHIP_START_DATE", true, 8},
	{"end_date", "PRACTICE_TO_PCN_RELATIONSHIP_END_DATE", true, 9}
};

enum
{
	D_PCN, D_NAME, D_SUB_ICB, D_SUB_ICB_NAME, D_OPEN, D_CLOSE, D_POSTCODE, D_COLUMNS
};

static const mo_column details_columns[D_COLUMNS] = {
	{"pcn_code", "PCN_CODE", true, 0}, {"pcn_name", "PCN_NAME", true, 1},
	{"sub_icb_code", "CURRENT_SUB_ICB_LOC_CODE|CURRENT_CLINICAL_COMMISSIONING_GROUP_CODE", true, 2},
	{"sub_icb_name", "SUB_ICB_LOCATION|CLINICAL_COMMISSIONING_GROUP_NAME", false, 3},
	{"open_date", "OPEN_DATE", true, 4}, {"close_date", "CLOSE_DATE", true, 5}, {"postcode", "POSTCODE", false, 11}
};

static bool
is_date(const mo_field *field)
{
	if (field->length != 8)
		return false;
	for (int i = 0; i < 8; i++)
		if (field->text[i] < '0' || field->text[i] > '9')
			return false;
	return true;
}

static bool
core_looks_like(const mo_csv_row *first)
{
	return is_date(&first->fields[8]);
}

static bool
details_looks_like(const mo_csv_row *first)
{
	return is_date(&first->fields[4]);
}

static bool
core_begin(mo_load *load)
{
	return mo_stage_begin(load, "pg_temp.stage (line_no, line, practice_code, practice_name, sub_icb_code, sub_icb_name, "
						  "pcn_code, pcn_name, pcn_sub_icb_code, pcn_sub_icb_name, valid_from, valid_to)");
}

static bool
details_begin(mo_load *load)
{
	return mo_stage_begin(load, "pg_temp.stage_pcn (line_no, line, pcn_code, pcn_name, sub_icb_code, sub_icb_name, "
						  "open_from, open_to, postcode)");
}

/* Pairs of code and name; codes where `needed` says so must be there. */
static bool
take_pairs(mo_load *load, const mo_csv_row *row, int pairs, unsigned needed, const char **text, size_t *length)
{
	static char buffer[4][1000];

	for (int i = 0; i < pairs; i++)
	{
		bool		(*code) (mo_load *, const mo_csv_row *, int, size_t, const char **, size_t *) =
			needed & (1u << i) ? mo_take_code : mo_take_optional_code;

		if (!code(load, row, 2 * i, 12, &text[2 * i], &length[2 * i]) ||
			!mo_take_text(load, row, 2 * i + 1, buffer[i], sizeof(buffer[i]), &text[2 * i + 1], &length[2 * i + 1]))
			return false;
	}
	return true;
}

static void
core_row(mo_load *load, const mo_csv_row *row)
{
	const char *text[8];
	size_t		length[8];
	bool		has_start;
	bool		has_end;
	int32_t		start = 0;
	int32_t		finish = 0;

	if (!take_pairs(load, row, 4, 1u << 0 | 1u << 2, text, length) ||
		!mo_take_date(load, row, M_START, &has_start, &start) || !mo_take_date(load, row, M_END, &has_end, &finish))
		return;
	if (!has_start)
		mo_reject(load, M_START, "is empty: a membership that never began");
	else if (has_end && finish < start)
		mo_reject(load, M_END, "is before the start date");
	else
	{
		mo_put_line(load, row, 12);
		for (int i = 0; i < 8; i++)
			mo_put_text_or_null(&load->copy, text[i], length[i]);
		mo_put_date(&load->copy, true, start);
		mo_put_date(&load->copy, has_end, finish + 1);
	}
}

static void
details_row(mo_load *load, const mo_csv_row *row)
{
	const char *text[5];
	size_t		length[5];
	char		buffer[200];
	bool		has_open;
	bool		has_close;
	int32_t		opened = 0;
	int32_t		closed = 0;

	if (!take_pairs(load, row, 2, 1u << 0, text, length) ||
		!mo_take_date(load, row, D_OPEN, &has_open, &opened) || !mo_take_date(load, row, D_CLOSE, &has_close, &closed) ||
		!mo_take_text(load, row, D_POSTCODE, buffer, sizeof(buffer), &text[4], &length[4]))
		return;
	if (has_open && has_close && closed < opened)
	{
		mo_reject(load, D_CLOSE, "is before the open date");
		return;
	}
	mo_put_line(load, row, 9);
	for (int i = 0; i < 4; i++)
		mo_put_text_or_null(&load->copy, text[i], length[i]);
	mo_put_date(&load->copy, has_open, opened);
	mo_put_date(&load->copy, has_close, closed + 1);
	mo_put_text_or_null(&load->copy, text[4], length[4]);
}

const mo_format mo_epcn_core_partner = {.source = "pcn_members", .name = "epcn_core_partner", .columns = core_columns,
	.column_count = M_COLUMNS, .fields = 11, .looks_like = core_looks_like, .begin = core_begin, .row = core_row, .end = mo_stage_end};

const mo_format mo_epcn_details = {.source = "pcn_members", .name = "epcn_details", .columns = details_columns,
	.column_count = D_COLUMNS, .fields = 12, .looks_like = details_looks_like, .begin = details_begin, .row = details_row,
	.end = mo_stage_end};
