/*
 * Patients with records of their own: the sample of each practice's list that is in a cohort, on a
 * register, or seen in a clinic. A patient is worked out afresh wherever one is needed, from its key:
 * nothing is kept in memory.
 */
#include "demo_data.h"

#include <string.h>

const dd_cohort dd_cohorts[DD_COHORTS] = {
	{"CARE_HOME", "Care home residents", NULL, 120, 0, NULL},
	{"POLYPHARMACY", "Complex and problematic polypharmacy", NULL, 360, 0, NULL},
	{"HIGH_RISK_MEDS", "Medicines commonly associated with medication errors", NULL, 200, 0, NULL},
	{"SEVERE_FRAILTY", "Severe frailty", NULL, 180, 0, NULL},
	{"ADDICTIVE_MEDS", "Potentially addictive medicines", NULL, 100, 0, NULL},
	{"LEARNING_DISABILITY", "Learning disability (STOMP)", NULL, 40, 0, NULL},
	{"HRD_METHOTREXATE", "Methotrexate", "DMARD", 250, 3, "FLR"},
	{"HRD_LITHIUM", "Lithium", "Lithium", 80, 6, "IRTCW"},
	{"HRD_AMIODARONE", "Amiodarone", "Antiarrhythmic", 120, 6, "TLR"},
	{"HRD_DOAC", "Direct oral anticoagulants", "DOAC", 550, 12, "FLR"}
};

int
dd_patients_of(const dd_world *world, int practice)
{
	const dd_practice *p = &world->practices[practice];
	int64_t		count = (int64_t) world->patients_per_practice * p->patients / 9000;

	return count < 5 ? 5 : count > 3999 ? 3999 : (int) count;
}

/* A cohort by its share among those from first on. */
static int
pick_cohort(dd_rng *rng, int first, int count)
{
	int			draw = dd_between(rng, 0, 999);

	for (int i = first; i < first + count - 1; i++)
		if ((draw -= dd_cohorts[i].share) < 0)
			return i;
	return first + count - 1;
}

static void
add_membership(const dd_world *world, dd_patient *patient, dd_rng *rng, int cohort)
{
	dd_membership *m = &patient->memberships[patient->membership_count++];
	int32_t		start = dd_month_first(world->first_month);
	int32_t		end = dd_month_first(world->end_month);
	int			fate = dd_between(rng, 0, 999);

	m->cohort = cohort;
	m->from = dd_chance(rng, 650) ? start - dd_between(rng, 1, 1500) : dd_between(rng, start, end - 1);
	m->to = DD_NEVER;
	m->reason = "";
	m->interval = dd_cohorts[cohort].interval;
	if (cohort == DD_COHORTS - 1 && dd_chance(rng, 250))
		m->interval = dd_between(rng, 3, 6);	/* creatinine clearance of 30 to 60, in tens */
	if (m->from < start && fate < 150)
	{
		m->to = dd_between(rng, start, end - 1);
		m->reason = fate < 80 ? "no_longer_eligible" : fate < 125 && cohort < DD_FIRST_REGISTER ?
			"declined" : "end_of_life";
	}
	if (patient->died_on != DD_NEVER && patient->died_on > m->from && patient->died_on < m->to)
	{
		m->to = patient->died_on;
		m->reason = "died";
	}
}

static void
add_spell(dd_patient *patient, int practice, int32_t from, int32_t to)
{
	dd_spell   *spell;

	if (from >= to)
		return;
	spell = &patient->spells[patient->spell_count++];
	spell->practice = practice;
	spell->from = from;
	spell->to = to;
}

/* Where the patient was registered: at home, after a move elsewhere, after a merger with the successor. */
static void
register_patient(const dd_world *world, dd_patient *patient, dd_rng *rng, int home)
{
	const dd_practice *p = &world->practices[home];
	int32_t		start = dd_month_first(world->first_month), end = dd_month_first(world->end_month);
	int32_t		from = dd_chance(rng, 850) ? start - dd_between(rng, 1, 9000) : dd_between(rng, start, end - 1);
	int32_t		leaves = dd_chance(rng, 90) ? dd_between(rng, start, end - 1) : DD_NEVER;
	int32_t		closes = p->last_day == DD_NEVER ? DD_NEVER : p->last_day + 1;
	int32_t		last = leaves < closes ? leaves : closes;
	int			next = closes < leaves ? p->successor : -1;

	if (leaves != DD_NEVER && leaves < closes && dd_chance(rng, 700))
		next = (int) dd_below(rng, (uint32_t) world->gp_count);
	if (dd_chance(rng, 60))
		patient->died_on = dd_between(rng, start, end - 1);
	if (patient->died_on <= from)
		patient->died_on = DD_NEVER;
	add_spell(patient, home, from, last < patient->died_on ? last : patient->died_on);
	if (next >= 0 && next != home && last > from && last < patient->died_on &&
		dd_open_at(&world->practices[next], world->end_month))
		add_spell(patient, next, last, patient->died_on);
	if (patient->spell_count == 0)
		add_spell(patient, home, from, DD_NEVER);
}

void
dd_make_patient(const dd_world *world, int practice, int number, dd_patient *patient)
{
	dd_rng		rng;
	int			year = world->end_month / 12;

	memset(patient, 0, sizeof *patient);
	patient->key = practice * 4000 + number + 1;
	patient->died_on = DD_NEVER;
	rng = dd_random(world->seed, DD_S_PATIENT, patient->key, 0);
	patient->birth_year = year - (dd_chance(&rng, 750) ? dd_between(&rng, 60, 97) : dd_between(&rng, 19, 60));
	patient->sex = dd_chance(&rng, 540) ? 'F' : dd_chance(&rng, 4) ? 'I' : 'M';
	register_patient(world, patient, &rng, practice);
	if (dd_chance(&rng, 600))
		add_membership(world, patient, &rng, pick_cohort(&rng, 0, DD_FIRST_REGISTER));
	if (patient->membership_count && dd_chance(&rng, 150))
	{
		int			second = pick_cohort(&rng, 0, DD_FIRST_REGISTER);

		if (second != patient->memberships[0].cohort)
			add_membership(world, patient, &rng, second);
	}
	if (dd_chance(&rng, 400))
		add_membership(world, patient, &rng, pick_cohort(&rng, DD_FIRST_REGISTER, DD_COHORTS - DD_FIRST_REGISTER));
	patient->clinic = dd_chance(&rng, 250) ? dd_between(&rng, 0, 3) : -1;
	patient->unknown_start = dd_chance(&rng, 3);
}

/* The practice of registration on a day, -1 when there is none. */
int
dd_registered_at(const dd_patient *patient, int32_t day)
{
	for (int i = 0; i < patient->spell_count; i++)
		if (patient->spells[i].from <= day && day < patient->spells[i].to)
			return patient->spells[i].practice;
	return -1;
}

void
dd_write_patients(const dd_world *world)
{
	dd_file		patients, spells, members;

	dd_open(world, &patients, "patient.csv");
	dd_open(world, &spells, "registration.csv");
	dd_open(world, &members, "cohort_member.csv");
	dd_text(&patients, "patient_key,birth_year,sex,died_on\n");
	dd_text(&spells, "patient_key,practice_code,registered_from,registered_to\n");
	dd_text(&members, "patient_key,cohort_code,member_from,member_to,left_reason,interval_months\n");
	for (int i = 0; i < world->gp_count; i++)
		for (int k = 0; k < dd_patients_of(world, i); k++)
		{
			dd_patient	p;

			dd_make_patient(world, i, k, &p);
			dd_format(&patients, "%d,%d,%c,%s\n", p.key, p.birth_year, p.sex, dd_iso(p.died_on));
			patients.rows++;
			for (int s = 0; s < p.spell_count; s++, spells.rows++)
				dd_format(&spells, "%d,%s,%s,%s\n", p.key, world->practices[p.spells[s].practice].code,
						  p.unknown_start && !s ? "" : dd_iso(p.spells[s].from), dd_iso(p.spells[s].to));
			for (int m = 0; m < p.membership_count; m++, members.rows++)
			{
				const dd_membership *member = &p.memberships[m];
				int			own = member->interval != dd_cohorts[member->cohort].interval;

				dd_format(&members, "%d,%s,%s,%s,%s,", p.key, dd_cohorts[member->cohort].code,
						  dd_iso(member->from), dd_iso(member->to), member->reason);
				dd_format(&members, own ? "%d\n" : "\n", member->interval);
			}
		}
	dd_close(&patients);
	dd_close(&spells);
	dd_close(&members);
}
