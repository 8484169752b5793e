/*
 * Coded events as three systems hand them over, a file a month of entry: the flat contract, EMIS
 * (CareRecord_Observation and Coding_ClinicalCode, deltas by ProcessingId, deletions, partial dates)
 * and SystmOne (SRCode, rows repeated for each organisation that sees the record, RemovedData).
 */
#include "demo_data.h"

#include <stdio.h>
#include <stdlib.h>

#define EMIS_CODE(code) (500000 + (code) * 37)

const dd_code dd_codes[DD_CODES] = {
	{"1239511000000100", "Structured medication review", NULL},
	{"719329004", "Medication review done by pharmacist", NULL},
	{"395009001", "Medication stopped - side effect", "DEPRESCRIBING"},
	{"395008009", "Medication stopped - contra-indication", "DEPRESCRIBING"},
	{"182838006", "Change of medication", "DEPRESCRIBING"},
	{"412725004", "Medication review declined", NULL},
	{"526421000000109", "Medicines reconciliation completed", NULL},
	{"473225006", "Hypertension medication review", "TITRATION_HYPERTENSION"},
	{"394725008", "Diabetes medication review", "TITRATION_TYPE_2_DIABETES"},
	{"473234001", "Dyslipidemia medication review", "TITRATION_LIPIDS"},
	{"394720003", "Asthma medication review", "TITRATION_RESPIRATORY"},
	{"1022441000000101", "Full blood count", "FBC"},
	{"997531000000108", "Liver function test", "LFT"},
	{"1000731000000107", "Serum creatinine level", NULL},
	{"80274001", "Glomerular filtration rate", NULL},
	{"1016851000000107", "Thyroid function test", "TFT"},
	{"1006681000000100", "Serum lithium level", NULL},
	{"1000691000000101", "Serum calcium level", "CALCIUM"},
	{"27113001", "Body weight", "WEIGHT"},
	{"", "Medication review (CTV3 only)", NULL}
};

static const char *const emis_columns =
	"ObservationGuid,PatientGuid,OrganisationGuid,EffectiveDate,EffectiveDatePrecision,EnteredDate,EnteredTime,"
	"ClinicianUserInRoleGuid,EnteredByUserInRoleGuid,ParentObservationGuid,CodeId,ProblemGuid,ConsultationGuid,"
	"Value,NumericUnit,ObservationType,NumericRangeLow,NumericRangeHigh,DocumentGuid,Qualifiers,Abnormal,"
	"AbnormalReason,Episode,Deleted,IsConfidential,ProcessingId\n";
static const char *const systmone_columns =
	"RowIdentifier,IDOrganisationVisibleTo,DateEventRecorded,DateEvent,IDProfileEnteredBy,IDDoneBy,"
	"TextualEventDoneBy,IDOrganisationDoneAt,CTV3Code,CTV3Text,SNOMEDCode,SNOMEDText,NumericComparator,IsNumeric,"
	"NumericValue,NumericUnit,EpisodeType,IDTemplate,IDQuestionnaire,IDEvent,IDPatient,IDReferralIn,IDAppointment,"
	"IDVisit,IDOrganisation,IDOrganisationRegisteredAt,RemovedData\n";
static const char *const flat_columns =
	"source_system,event_id,patient_key,practice_code,code,event_date,recorded_date,outcome,value_number,"
	"value_comparator,value_unit,staff_role,linked_event_id\n";

static void
write_clinical_codes(const dd_world *world, int32_t month, int first, int count)
{
	char		name[64];
	dd_file		file;

	snprintf(name, sizeof name, "Coding_ClinicalCode_%04d%02d.csv", month / 12, month % 12 + 1);
	dd_open(world, &file, name);
	dd_text(&file, "CodeId,Term,ReadTermId,SnomedCTConceptId,SnomedCTDescriptionId,NationalCode,"
			"NationalCodeCategory,NationalDescription,EmisCodeCategoryDescription,ProcessingId\n");
	for (int i = first; i < first + count; i++, file.rows++)
		dd_format(&file, "%d,%s,,%s,,,,,,%d\n", EMIS_CODE(i), dd_codes[i].term, dd_codes[i].code, i + 1);
	dd_close(&file);
}

void
dd_open_systems(const dd_world *world, dd_systems *systems)
{
	static const char *const names[3] = {"activity_%04d%02d.csv", "CareRecord_Observation_%04d%02d.csv",
		"SRCode_%04d%02d.csv"};
	int			late = world->month_count > 6 ? world->month_count - 3 : -1;

	systems->world = world;
	systems->processing_id = 0;
	for (int s = 0; s < 3; s++)
	{
		systems->files[s] = calloc((size_t) world->month_count, sizeof(dd_file));
		if (!systems->files[s])
			exit(DD_CANNOT_WRITE);
		for (int i = 0; i < world->month_count; i++)
		{
			int			month = world->first_month + i;
			char		name[64], place[80];

			snprintf(name, sizeof name, names[s], month / 12, month % 12 + 1);
			snprintf(place, sizeof place, "%s%s", s == DD_FLAT && i == late ? "late/" : "", name);
			dd_open(world, &systems->files[s][i], place);
			dd_text(&systems->files[s][i], s == DD_FLAT ? flat_columns : s == DD_EMIS ? emis_columns : systmone_columns);
		}
	}
	/* the dictionary is a delta too: the second file repeats one code */
	write_clinical_codes(world, world->first_month, 0, DD_OLD_CODE);
	if (world->month_count > 1)
		write_clinical_codes(world, world->first_month + 1, DD_OLD_CODE - 1, 1);
}

void
dd_close_systems(dd_systems *systems)
{
	for (int s = 0; s < 3; s++)
	{
		for (int i = 0; i < systems->world->month_count; i++)
			dd_close(&systems->files[s][i]);
		free(systems->files[s]);
	}
}

static const char *
value_text(const dd_event *event)
{
	static char text[24];

	*text = '\0';
	if (event->value >= 0)
		*dd_put_e5(text, (int64_t) event->value * 10000, 1) = '\0';
	return text;
}

static void
put_flat(dd_file *file, const dd_world *world, const dd_patient *p, const dd_event *e)
{
	dd_format(file, "flat,F%d-%d,%d,%s,%s,%s,%s,%s,%s,%s,%s,%s,", p->key, e->number, p->key,
			  world->practices[e->practice].code, dd_codes[e->code].code,
			  e->precision == 'D' ? dd_iso(e->event_day) : "", dd_iso(e->recorded_day), e->outcome,
			  value_text(e), e->comparator, e->unit, e->role);
	dd_format(file, e->linked ? "F%d-%d\n" : "\n", p->key, e->linked);
	file->rows++;
}

/* Partial dates have their first day, and a precision of YM or Y; none has neither. */
static void
put_emis(dd_systems *systems, dd_file *file, const dd_patient *p, const dd_event *e, int deleted)
{
	dd_date		date = dd_civil(e->event_day == DD_NEVER ? 0 : e->event_day);
	int32_t		shown = e->event_day;

	if (shown != DD_NEVER && e->precision != 'D')
		shown = dd_day(date.year, e->precision == 'Y' ? 1 : date.month, 1);
	dd_format(file, "%08X-%04X-4000-8000-00000000000E,%08X-0000-4000-8000-00000000000A,%08X-0000-4000-8000-00000000000B,",
			  (unsigned) p->key, (unsigned) e->number, (unsigned) p->key, (unsigned) e->practice + 1);
	dd_format(file, "%s,%s,%s,%02d:%02d:00,,,", dd_iso(shown), shown == DD_NEVER ? "" : e->precision == 'D' ? "YMD" :
			  e->precision == 'Y' ? "Y" : "YM", dd_iso(e->recorded_day), 8 + e->number % 10, e->number * 7 % 60);
	if (e->linked)
		dd_format(file, "%08X-%04X-4000-8000-00000000000E", (unsigned) p->key, (unsigned) e->linked);
	dd_format(file, ",%d,,,%s,%s,%s,,,,,,,,%s,false,%d\n", EMIS_CODE(e->code), value_text(e), e->unit,
			  e->value >= 0 ? "Value" : "Observation", deleted ? "true" : "false", (int) ++systems->processing_id);
	file->rows++;
}

static const char *
systmone_time(int32_t day, int minute)
{
	static const char *const names[12] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct",
		"Nov", "Dec"};
	static char turning[2][40];
	static int	turn;
	char	   *text = turning[turn++ & 1];
	dd_date		date = dd_civil(day == DD_NEVER ? 0 : day);

	text[0] = '\0';
	if (day != DD_NEVER)
		snprintf(text, 40, "%02d %s %d %02d:%02d:00", date.day, names[date.month - 1], date.year, minute / 60 % 24,
				 minute % 60);
	return text;
}

static void
put_systmone(const dd_world *world, dd_file *file, const dd_patient *p, const dd_event *e, int visible_to, int removed)
{
	const dd_code *code = &dd_codes[e->code];
	int			home = dd_registered_at(p, e->recorded_day);
	const char *done_at = world->practices[e->practice].code;

	dd_format(file, "%d%02d,%s,%s,%s,,,,%s,%s,%s,%s,%s,", p->key, e->number % 100, world->practices[visible_to].code,
			  systmone_time(e->recorded_day, 600 + e->number),
			  systmone_time(e->precision == 'D' ? e->event_day : DD_NEVER, 540 + e->number), done_at,
			  *code->code ? "" : "XaF8d", *code->code ? "" : code->term, code->code, *code->code ? code->term : "");
	dd_format(file, "%s,%s,%s,%s,,,,%d%02d,%d,,,,%s,%s,%d\n", e->comparator, e->value >= 0 ? "1" : "0", value_text(e), e->unit,
			  p->key, (e->linked ? e->linked : e->number) % 100, p->key, done_at,
			  home < 0 ? "" : world->practices[home].code, removed);
	file->rows++;
}

/* Which file an event is in follows from the day of entry and the system of the practice. */
void
dd_put_event(dd_systems *systems, const dd_patient *patient, const dd_event *event)
{
	const dd_world *world = systems->world;
	int			system = world->practices[event->practice].system;
	int			month = dd_month_of(event->recorded_day) - world->first_month;
	dd_rng		rng = dd_random(world->seed, DD_S_ACTIVITY, patient->key, event->number + 100000);
	int			fate = dd_between(&rng, 0, 999);
	dd_file    *file;

	if (month < 0)
		month = 0;				/* history came with the first extract */
	if (month >= world->month_count || (system != DD_FLAT && *event->outcome && *event->outcome != 'a'))
		return;					/* GP systems code what was done */
	file = &systems->files[system][month];
	if (system == DD_FLAT)
	{
		if (*dd_codes[event->code].code)
			put_flat(file, world, patient, event);
		return;
	}
	if (system == DD_EMIS)
	{
		if (event->code == DD_OLD_CODE)
			return;
		put_emis(systems, file, patient, event, 0);
		if (fate < 8 && month + 1 < world->month_count)
			put_emis(systems, file + 1, patient, event, 1);		/* deleted a month later */
		return;
	}
	put_systmone(world, file, patient, event, event->practice, 0);
	if (fate < 150)				/* shared with a neighbour: the same row again */
		put_systmone(world, file, patient, event, event->practice ? event->practice - 1 : 0, 0);
	else if (fate < 158 && month + 1 < world->month_count)
		put_systmone(world, file + 1, patient, event, event->practice, 1);
}

/* Which patient and practice the identifiers of a system stand for: made outside the database. */
void
dd_write_links(const dd_world *world)
{
	dd_file		patients, organisations;

	dd_open(world, &patients, "patient_link.csv");
	dd_open(world, &organisations, "organisation_link.csv");
	dd_text(&patients, "source_system,source_patient_id,patient_key\n");
	dd_text(&organisations, "source_system,source_organisation_id,org_code\n");
	for (int i = 0; i < world->gp_count; i++)
	{
		dd_format(&organisations, "emis,%08X-0000-4000-8000-00000000000B,%s\n", (unsigned) i + 1, world->practices[i].code);
		dd_format(&organisations, "systmone,%s,%s\n", world->practices[i].code, world->practices[i].code);
		organisations.rows += 2;
		for (int k = 0; k < dd_patients_of(world, i); k++, patients.rows += 2)
		{
			int			key = i * 4000 + k + 1;

			dd_format(&patients, "emis,%08X-0000-4000-8000-00000000000A,%d\nsystmone,%d,%d\n", (unsigned) key, key, key, key);
		}
	}
	dd_close(&patients);
	dd_close(&organisations);
}
