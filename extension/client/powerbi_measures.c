/*
 * powerbi_measures.c
 *		The measures. {view.column} is the model's name of that column; a measure of something the database does not
 *		publish (an older dashboard) is left out, and so is what would show it.
 *
 * Ratios are sums of numerators over sums of denominators, never means of values, and never a sum from which a hidden
 * figure is missing. Levels contain each other, so one level at a time; months of a stock do not add up, so its last.
 */
#include <stdlib.h>
#include <string.h>

#include "powerbi.h"

/* A format of its own, or that of the KPI it is of. */
#define KPI_FORMAT NULL

/* Rows of the latest month that is compared, the same for every organisation of a visual: months of one beside months of another compare nothing. */
#define LATEST_COMPARED \
	"VAR last_month = CALCULATE(MAX({peer_comparison.month_start}), ALLSELECTED({peer_comparison}))\n" \
	"VAR latest_rows = FILTER({peer_comparison}, {peer_comparison.month_start} = last_month)\n"

static const struct
{
	const char *view;
	const char *name;
	const char *description;
	const char *format;
	const char *dax;
}			measures[] = {
	{"fact_kpi", "KPI value",
		"Sum of numerators over sum of denominators, times what the rate is per; of a count the sum. Of one KPI and one level (practices, "
		"PCNs ...): levels contain each other. Months of a flow add up; of a stock the last month counts. Blank when a figure in it is hidden: "
		"what is left would be another figure. Percentages are 0 to 1.",
		KPI_FORMAT,
		"VAR one_kpi = HASONEVALUE({dim_kpi.kpi_id})\n"
		"VAR one_level = HASONEVALUE({fact_kpi.org_type}) && (SELECTEDVALUE({fact_kpi.org_type}) <> \"group\" || HASONEVALUE({fact_kpi.org_key}))\n"
		"VAR months_add = SELECTEDVALUE({dim_kpi.time_basis}) = \"flow\"\n"
		"VAR last_month = MAX({fact_kpi.day_date})\n"
		"VAR counted_rows = FILTER({fact_kpi}, months_add || {fact_kpi.day_date} = last_month)\n"
		"VAR hidden_rows = COUNTROWS(FILTER(counted_rows, ISBLANK({fact_kpi.numerator})))\n"
		"VAR sum_numerators = SUMX(counted_rows, {fact_kpi.numerator})\n"
		"VAR sum_denominators = SUMX(counted_rows, {fact_kpi.denominator})\n"
		"RETURN\n"
		"\tIF(\n"
		"\t\tone_kpi && one_level && ISBLANK(hidden_rows),\n"
		"\t\tIF(\n"
		"\t\t\tSELECTEDVALUE({dim_kpi.unit}) = \"count\",\n"
		"\t\t\tsum_numerators,\n"
		"\t\t\tDIVIDE(sum_numerators, sum_denominators) * SELECTEDVALUE({dim_kpi.rate_per})\n"
		"\t\t)\n"
		"\t)"},
	{"fact_kpi", "KPI value a year before", "KPI value of the same months a year before.", KPI_FORMAT,
		"CALCULATE([KPI value], DATEADD({dim_date.day_date}, -12, MONTH))"},
	{"fact_kpi", "KPI change on the year", "KPI value less that of the same months a year before; of a percentage in points: 4.2 is from 60.0% to 64.2%.", "+#,##0.0;-#,##0.0;0.0",
		"VAR now_value = [KPI value]\n"
		"VAR then_value = [KPI value a year before]\n"
		"RETURN\n"
		"\tIF(\n"
		"\t\tNOT ISBLANK(now_value) && NOT ISBLANK(then_value),\n"
		"\t\t(now_value - then_value) * IF(SELECTEDVALUE({dim_kpi.unit}) = \"percent\", 100, 1)\n"
		"\t)"},
	{"fact_kpi", "KPI target", "Target of the last month, of one KPI and one organisation. Blank: none is set.", KPI_FORMAT,
		"VAR last_month = MAX({fact_kpi.day_date})\n"
		"RETURN\n"
		"\tIF(\n"
		"\t\tHASONEVALUE({dim_kpi.kpi_id}) && HASONEVALUE({fact_kpi.org_key}),\n"
		"\t\tMAXX(FILTER({fact_kpi}, {fact_kpi.day_date} = last_month), {fact_kpi.target})\n"
		"\t)"},
	{"fact_kpi", "KPI peer median", "Median of its peers in the last month, of one KPI and one organisation. Blank: not compared.", KPI_FORMAT,
		"VAR last_month = MAX({fact_kpi.day_date})\n"
		"RETURN\n"
		"\tIF(\n"
		"\t\tHASONEVALUE({dim_kpi.kpi_id}) && HASONEVALUE({fact_kpi.org_key}),\n"
		"\t\tMAXX(FILTER({fact_kpi}, {fact_kpi.day_date} = last_month), {fact_kpi.comparator_value})\n"
		"\t)"},
	{"fact_kpi", "KPI unit", "What the value is in: %, £, a count, or what a rate is per.", "",
		"SWITCH(\n"
		"\tSELECTEDVALUE({dim_kpi.unit}),\n"
		"\t\"percent\", \"%\",\n"
		"\t\"pounds\", \"£\",\n"
		"\t\"rate\", \"per \" & FORMAT(SELECTEDVALUE({dim_kpi.rate_per}), \"#,##0\"),\n"
		"\tSELECTEDVALUE({dim_kpi.unit})\n"
		")"},
	{"fact_kpi", "Figures hidden", "Figures that are not shown because numbers are small.", "#,0",
		"COUNTROWS(FILTER({fact_kpi}, {fact_kpi.value_status} = \"suppressed\"))"},
	{"dashboard", "Page line", "Synthetic or real, what the figures reach to, and the refresh that made them.", "",
		"VAR data_kind = CALCULATE(MAX({dashboard.data_kind_label}), REMOVEFILTERS())\n"
		"VAR last_day = MAX({dashboard.data_to})\n"
		"VAR last_run = MAX({dashboard.run_id})\n"
		"RETURN\n"
		"\tdata_kind & IF(NOT ISBLANK(last_day), \". Data to \" & FORMAT(last_day, \"d mmm yyyy\")) & IF(NOT ISBLANK(last_run), \". Refresh \" & last_run)"},
	{"dashboard", "Status colour", "Colour of the status, which is in words beside it: dark enough on white to be read.", "",
		"SWITCH(\n"
		"\tSELECTEDVALUE({dashboard.rag}),\n"
		"\t\"green\", \"#00703C\",\n"
		"\t\"amber\", \"#8A4B00\",\n"
		"\t\"red\", \"#B10E1E\",\n"
		"\t\"#425563\"\n"
		")"},
	{"kpi_trend", "Trend value", "Value of the month, of one KPI and one organisation. Blank: no figure, or hidden.", KPI_FORMAT,
		"IF(COUNTROWS({kpi_trend}) = 1, MAX({kpi_trend.value}))"},
	{"kpi_trend", "Trend mean", "Centre of the control chart.", KPI_FORMAT, "IF(COUNTROWS({kpi_trend}) = 1, MAX({kpi_trend.spc_mean}))"},
	{"kpi_trend", "Trend lower limit", "Lower process limit.", KPI_FORMAT, "IF(COUNTROWS({kpi_trend}) = 1, MAX({kpi_trend.spc_lower}))"},
	{"kpi_trend", "Trend upper limit", "Upper process limit.", KPI_FORMAT, "IF(COUNTROWS({kpi_trend}) = 1, MAX({kpi_trend.spc_upper}))"},
	{"kpi_trend", "Trend target", "Target of the month.", KPI_FORMAT, "IF(COUNTROWS({kpi_trend}) = 1, MAX({kpi_trend.target}))"},
	{"peer_comparison", "Compared value", "Value of the latest month chosen, of one KPI and one organisation.", KPI_FORMAT,
		LATEST_COMPARED
		"RETURN\n"
		"\tIF(COUNTROWS(latest_rows) = 1, MAXX(latest_rows, {peer_comparison.value}))"},
	{"peer_comparison", "Compared denominator", "Denominator of that value: the size of the organisation in this KPI.", "#,0",
		LATEST_COMPARED
		"RETURN\n"
		"\tIF(COUNTROWS(latest_rows) = 1, MAXX(latest_rows, {peer_comparison.denominator}))"},
	{"peer_comparison", "Compared median", "Median of its peers in that month, itself included.", KPI_FORMAT,
		LATEST_COMPARED
		"RETURN\n"
		"\tIF(COUNTROWS(latest_rows) = 1, MAXX(latest_rows, {peer_comparison.comparator_value}))"},
	{"peer_comparison", "Compared rank", "Rank among its peers in that month with their number, 1 the lowest value. Read the significance first.", "",
		LATEST_COMPARED
		"VAR peer_place = MAXX(latest_rows, {peer_comparison.peer_rank})\n"
		"RETURN\n"
		"\tIF(COUNTROWS(latest_rows) = 1 && NOT ISBLANK(peer_place), peer_place & \" of \" & MAXX(latest_rows, {peer_comparison.peer_n}))"},
	{"peer_comparison", "Compared significance", "similar, lower or higher: its 95 % interval against the median of its peers.", "",
		LATEST_COMPARED
		"RETURN\n"
		"\tIF(COUNTROWS(latest_rows) = 1, MAXX(latest_rows, {peer_comparison.significance_label}))"},
	{"peer_comparison", "Compared funnel", "Where it stands in the funnel: within, or beyond the 95 % or 99.8 % limits.", "",
		LATEST_COMPARED
		"RETURN\n"
		"\tIF(COUNTROWS(latest_rows) = 1, MAXX(latest_rows, {peer_comparison.funnel_label}))"},
	{"variation", "Variation 5th percentile", "5th percentile of the organisations' values.", KPI_FORMAT,
		"IF(COUNTROWS({variation}) = 1, MAX({variation.percentile_5}))"},
	{"variation", "Variation lower quartile", "25th percentile.", KPI_FORMAT, "IF(COUNTROWS({variation}) = 1, MAX({variation.lower_quartile}))"},
	{"variation", "Variation median", "50th percentile.", KPI_FORMAT, "IF(COUNTROWS({variation}) = 1, MAX({variation.median}))"},
	{"variation", "Variation upper quartile", "75th percentile.", KPI_FORMAT, "IF(COUNTROWS({variation}) = 1, MAX({variation.upper_quartile}))"},
	{"variation", "Variation 95th percentile", "95th percentile.", KPI_FORMAT, "IF(COUNTROWS({variation}) = 1, MAX({variation.percentile_95}))"},
};

#define MEASURES (sizeof(measures) / sizeof(measures[0]))

static const char kpi_format[] = "SELECTEDVALUE({dim_kpi.power_bi_format}, \"#,##0.00\")";

/* The DAX, or NULL where the database does not publish all of it. A measure that calls another is of the same view. */
static char *
dax_of(const mo_model *model, size_t measure)
{
	return mo_dax(model, measures[measure].dax);
}

const char *
mo_measure_name(const mo_model *model, const char *view, const char *name)
{
	size_t		length = strlen(name);

	for (size_t i = 0; i < MEASURES && length > 2 && name[0] == '['; i++)
		if (strcmp(measures[i].view, view) == 0 && strlen(measures[i].name) == length - 2 && strncmp(measures[i].name, name + 1, length - 2) == 0)
		{
			char	   *dax = dax_of(model, i);

			free(dax);
			return dax != NULL ? measures[i].name : NULL;
		}
	return NULL;
}

static void
write_measure(const mo_model *model, size_t measure, const char *dax, FILE *out)
{
	char		uuid[MO_UUID_TEXT];
	char	   *name = mo_tmdl_name(measures[measure].name);

	fprintf(out, "\n\t/// %s\n\tmeasure %s =", measures[measure].description, name);
	mo_tmdl_expression(dax, out);
	if (measures[measure].format != KPI_FORMAT && measures[measure].format[0] != '\0')
		fprintf(out, "\t\tformatString: %s\n", measures[measure].format);
	fprintf(out, "\t\tlineageTag: %s\n", mo_uuid(uuid, "measure", measures[measure].name));
	if (measures[measure].format == KPI_FORMAT)
	{
		char	   *format = mo_dax(model, kpi_format);

		if (format != NULL)
			fprintf(out, "\n\t\tformatStringDefinition = %s\n", format);
		free(format);
	}
	free(name);
}

void
mo_write_measures(const mo_model *model, const mo_table *table, FILE *out)
{
	for (size_t i = 0; i < MEASURES; i++)
		if (strcmp(measures[i].view, table->name) == 0)
		{
			char	   *dax = dax_of(model, i);

			if (dax != NULL)
				write_measure(model, i, dax, out);
			free(dax);
		}
}
