/*
 * patient_months.h
 *		For each of many patients a set of calendar months, as bits. Plain C.
 *
 * Months are counted from January 2000 (mo_month_index); a map covers `months` of them (1 to MO_MONTHS_LIMIT) from first_month
 * on, and what falls outside is left out. Patients are any numbers from 1 to 2^31 - 1. Bit i of a patient is month first_month + i; a
 * patient has 1 to 3 words of 64 bits, and is in the map only with at least one bit.
 *
 * Two forms, so that memory is bounded by the patients held (below 64 bytes each), whatever their numbers are: a hash table
 * (load 0.53 to 0.8), and, once the numbers prove dense enough, pages of 4,096 patients made on demand, in which sorted
 * input is a sequential walk. It goes back to the hash table for good when pages would take more than 64 bytes a patient.
 *
 * What is added waits, so that it can be applied in an order that suits the processor; mo_patient_months_settle applies the rest. Add,
 * settle, then read.
 */
#ifndef MO_STATS_PATIENT_MONTHS_H
#define MO_STATS_PATIENT_MONTHS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MO_MONTHS_LIMIT 192
#define MO_WORDS_LIMIT (MO_MONTHS_LIMIT / 64)
#define MO_PAGE_BITS 12
#define MO_PAGE_PATIENTS (1 << MO_PAGE_BITS)
#define MO_PAGES_LIMIT (1 << (31 - MO_PAGE_BITS))

/* Where memory comes from. allocate gives zeroed memory or does not return. */
typedef struct mo_memory
{
	void	   *(*allocate) (void *context, size_t size);
	void		(*release) (void *context, void *block);
	void	   *context;
} mo_memory;

/* A month that waits for its patient's words to arrive from memory. */
typedef struct mo_waiting_month
{
	int32_t		patient;
	int32_t		bit;
} mo_waiting_month;

#define MO_WAITING 16

/* A set of patients that waits until sets enough have come to go through the pages once for all of them. */
typedef struct mo_waiting_set
{
	const int32_t *patients;
	size_t		n;
	size_t		next;			/* the first that has not been applied */
	int			bit;
	void	   *block;			/* what to release */
} mo_waiting_set;

#define MO_WAITING_SETS 256

/* The same as bits: bit i % 8, from the least, of byte i / 8 is patient i. */
typedef struct mo_waiting_bits
{
	const unsigned char *bytes;
	size_t		n;
	int			bit;
	void	   *block;			/* what to release */
} mo_waiting_bits;

#define MO_WAITING_BITS 192
#define MO_BYTES_OF_PATIENTS ((size_t) 1 << 28)

typedef struct mo_patient_months
{
	mo_memory	memory;
	int			first_month;
	int			months;
	int			words;			/* words a patient */
	size_t		patients;
	bool		stay_hashed;
	/* hash form: keys != NULL; key 0 is a free slot */
	uint32_t   *keys;
	uint64_t   *hashed;			/* words of slot i at hashed[i * words] */
	size_t		slots;
	/* paged form: pages != NULL */
	uint64_t  **pages;
	size_t		directory;		/* entries of pages */
	size_t		pages_made;
	/* single months not yet in either form: a ring, entry arrived % MO_WAITING is the oldest once it is full */
	mo_waiting_month waiting[MO_WAITING];
	uint64_t	arrived;
	/* days to bits, made when there have been days enough for it to pay: bit_of_day[day - first_day] for days of the months */
	unsigned char *bit_of_day;
	int64_t		first_day;
	int64_t		days;
	int			days_arrived;
	mo_waiting_set *sets;		/* MO_WAITING_SETS of them, once there was one */
	size_t		set_count;
	size_t		set_patients;	/* in all of them together */
	size_t		largest_set;	/* there has ever been */
	mo_waiting_bits *bits;		/* MO_WAITING_BITS of them, once there was one */
	size_t		bits_count;
	size_t		bits_bytes;
	size_t		longest_bits;	/* there have ever been */
} mo_patient_months;

/* The same, packed: ids ascending and distinct, the words of ids[i] at bits[i * words]. */
typedef struct mo_month_bits
{
	int			first_month;
	int			months;
	int			words;
	size_t		patients;
	const int32_t *ids;
	const uint64_t *bits;
} mo_month_bits;

static inline int
mo_words_of_months(int months)
{
	return (months + 63) / 64;
}

static inline bool
mo_no_months(const uint64_t *words, int n)
{
	uint64_t	any = 0;

	for (int i = 0; i < n; i++)
		any |= words[i];
	return any == 0;
}

extern void mo_patient_months_start(mo_patient_months *map, mo_memory memory, int first_month, int months);

/*
 * The words of a patient (> 0), put into the map if new. The caller sets at least one bit before the next call.
 */
extern uint64_t *mo_patient_words(mo_patient_months *map, int32_t patient);

/*
 * One month of one patient. Rows in no order of patients wait for memory most of their time, so a month is put in a ring while the
 * processor fetches the patient's words, and set sixteen calls later. Call mo_patient_months_settle before the map is read.
 */
extern void mo_patient_months_add(mo_patient_months *map, int32_t patient, int64_t month);
extern void mo_patient_months_settle(mo_patient_months *map);

/* As mo_patient_months_add, for the month of a day (counted from 2000-01-01). */
extern void mo_patient_months_add_day(mo_patient_months *map, int32_t patient, int64_t day);

/* The months from <= month < to. */
extern void mo_patient_months_add_range(mo_patient_months *map, int32_t patient, int64_t from, int64_t to);

/*
 * Many patients in one month, fastest when ascending. When one is below 1 nothing is done and its index is returned; otherwise n, and
 * the set's memory, block, is taken over: the set waits, and block is released when it has been applied. What waits is at most one set
 * above 1 MB or 24 bytes a patient.
 */
extern size_t mo_patient_months_add_set(mo_patient_months *map, int64_t month, const int32_t *patients, size_t n, void *block);
extern void mo_patient_months_settle_sets(mo_patient_months *map);

/*
 * As mo_patient_months_add_set, from bits. False, and nothing done, when bit 0 is set or there are more than MO_BYTES_OF_PATIENTS bytes.
 * What waits is turned from a row of patients for each month into a row of months for each patient, 64 by 64.
 */
extern bool mo_patient_months_add_bits(mo_patient_months *map, int64_t month, const unsigned char *bytes, size_t n, void *block);
extern void mo_patient_months_settle_bits(mo_patient_months *map);

/* Sets the bits of patients, all of them from 1 on and below 8 times the bytes there are. */
extern void mo_patient_bits_set(unsigned char *bytes, const int32_t *patients, size_t n);

/*
 * Patients are about to come: `patients` distinct ones at least, on the `pages` pages that are marked in seen[MO_PAGES_LIMIT], all of them
 * below directory. A map without pages takes them up if they pay. More pages may be marked.
 */
extern void mo_patient_months_expect(mo_patient_months *map, size_t patients, size_t pages, unsigned char *seen, size_t directory);

/* Both cover the same months. */
extern void mo_patient_months_merge(mo_patient_months *map, const mo_month_bits *other);

/* The words of a patient in a settled map, NULL where there are none. */
extern const uint64_t *mo_patient_months_find(const mo_patient_months *map, int32_t patient);

/* Packs a settled map into ids[patients] and bits[patients * words]. */
extern void mo_patient_months_pack(const mo_patient_months *map, int32_t *ids, uint64_t *bits);

/* What is wrong with packed bytes from elsewhere, or NULL: order, patients, bits outside the months, patients without a bit. */
extern const char *mo_month_bits_fault(const mo_month_bits *packed);

/* Either form, to be read by ascending patients: packed is looked at where map is NULL. */
typedef struct mo_months_reader
{
	const mo_patient_months *map;
	mo_month_bits packed;
	size_t		cursor;			/* into packed */
} mo_months_reader;

/* The patient's words, NULL where there are none. Patients must come in ascending order. */
static inline const uint64_t *
mo_months_read(mo_months_reader *reader, int32_t patient)
{
	const mo_month_bits *packed = &reader->packed;

	if (reader->map != NULL)
		return mo_patient_months_find(reader->map, patient);
	while (reader->cursor < packed->patients && packed->ids[reader->cursor] < patient)
		reader->cursor++;
	if (reader->cursor == packed->patients || packed->ids[reader->cursor] != patient)
		return NULL;
	return &packed->bits[reader->cursor * packed->words];
}

/*
 * Months of these patients that the others, who cover the same months, do not have: into ids and bits where they are not NULL. Returns the
 * patients with such a month.
 */
extern size_t mo_month_bits_without(const mo_month_bits *these, mo_months_reader others, int32_t *ids, uint64_t *bits);

#endif							/* MO_STATS_PATIENT_MONTHS_H */
