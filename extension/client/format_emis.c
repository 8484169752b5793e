/*
 * format_emis.c
 *		EMIS Web bulk extract (IM1, version 8.2): CareRecord_Observation, and Coding_ClinicalCode with what its CodeIds mean.
 *
 * Both are deltas; the server applies them by ProcessingId. A date of which only the year or the month is known is
 * written as the first day of it: such a day is not when it happened, and is not taken for one.
 */
#include <string.h>

#include "load.h"
#include "text.h"

enum
{
	C_CODE, C_TERM, C_CONCEPT, C_PROCESSING, C_COLUMNS
};

static const mo_column code_columns[C_COLUMNS] = {
	{"code_id", "CODEID", true, -1}, {"term", "TERM", false, -1}, {"snomed_concept", "SNOMEDCTCONCEPTID", true, -1},
	{"processing_id", "PROCESSINGID", true, -1}
};

enum
{
	O_EVENT, O_PATIENT, O_ORGANISATION, O_DATE, O_PRECISION, O_ENTERED, O_PARENT, O_CODE, O_VALUE, O_UNIT, O_DELETED, O_PROCESSING,
	O_COLUMNS
};

static const mo_column observation_columns[O_COLUMNS] = {
	{"event_id", "OBSERVATIONGUID", true, -1}, {"patient_id", "PATIENTGUID", true, -1}, {"organisation_id", "ORGANISATIONGUID", true, -1},
	{"event_date", "EFFECTIVEDATE", true, -1}, {"precision", "EFFECTIVEDATEPRECISION", true, -1}, {"recorded_date", "ENTEREDDATE", true, -1},
	{"linked_event_id", "PARENTOBSERVATIONGUID", false, -1}, {"code_id", "CODEID", true, -1}, {"value_number", "VALUE", true, -1},
	{"value_unit", "NUMERICUNIT", true, -1}, {"is_removed", "DELETED", true, -1}, {"processing_id", "PROCESSINGID", true, -1}
};

static bool
take_id(mo_load *load, const mo_csv_row *row, int column, int64_t *value)
{
	size_t		length;
	const char *text = mo_value(load, row, column, &length);
	mo_number	result = mo_parse_fixed(text, length, 0, value);

	return result == MO_NUMBER_OK || mo_reject_number(load, row, column, result);
}

static bool
code_begin(mo_load *load)
{
	return mo_stage_begin(load, "pg_temp.stage_code (line_no, code_id, snomed_concept, term, processing_id)");
}

static void
code_row(mo_load *load, const mo_csv_row *row)
{
	char		buffer[1000];
	const char *concept;
	const char *term;
	size_t		concept_length;
	size_t		term_length;
	int64_t		code;
	int64_t		processing;
	char		quote[60];

	if (!take_id(load, row, C_CODE, &code) || !take_id(load, row, C_PROCESSING, &processing) ||
		!mo_take_text(load, row, C_TERM, buffer, sizeof(buffer), &term, &term_length))
		return;
	concept = mo_value(load, row, C_CONCEPT, &concept_length);
	for (size_t i = 0; i < concept_length; i++)
		if (concept[i] < '0' || concept[i] > '9' || concept_length > 18)
		{
			mo_reject(load, C_CONCEPT, mo_lost_digits(concept, concept_length) ? "\"%s\" has lost its last digits in a spreadsheet" :
					  "\"%s\" is not a SNOMED concept", mo_printable_value(concept, concept_length, quote, sizeof(quote)));
			return;
		}
	if (mo_lost_concept(concept, concept_length))
	{
		mo_reject(load, C_CONCEPT, "\"%s\" has lost its last digits in a spreadsheet", mo_printable_value(concept, concept_length, quote, sizeof(quote)));
		return;
	}
	mo_copy_row(&load->copy, 5);
	mo_put_int8(&load->copy, row->line);
	mo_put_int8(&load->copy, code);
	mo_put_text_or_null(&load->copy, concept, concept_length);
	mo_put_text_or_null(&load->copy, term, term_length);
	mo_put_int8(&load->copy, processing);
}

static bool
observation_begin(mo_load *load)
{
	return mo_stage_begin(load, "pg_temp.stage (line_no, event_id, processing_id, is_removed, patient_id, organisation_id, code_id, "
						  "event_date, recorded_date, value_number, value_unit, linked_event_id)");
}

typedef struct observation
{
	mo_id		event;
	mo_id		patient;
	mo_id		organisation;
	mo_id		unit;
	mo_id		parent;
	int64_t		processing;
	int64_t		code;
	bool		has_code;
	bool		deleted;
	bool		has_date;
	int32_t		date;
	bool		has_entered;
	int32_t		entered;
	bool		has_value;
	double		value;
} observation;

/* The date only where all of it is known. */
static bool
take_dates(mo_load *load, const mo_csv_row *row, observation *o)
{
	size_t		length;
	const char *precision = mo_value(load, row, O_PRECISION, &length);

	if (!mo_take_date(load, row, O_DATE, &o->has_date, &o->date) || !mo_take_date(load, row, O_ENTERED, &o->has_entered, &o->entered))
		return false;
	if (length < 3 || memcmp(precision, "YMD", 3) != 0)
		o->has_date = false;
	return true;
}

static bool
take_observation(mo_load *load, const mo_csv_row *row, observation *o)
{
	size_t		length;

	memset(o, 0, sizeof(*o));
	if (!mo_take_id(load, row, O_EVENT, &o->event, true) || !take_id(load, row, O_PROCESSING, &o->processing) ||
		!mo_take_flag(load, row, O_DELETED, &o->deleted))
		return false;
	if (o->deleted)
		return true;			/* nothing else of it matters */
	o->has_code = true;
	if (!mo_take_id(load, row, O_PATIENT, &o->patient, true) || !mo_take_id(load, row, O_ORGANISATION, &o->organisation, true) ||
		!take_id(load, row, O_CODE, &o->code) || !take_dates(load, row, o) || !mo_take_id(load, row, O_PARENT, &o->parent, false) ||
		!mo_take_id(load, row, O_UNIT, &o->unit, false))
		return false;
	mo_value(load, row, O_VALUE, &length);
	o->has_value = length > 0;
	return !o->has_value || mo_take_number(load, row, O_VALUE, &o->value);
}

static void
observation_row(mo_load *load, const mo_csv_row *row)
{
	mo_copy    *copy = &load->copy;
	observation o;

	if (!take_observation(load, row, &o))
		return;
	mo_copy_row(copy, 12);
	mo_put_int8(copy, row->line);
	mo_put_text(copy, o.event.text, o.event.length);
	mo_put_int8(copy, o.processing);
	mo_put_bool(copy, o.deleted);
	mo_put_text_or_null(copy, o.patient.text, o.patient.length);
	mo_put_text_or_null(copy, o.organisation.text, o.organisation.length);
	if (o.has_code)
		mo_put_int8(copy, o.code);
	else
		mo_put_null(copy);
	mo_put_date(copy, o.has_date, o.date);
	mo_put_date(copy, o.has_entered, o.entered);
	if (o.has_value)
		mo_put_float8(copy, o.value);
	else
		mo_put_null(copy);
	mo_put_text_or_null(copy, o.unit.text, o.unit.length);
	mo_put_text_or_null(copy, o.parent.text, o.parent.length);
}

const mo_format mo_emis_code = {.source = "activity_emis", .name = "emis_clinical_code", .columns = code_columns, .column_count = C_COLUMNS,
	.goes_first = true, .may_be_empty = true, .begin = code_begin, .row = code_row, .end = mo_stage_end};

const mo_format mo_emis_observation = {.source = "activity_emis", .name = "emis_observation", .columns = observation_columns,
	.column_count = O_COLUMNS, .may_be_empty = true, .begin = observation_begin, .row = observation_row, .end = mo_stage_end};
