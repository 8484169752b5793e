/* Discharge letters, new starts of medicines, and switch programmes with their plans and patients. */
#include "demo_data.h"

#include <stdio.h>

/* A patient of the sample who was registered with the practice that day, -1 when a few draws find none. */
static int
someone(const dd_world *world, int practice, int32_t day, dd_rng *rng)
{
	for (int i = 0; i < 6; i++)
	{
		dd_patient	p;

		dd_make_patient(world, practice, (int) dd_below(rng, (uint32_t) dd_patients_of(world, practice)), &p);
		if (dd_registered_at(&p, day) == practice)
			return p.key;
	}
	return -1;
}

static int
per_month(const dd_world *world, int practice, int thousandths)
{
	return (int) ((int64_t) world->practices[practice].patients * thousandths / 9000);
}

/* Quality is read in the month of receipt; what happens after the last day is not known yet. */
static void
put_discharge(const dd_world *world, dd_file *file, int practice, int32_t discharged, dd_rng *rng, int number)
{
	int32_t		end = dd_month_first(world->end_month);
	int32_t		received = discharged + (dd_chance(rng, 900) ? dd_between(rng, 0, 3) : dd_between(rng, 4, 15));
	int32_t		reconciled = DD_NEVER;
	int			quality = dd_quality(world, practice, dd_month_of(received));
	int			patient = someone(world, practice, received, rng);
	int			dated = dd_chance(rng, 980), medicines = dd_chance(rng, 930), pharmacist = dd_chance(rng, 700);

	if (patient < 0 || received >= end)
		return;
	if (dd_chance(rng, quality + 50))
		reconciled = received + dd_between(rng, 0, 7);
	else if (dd_chance(rng, 700))
		reconciled = received + dd_between(rng, 8, 40);
	if (reconciled >= end)
		reconciled = DD_NEVER;
	dd_format(file, "D%d-%d,%d,%s,%s,%s,%s,%s,%s\n", practice + 1, number, patient, world->practices[practice].code,
			  dated ? dd_iso(discharged) : "", dd_iso(received), medicines ? "true" : "false", dd_iso(reconciled),
			  reconciled == DD_NEVER ? "" : pharmacist ? "CP" : "PHT");
	file->rows++;
}

void
dd_write_discharges(const dd_world *world)
{
	dd_file		file;

	dd_open(world, &file, "discharge.csv");
	dd_text(&file, "discharge_id,patient_key,practice_code,discharged_on,received_on,on_medicines,reconciled_on,reconciled_by\n");
	for (int i = 0; i < world->gp_count; i++)
	{
		int			number = 0;

		for (int32_t month = world->first_month; month < world->end_month; month++)
		{
			dd_rng		rng = dd_random(world->seed, DD_S_DISCHARGE, i, month);

			if (!dd_open_at(&world->practices[i], month))
				continue;
			for (int n = dd_poisson(&rng, per_month(world, i, 16000)); n > 0; n--)
				put_discharge(world, &file, i, dd_month_first(month) + dd_between(&rng, 0, 27), &rng, ++number);
		}
	}
	dd_close(&file);
}

static const struct
{
	const char *name, *codes[3];	/* the first line of the last years first */
} classes[] = {
	{"STATIN", {"0212000B0AAABAB", "0212000AAAAABAB", "0212000Y0AAADAD"}},
	{"DOAC", {"0208020Z0AAABAB", "0208020AAAAACAC", "0208020Y0AAABAB"}},
	{"SGLT2", {"0601023AGAAABAB", "0601023ANAAAAAA", "0601023ANAAABAB"}},
	{"PPI", {"0103050P0AAAAAA", "0103050L0AAAAAA", "0103050E0AAAAAA"}}
};

void
dd_write_new_starts(const dd_world *world)
{
	dd_file		file;

	dd_open(world, &file, "new_start.csv");
	dd_text(&file, "new_start_id,patient_key,practice_code,started_on,class_code,bnf_code,previous_issue_on\n");
	for (int i = 0; i < world->gp_count; i++)
	{
		int			number = 0;

		for (int32_t month = world->first_month; month < world->end_month; month++)
		{
			dd_rng		rng = dd_random(world->seed, DD_S_NEW_START, i, month);

			if (!dd_open_at(&world->practices[i], month))
				continue;
			for (int n = dd_poisson(&rng, per_month(world, i, 9000)); n > 0; n--)
			{
				int			class = dd_between(&rng, 0, 3);
				int			pick = dd_chance(&rng, dd_quality(world, i, month)) ? 0 : dd_between(&rng, 1, 2);
				int32_t		day = dd_month_first(month) + dd_between(&rng, 0, 27);
				int			patient = someone(world, i, day, &rng);
				int32_t		before = dd_chance(&rng, 120) ? day - dd_between(&rng, 200, 900) : DD_NEVER;

				if (patient < 0)
					continue;
				dd_format(&file, "N%d-%d,%d,%s,%s,%s,%s,%s\n", i + 1, ++number, patient, world->practices[i].code,
						  dd_iso(day), classes[class].name, classes[class].codes[pick], dd_iso(before));
				file.rows++;
			}
		}
	}
	dd_close(&file);
}

/* One practice in one programme: what was planned a month, and who was switched. */
static void
put_switches(const dd_world *world, dd_file *plans, dd_file *actions, int programme, int practice, int32_t month, int sample)
{
	const dd_practice *p = &world->practices[practice];
	dd_rng		rng = dd_random(world->seed, DD_S_SWITCH, practice, programme * 10000 + month);
	int			planned = 1 + dd_patients_of(world, practice) / 60;
	int32_t		end = dd_month_first(world->end_month);

	dd_format(plans, "SW%d,%s,%s,%d\n", programme, p->code, dd_iso(dd_month_first(month)), planned);
	plans->rows++;
	for (int n = 0; n < planned; n++)
	{
		int32_t		day = dd_month_first(month) + dd_between(&rng, 0, 55);
		int32_t		reversed = dd_chance(&rng, 40) ? day + dd_between(&rng, 10, 90) : DD_NEVER;
		dd_patient	patient;

		/* each patient once a programme: the sample is gone through in order */
		dd_make_patient(world, practice, (sample + n) % dd_patients_of(world, practice), &patient);
		if (!dd_chance(&rng, dd_quality(world, practice, month)) || day >= end || dd_registered_at(&patient, day) != practice)
			continue;
		dd_format(actions, "SW%d,%s,%d,%s,%s\n", programme, p->code, patient.key, dd_iso(day),
				  reversed < end ? dd_iso(reversed) : "");
		actions->rows++;
	}
}

void
dd_write_switches(const dd_world *world)
{
	static const char *const lines[2][2] = {
		{"Edoxaban to apixaban", "0208020AA,0208020Z0"}, {"Esomeprazole to omeprazole", "0103050E0,0103050P0"}};
	dd_file		programmes, plans, actions;

	dd_open(world, &programmes, "switch_programme.csv");
	dd_open(world, &plans, "switch_plan.csv");
	dd_open(world, &actions, "switch_action.csv");
	dd_text(&programmes, "programme_code,title,from_bnf_prefix,to_bnf_prefix,starts_on,ends_on\n");
	dd_text(&plans, "programme_code,practice_code,month,planned_patients\n");
	dd_text(&actions, "programme_code,practice_code,patient_key,switched_on,reversed_on\n");
	for (int s = 0; s < 2; s++)
	{
		int			length = world->month_count / 3 + 1;
		int32_t		first = world->first_month + s * (world->month_count - length);

		dd_format(&programmes, "SW%d,%s,%s,%s,%s\n", s + 1, lines[s][0], lines[s][1], dd_iso(dd_month_first(first)),
				  s ? "" : dd_iso(dd_month_first(first + length)));
		programmes.rows++;
		for (int i = 0; i < world->gp_count; i++)
			for (int m = 0; m < length && m < 12; m++)
				if (dd_open_at(&world->practices[i], first + m) && i % 7 != 6)
					put_switches(world, &plans, &actions, s + 1, i, first + m, m * (1 + dd_patients_of(world, i) / 60));
	}
	dd_close(&programmes);
	dd_close(&plans);
	dd_close(&actions);
}
