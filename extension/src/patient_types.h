/*
 * patient_types.h
 *		The two types of rolling attainment as PostgreSQL holds them: flat (stored, sent) and expanded (while it is aggregated).
 *
 * Both are varlena types aligned to 8 bytes, packed and in canonical order, so that equal contents are equal bytes.
 */
#ifndef MO_PATIENT_TYPES_H
#define MO_PATIENT_TYPES_H

#include "mo.h"

#include "lib/stringinfo.h"
#include "utils/expandeddatum.h"

#include "stats/cohort_attainment.h"
#include "stats/nhs_calendar.h"

/* mo.patient_months */
typedef struct FlatMonths
{
	int32		vl_len_;
	int32		first_month;
	int32		months;
	int32		patients;
	uint64		bits[FLEXIBLE_ARRAY_MEMBER];	/* patients x words, then int32 ids[patients] */
} FlatMonths;

/* mo.patient_spells */
typedef struct FlatSpells
{
	int32		vl_len_;
	int32		count;
	mo_spell	spells[FLEXIBLE_ARRAY_MEMBER];
} FlatSpells;

/* Memory for stats/ from a context: zeroed, without the 1 GB limit. */
extern mo_memory mo_memory_of(MemoryContext context);

/* The flat value of an argument, detoasted, flattened if it was expanded. */
extern FlatMonths *mo_flat_months(Datum datum);
extern FlatSpells *mo_flat_spells(Datum datum);
extern Size mo_flat_months_size(Size patients, int words);	/* refused where it is too large for a value */
extern mo_month_bits mo_month_bits_of(const FlatMonths *flat);

/* An argument to be read as it is: flat, or expanded by the aggregate that made it, in canonical order all the same. */
extern mo_months_reader mo_months_reader_of(Datum datum);

/*
 * What a transition function with state mo.patient_months adds to; its arguments argno and argno + 1 are the range of months, the same for
 * every row. The state to return is put into *state.
 */
extern mo_patient_months *mo_months_to_add_to(FunctionCallInfo fcinfo, int argno, Datum *state);
extern const mo_spell *mo_spells_of(Datum datum, size_t *count);

/*
 * The result of a final function that gives the state itself: an expanded one is not copied. Before PostgreSQL 16 the executor copies,
 * and so flattens, any result that is not in its own memory; a read-only pointer made there is.
 */
extern Datum mo_share_expanded(Datum datum);

/* The context an aggregate's state lives in; the current one when called by hand. */
extern MemoryContext mo_state_context(FunctionCallInfo fcinfo);

/* The months from_month to to_month of arguments argno and argno + 1, not null, 1 to MO_MONTHS_LIMIT of them. Returns how many. */
extern int	mo_month_range(FunctionCallInfo fcinfo, int argno, int *first_month);

/* A list of patients: refused unless one-dimensional and without nulls. */
extern void mo_check_patients(ArrayType *patients);

/* A patient number, refused below 1. */
extern int32 mo_patient_number(int32 patient);

/* Event i is of patients[i] on days[i]. */
typedef struct mo_events
{
	const int32 *patients;
	const int32 *days;
	int			count;
} mo_events;

/* The lists in arguments argno (int4[]) and argno + 1 (date[]), not null: refused unless of one dimension and length, without nulls and with patients only. */
extern mo_events mo_events_arguments(FunctionCallInfo fcinfo, int argno);

/* Text is the hexadecimal form of the binary one. */
extern char *mo_hex_out(bytea *binary);
extern void mo_hex_in(const char *text, const char *type, StringInfo buffer);

/* Binary that is not of the type. */
pg_noreturn extern void mo_refuse_binary(const char *type, const char *fault);

#endif							/* MO_PATIENT_TYPES_H */
