/*
 * What a site decides: codes, cohorts and monitoring switched on, a window for class 1 alerts, a theme,
 * groups of practices, the formulary, targets. Nothing here is national, and the status says local.
 */
#include "demo_data.h"

static void
write_lines(const dd_world *world, const char *name, const char *columns, const char *const *lines, int count)
{
	dd_file		file;

	dd_open(world, &file, name);
	dd_format(&file, "%s\n", columns);
	for (int i = 0; i < count; i++, file.rows++)
		dd_format(&file, "%s\n", lines[i]);
	dd_close(&file);
}

#define LINES(list) list, (int) (sizeof(list) / sizeof(list[0]))

/* The layer ships what is confirmed; these rows are what a site adds or switches on. */
static const char *const alert_windows[] = {
	"1,2020-04-01,24,hours,true,local,immediate in the guide; 24 hours agreed locally (synthetic)"
};

static const char *const themes[] = {
	"syn_polypharmacy,problematic polypharmacy (synthetic local theme),,local"
};

static const char *const cohorts[] = {
	"LEARNING_DISABILITY,smr,Learning disability (STOMP),,SMR_DONE,local,true"
};

static const char *const tests[] = {
	"HRD_AMIODARONE,UE,maintenance,0,,6,,0,local,true,agreed locally (synthetic)"
};

static const char *const formulary[] = {
	"STATIN,0212000B0,first,2016-04-01,", "STATIN,0212000AA,second,2016-04-01,", "STATIN,0212000Y0,not_recommended,2016-04-01,",
	"DOAC,0208020AA,first,2022-04-01,2025-04-01", "DOAC,0208020AA,second,2025-04-01,", "DOAC,0208020Z0,second,2022-04-01,2025-04-01",
	"DOAC,0208020Z0,first,2025-04-01,", "DOAC,0208020Y0,second,2022-04-01,", "SGLT2,0601023AG,first,2020-04-01,",
	"SGLT2,0601023AN,second,2020-04-01,", "PPI,0103050P0,first,2016-04-01,", "PPI,0103050L0,first,2016-04-01,",
	"PPI,0103050E0,not_recommended,2016-04-01,"
};

static void
write_code_sets(const dd_world *world)
{
	dd_file		file;

	dd_open(world, &file, "code_set.csv");
	dd_text(&file, "code_set,code,term,status,is_on,source\n");
	for (int i = 0; i < DD_CODES; i++)
		if (dd_codes[i].local_set)
		{
			dd_format(&file, "%s,%s,%s,local,true,switched on for the demo data\n", dd_codes[i].local_set, dd_codes[i].code,
					  dd_codes[i].term);
			file.rows++;
		}
	dd_close(&file);
}

/* A federation across PCNs, as a site may group practices. */
static void
write_groups(const dd_world *world)
{
	dd_file		file;

	dd_open(world, &file, "organisation_group.csv");
	dd_text(&file, "group_code,org_code,group_name,valid_from,valid_to\n");
	for (int i = 0; i < world->gp_count; i += 4, file.rows++)
		dd_format(&file, "FED%d,%s,SYNTHETIC FEDERATION %d,2020-04-01,\n", world->practices[i].icb + 1, world->practices[i].code,
				  world->practices[i].icb + 1);
	dd_close(&file);
}

/* The practice that merged into the next one. */
static void
write_successors(const dd_world *world)
{
	dd_file		file;

	dd_open(world, &file, "organisation_successor.csv");
	dd_text(&file, "org_code,successor_code,kind,effective_from,source\n");
	for (int i = 0; i < world->practice_count; i++)
		if (world->practices[i].successor >= 0)
		{
			dd_format(&file, "%s,%s,merger,%s,synthetic\n", world->practices[i].code, world->practices[world->practices[i].successor].code,
					  dd_iso(world->practices[i].last_day + 1));
			file.rows++;
		}
	dd_close(&file);
}

/* About two fifths of each cohort a year, more for the PCN that improves; one PCN has none agreed. */
static void
write_cohort_targets(const dd_world *world)
{
	int			first = (world->first_month - 3) / 12, last = (world->end_month - 4) / 12;
	dd_file		targets, profiles;

	dd_open(world, &targets, "cohort_target.csv");
	dd_open(world, &profiles, "cohort_target_profile.csv");
	dd_text(&targets, "pcn_code,cohort_code,year_start,target_patients,agreed_with\n");
	dd_text(&profiles, "pcn_code,year_start,financial_month,cumulative_share\n");
	for (int i = 0; i < world->pcn_count; i++)
		for (int year = first; year <= last; year++)
		{
			dd_rng		rng = dd_random(world->seed, DD_S_TARGET, i, year);

			for (int c = 0; i % 9 != 8 && c < DD_FIRST_REGISTER; c++, targets.rows++)
				dd_format(&targets, "%s,%s,%d-04-01,%d,SYNTHETIC ICB\n", world->pcns[i].code, dd_cohorts[c].code, year,
						  dd_cohorts[c].share * world->patients_per_practice * dd_between(&rng, 100, 130) / 100000);
			for (int m = 1; i % 9 == 1 && m <= 12; m++, profiles.rows++)
				dd_format(&profiles, "%s,%d-04-01,%d,0.%02d\n", world->pcns[i].code, year, m, m == 12 ? 99 : m * m * 7 / 10);
		}
	dd_close(&targets);
	dd_close(&profiles);
}

static void
write_kpi_targets(const dd_world *world)
{
	static const char *const kpis[][2] = {{"smr_rolling_attainment", "0.6"}, {"hrd_monitoring_current", "0.9"},
		{"reconciliation_7_days", "0.9"}, {"alert_closure_in_window", "0.95"}, {"first_line_new_starts", "0.8"},
		{"supervision_current", "0.9"}, {"scope_current", "0.95"}};
	dd_file		file;
	const char *from = dd_iso(dd_month_first(world->first_month));

	dd_open(world, &file, "kpi_target.csv");
	dd_text(&file, "kpi_id,org_code,valid_from,valid_to,target,set_by\n");
	for (int i = 0; i < world->icb_count; i++)
		for (size_t k = 0; k < sizeof kpis / sizeof kpis[0]; k++, file.rows++)
			dd_format(&file, "%s,%s,%s,,%s,SYNTHETIC ICB\n", kpis[k][0], world->icbs[i].code, from, kpis[k][1]);
	dd_format(&file, "hrd_monitoring_current,%s,%s,,0.85,SYNTHETIC PCN\n", world->pcns[0].code, from);
	file.rows++;
	dd_close(&file);
}

void
dd_write_reference(const dd_world *world)
{
	write_code_sets(world);
	write_groups(world);
	write_successors(world);
	write_lines(world, "cohort.csv", "cohort_code,kind,name,drug_group,attained_by,status,is_on", LINES(cohorts));
	write_lines(world, "monitoring_requirement.csv", "cohort_code,test_code_set,phase,from_day,to_day,interval_months,interval_days,"
				"grace_days,status,is_on,source", LINES(tests));
	write_lines(world, "alert_window.csv", "alert_class,valid_from,window_value,window_unit,in_kpi,status,source",
				LINES(alert_windows));
	write_lines(world, "sea_theme.csv", "theme_code,label,parent_label,origin", LINES(themes));
	write_lines(world, "formulary.csv", "class_code,bnf_prefix,line,valid_from,valid_to", LINES(formulary));
	write_cohort_targets(world);
	write_kpi_targets(world);
}
