/*
 * modash demo-data: synthetic files in the real formats.
 *
 * Everything is whole-number arithmetic on a generator of our own (splitmix64), keyed by seed,
 * subject, practice and month: the same seed gives the same bytes on any machine, and one file does
 * not depend on which others are written. Days are counted from 1970-01-01; months from year 0
 * (year * 12 + month - 1); money is in 1e-5 pounds, as NHSBSA publishes it.
 */
#ifndef DEMO_DATA_H
#define DEMO_DATA_H

#include <stddef.h>
#include <stdint.h>

/* Exit status, as the other commands of modash use it. */
#define DD_WRONG_USE 1
#define DD_CANNOT_WRITE 2

#define DD_BANDS 20				/* five-year age bands 0_4 .. 90_94, 95+ */
#define DD_NEVER INT32_MAX		/* a day or month that does not come */

int demo_data_main(int argc, char **argv);

/* ---- calendar ---- */
typedef struct
{
	int year, month, day;
} dd_date;

int32_t dd_day(int year, int month, int day);
dd_date dd_civil(int32_t day);
int32_t dd_month_first(int32_t month);
int32_t dd_month_of(int32_t day);
int dd_weekday(int32_t day);	/* Monday is 0 */

/* ---- random numbers ---- */
typedef struct
{
	uint64_t state;
} dd_rng;

enum dd_subject
{
	DD_S_ORG = 1, DD_S_LIST, DD_S_EPD, DD_S_PATIENT, DD_S_ACTIVITY, DD_S_DISCHARGE, DD_S_NEW_START,
	DD_S_ALERT, DD_S_PINCER, DD_S_SEA, DD_S_INCIDENT, DD_S_CULTURE, DD_S_STAFF, DD_S_SUPERVISION,
	DD_S_SWITCH, DD_S_TARGET
};

dd_rng dd_random(uint64_t seed, int subject, int64_t a, int64_t b);
uint64_t dd_next(dd_rng *rng);
uint32_t dd_below(dd_rng *rng, uint32_t limit);
int dd_between(dd_rng *rng, int low, int high);
int dd_chance(dd_rng *rng, int permille);
int32_t dd_bell(dd_rng *rng);	/* mean 0, standard deviation 1024, within 4 of them */
int dd_poisson(dd_rng *rng, int mean_permille);

/* Draw once a statement: C does not say in which order the arguments of a call are evaluated. */

/* ---- files ---- */
typedef struct
{
	int fd;
	char *buffer;
	size_t used;
	int64_t bytes, rows;
	char path[1024];
	const char *name;			/* in path, below the directory */
} dd_file;

typedef struct dd_world dd_world;

void dd_open(const dd_world *world, dd_file *file, const char *name);
void dd_close(dd_file *file);
void dd_note_file(const char *name, int64_t rows, int64_t bytes);	/* for the README */
void dd_flush(dd_file *file);
char *dd_room(dd_file *file, size_t needed);	/* the place to write up to needed bytes ... */
void dd_took(dd_file *file, const char *end);	/* ... and where writing ended */
void dd_text(dd_file *file, const char *text);
void dd_format(dd_file *file, const char *format, ...) __attribute__((format(printf, 2, 3)));
char *dd_put(char *at, const char *text);
char *dd_put_int(char *at, int64_t value);
char *dd_put_e5(char *at, int64_t value, int decimals);
char *dd_put_date(char *at, int32_t day);		/* 2026-04-01, nothing for DD_NEVER */
char *dd_put_field(char *at, const char *text);	/* quoted where CSV needs it */
const char *dd_iso(int32_t day);				/* one of eight turning buffers */

/* ---- the synthetic NHS ---- */
enum dd_system
{
	DD_FLAT, DD_EMIS, DD_SYSTMONE
};

typedef struct
{
	char code[16];
	char name[80];
	char street[32], town[24], postcode[9];
	int icb, sub_icb, pcn;		/* indexes; pcn -1: in none */
	int new_pcn, moved_month;	/* a later PCN, from that month */
	int setting;				/* 4: GP practice */
	char status;				/* A, C, D */
	int32_t open_day, last_day;	/* last_day: inclusive, as the ODS gives it; DD_NEVER: open */
	int successor;				/* practice that took its patients, -1 */
	int patients;				/* in the first month */
	int growth;					/* per mille a year */
	int age_shift;				/* -8 (students) .. 8 (retirement coast) */
	int cost_level;				/* per mille of the average */
	int quality;				/* per mille: how reliably things are done */
	int system;
} dd_practice;

typedef struct
{
	char code[16], name[64];
	int icb, sub_icb;
	int story;					/* dd_story */
} dd_pcn;

typedef struct
{
	char code[16], name[80];
	int parent;					/* sub-ICB: its ICB; ICB: its region */
} dd_area;

enum dd_story
{
	DD_STEADY, DD_IMPROVES, DD_UNSAFE, DD_DEAR
};

struct dd_world
{
	uint64_t seed;
	int gp_count, month_count, rows_per_practice, patients_per_practice, other_events;
	int32_t first_month, end_month;		/* end_month is not in it */
	int practice_count;			/* GP practices first, then the others */
	dd_practice *practices;
	int pcn_count, sub_icb_count, icb_count, region_count;
	dd_pcn *pcns;
	dd_area *sub_icbs, *icbs, *regions;
	const char *directory;
};

void dd_make_world(dd_world *world);
void dd_free_world(dd_world *world);
int dd_pcn_at(const dd_practice *practice, int32_t month);
int dd_open_at(const dd_practice *practice, int32_t month);
int dd_list_size(const dd_world *world, int practice, int32_t month, int *cells);
int dd_astro_pu(const dd_world *world, int practice, int32_t month);
int dd_quality(const dd_world *world, int practice, int32_t month);
int dd_progress(const dd_world *world, int32_t month);	/* per mille of the period gone by */

/* ---- patients ---- */
#define DD_COHORTS 10
#define DD_FIRST_REGISTER 6		/* cohorts before it are for reviews, from it on high-risk drugs */

typedef struct
{
	const char *code, *name, *drug_group;
	int			share;			/* per mille of the patients of its kind */
	int			interval;		/* months a test stays in date */
	const char *tests;			/* F full blood count, L liver, R renal, T thyroid, I lithium level, C calcium, W weight */
} dd_cohort;

extern const dd_cohort dd_cohorts[DD_COHORTS];

typedef struct
{
	int			practice;
	int32_t		from, to;		/* half-open */
} dd_spell;

typedef struct
{
	int			cohort;
	int32_t		from, to;
	const char *reason;
	int			interval;
} dd_membership;

typedef struct
{
	int			key, birth_year;
	char		sex;
	int32_t		died_on;
	int			spell_count, membership_count;
	dd_spell	spells[2];
	dd_membership memberships[3];
	int			clinic;			/* titration stream, -1: none */
	int			unknown_start;	/* registered, but nobody wrote down since when */
} dd_patient;

int dd_patients_of(const dd_world *world, int practice);
void dd_make_patient(const dd_world *world, int practice, int number, dd_patient *patient);
int dd_registered_at(const dd_patient *patient, int32_t day);

/* ---- coded events ---- */
typedef struct
{
	const char *code, *term;
	const char *local_set;		/* the code set a site puts it in; NULL where the layer ships it */
} dd_code;

enum dd_code_index
{
	DD_SMR, DD_REVIEW, DD_STOP_EFFECT, DD_STOP_CONTRA, DD_CHANGE, DD_DECLINED, DD_RECONCILED, DD_HTN,
	DD_T2DM, DD_LIPID, DD_RESP, DD_FBC, DD_LFT, DD_RENAL, DD_EGFR, DD_TFT, DD_LITHIUM, DD_CALCIUM, DD_WEIGHT, DD_OLD_CODE, DD_CODES
};

extern const dd_code dd_codes[DD_CODES];

typedef struct
{
	int			number;			/* of the patient's events, from 1 */
	int			practice, code;
	int32_t		event_day, recorded_day;	/* event_day DD_NEVER: not known */
	char		precision;		/* D, M or Y */
	const char *outcome, *role, *comparator, *unit;
	int			value;			/* in tenths; -1: none */
	int			linked;			/* number of the event it followed from, 0: none */
} dd_event;

/* The monthly files of the three systems, open at once. */
typedef struct
{
	const dd_world *world;
	dd_file	   *files[3];
	int64_t		processing_id;
} dd_systems;

void dd_open_systems(const dd_world *world, dd_systems *systems);
void dd_close_systems(dd_systems *systems);
void dd_put_event(dd_systems *systems, const dd_patient *patient, const dd_event *event);
void dd_write_links(const dd_world *world);
const char *dd_stamp(int32_t day, int minute);	/* 2026-04-01T09:30:00Z */

/* ---- presentations ---- */
typedef struct
{
	const char *bnf_code, *name, *chemical;
	int chapter;
	int items;					/* per 100,000 items */
	int unit_price;				/* 1e-5 pounds, net ingredient cost */
	int quantity[3];			/* usual quantities per item, the commonest first */
} dd_presentation;

extern const char *const dd_chapters[24];
extern const dd_presentation dd_presentations[];
extern const int dd_presentation_count;

/* ---- what is written ---- */
void dd_write_organisations(const dd_world *world);
void dd_write_bank_holidays(const dd_world *world);
void dd_write_list_sizes(const dd_world *world);
void dd_write_prescribing(const dd_world *world);
void dd_write_reference(const dd_world *world);
void dd_write_patients(const dd_world *world);
void dd_write_activity(const dd_world *world);
void dd_write_discharges(const dd_world *world);
void dd_write_new_starts(const dd_world *world);
void dd_write_switches(const dd_world *world);
void dd_write_alerts(const dd_world *world);
void dd_write_hazards(const dd_world *world);
void dd_write_learning(const dd_world *world);
void dd_write_workforce(const dd_world *world);

#endif
