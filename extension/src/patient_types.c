/*
 * patient_types.c
 *		What the types mo.patient_months and mo.patient_spells share; and sets of patients as bits.
 */
#include "patient_types.h"

#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/memutils.h"

PG_FUNCTION_INFO_V1(mo_months_without);

static void *
allocate_in(void *context, size_t size)
{
	return MemoryContextAllocExtended(context, size, MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
}

static void
release_in(void *context, void *block)
{
	pfree(block);
}

mo_memory
mo_memory_of(MemoryContext context)
{
	mo_memory	memory = {allocate_in, release_in, context};

	return memory;
}

Datum
mo_share_expanded(Datum datum)
{
	void	   *pointer;

	if (!VARATT_IS_EXTERNAL_EXPANDED(DatumGetPointer(datum)))
		return datum;
	pointer = palloc(EXPANDED_POINTER_SIZE);
	memcpy(pointer, DatumGetEOHP(datum)->eoh_ro_ptr, EXPANDED_POINTER_SIZE);
	return PointerGetDatum(pointer);
}

MemoryContext
mo_state_context(FunctionCallInfo fcinfo)
{
	MemoryContext context;

	return AggCheckCallContext(fcinfo, &context) ? context : CurrentMemoryContext;
}

static int64
month_argument(FunctionCallInfo fcinfo, int argno, const char *what)
{
	DateADT		day;

	if (PG_ARGISNULL(argno))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("%s must not be null", what),
				 errhint("Give any day of the month.")));
	day = PG_GETARG_DATEADT(argno);
	if (DATE_NOT_FINITE(day))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("%s must be a finite date", what),
				 errhint("Give any day of the month.")));
	return mo_month_index(day);
}

int
mo_month_range(FunctionCallInfo fcinfo, int argno, int *first_month)
{
	int64		from = month_argument(fcinfo, argno, "from_month");
	int64		to = month_argument(fcinfo, argno + 1, "to_month");

	if (to < from)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("to_month is before from_month"),
				 errhint("Both months are included: for one month give it twice.")));
	if (to - from >= MO_MONTHS_LIMIT)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("more than %d months", MO_MONTHS_LIMIT),
				 errhint("Ask for fewer years at a time.")));
	*first_month = (int) from;
	return (int) (to - from) + 1;
}

int32
mo_patient_number(int32 patient)
{
	if (patient < 1)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("a patient number must be 1 or more: %d", patient),
				 errhint("Number the patients with a dictionary table, such as mo_data's patient_key.")));
	return patient;
}

char *
mo_hex_out(bytea *binary)
{
	Size		size = VARSIZE_ANY_EXHDR(binary);
	char	   *text = palloc_extended(2 * size + 1, MCXT_ALLOC_HUGE);

	hex_encode(VARDATA_ANY(binary), size, text);
	text[2 * size] = '\0';
	return text;
}

void
mo_hex_in(const char *text, const char *type, StringInfo buffer)
{
	size_t		length = strlen(text);

	if (length % 2 != 0)
		mo_refuse_binary(type, "an odd number of hexadecimal digits");
	initStringInfo(buffer);
	enlargeStringInfo(buffer, (int) (length / 2));
	buffer->len = (int) hex_decode(text, length, buffer->data);
}

void
mo_refuse_binary(const char *type, const char *fault)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
			 errmsg("not a value of type %s: %s", type, fault),
			 errhint("Values of this type are made by its aggregates.")));
}

PG_FUNCTION_INFO_V1(mo_patient_bits);

/* No patients, with room for those up to `greatest`; below 0 for none. */
static bytea *
new_bits(int32 greatest)
{
	Size		size = VARHDRSZ + (greatest < 0 ? 0 : (Size) greatest / 8 + 1);
	bytea	   *bits = palloc0(size);

	SET_VARSIZE(bits, size);
	return bits;
}

/* (patients): bytes up to the greatest, bit i is patient i */
Datum
mo_patient_bits(PG_FUNCTION_ARGS)
{
	ArrayType  *array = PG_GETARG_ARRAYTYPE_P(0);
	const int32 *patients = (const int32 *) ARR_DATA_PTR(array);
	int			n = ARR_NDIM(array) == 0 ? 0 : ARR_DIMS(array)[0];
	int32		greatest = -1;
	bytea	   *bits;

	mo_check_patients(array);
	for (int i = 0; i < n; i++)
		greatest = Max(greatest, mo_patient_number(patients[i]));
	bits = new_bits(greatest);
	mo_patient_bits_set((unsigned char *) VARDATA(bits), patients, n);
	PG_RETURN_BYTEA_P(bits);
}

PG_FUNCTION_INFO_V1(mo_registered_patient_bits);

/* (registrations), sorted by patient: the last is the greatest */
Datum
mo_registered_patient_bits(PG_FUNCTION_ARGS)
{
	size_t		count;
	const mo_spell *spells = mo_spells_of(PG_GETARG_DATUM(0), &count);
	bytea	   *bits = new_bits(count == 0 ? -1 : spells[count - 1].patient);

	for (size_t i = 0; i < count; i++)
		mo_patient_bits_set((unsigned char *) VARDATA(bits), &spells[i].patient, 1);
	PG_RETURN_BYTEA_P(bits);
}

PG_FUNCTION_INFO_V1(mo_has_patient);

/* (patients, patient) */
Datum
mo_has_patient(PG_FUNCTION_ARGS)
{
	bytea	   *bits = PG_GETARG_BYTEA_PP(0);
	int32		patient = PG_GETARG_INT32(1);

	PG_RETURN_BOOL(patient > 0 && (Size) patient / 8 < VARSIZE_ANY_EXHDR(bits) &&
				   (((unsigned char *) VARDATA_ANY(bits))[patient / 8] >> patient % 8 & 1) != 0);
}

/* (months, others) */
Datum
mo_months_without(PG_FUNCTION_ARGS)
{
	FlatMonths *flat = mo_flat_months(PG_GETARG_DATUM(0));
	mo_month_bits these = mo_month_bits_of(flat);
	mo_months_reader others = mo_months_reader_of(PG_GETARG_DATUM(1));
	int			first_month = others.map != NULL ? others.map->first_month : others.packed.first_month;
	int			months = others.map != NULL ? others.map->months : others.packed.months;
	size_t		patients;
	FlatMonths *left;

	if (first_month != these.first_month || months != these.months)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("months and others must cover the same months"),
				 errhint("Aggregate both with the same from_month and to_month.")));
	patients = mo_month_bits_without(&these, others, NULL, NULL);
	left = palloc(mo_flat_months_size(patients, these.words));
	SET_VARSIZE(left, mo_flat_months_size(patients, these.words));
	left->first_month = these.first_month;
	left->months = these.months;
	left->patients = (int32) patients;
	mo_month_bits_without(&these, others, (int32 *) (left->bits + patients * these.words), left->bits);
	PG_RETURN_POINTER(left);
}
