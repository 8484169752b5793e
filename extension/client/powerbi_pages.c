/*
 * powerbi_pages.c
 *		The five pages, 1280 by 720: title and page line at the top, slicers under them, then charts and tables.
 *		A status is in words and only then in colour; pages that compare say what they are not.
 */
#include <stddef.h>

#include "powerbi_report.h"

#define COUNT(array) ((int) (sizeof(array) / sizeof((array)[0])))
#define DISCUSSION "Supports discussion of variation and is not performance management."

#define LEVEL_SLICER(x) {"level", "slicer", x, 72, 200, 56, "Level", {{"Values", "dim_organisation", "org_type_label", "Level"}}, "one"}
#define KPI_SLICER(x, width) {"kpi", "slicer", x, 72, width, 56, "KPI", {{"Values", "dim_kpi", "kpi_name", "KPI"}}, "one"}
#define ORGANISATION_SLICER(x, width) \
	{"organisation", "slicer", x, 72, width, 56, "Organisation", {{"Values", "dim_organisation", "org_label", "Organisation"}}, "one"}

static const mo_visual dashboard[] = {
	LEVEL_SLICER(16),
	ORGANISATION_SLICER(224, 400),
	{"page_line", "card", 848, 72, 416, 56, "Data", {{"Values", "dashboard", "[Page line]", "Data"}}, NULL},
	{"page", "tableEx", 16, 136, 1248, 568, "The single page: latest complete month",
		{
			{"Values", "dashboard", "family_label", "Family"}, {"Values", "dashboard", "kpi_name", "KPI"},
			{"Values", "dashboard", "month_label", "Month"}, {"Values", "dashboard", "display_value", "Value"},
			{"Values", "dashboard", "display_target", "Target"}, {"Values", "dashboard", "status_label", "Status"},
			{"Values", "dashboard", "display_change_on_year", "Change on the year"}, {"Values", "dashboard", "display_peer_median", "Peer median"},
			{"Values", "dashboard", "display_position", "Among its peers"}, {"Values", "dashboard", "trend_spark", "Twelve months"},
			{"Values", "dashboard", "spc_variation_label", "Control chart"}, {"Values", "dashboard", "exception_text", "To know"},
		}, "status"},
};

static const mo_visual comparison[] = {
	KPI_SLICER(16, 400),
	LEVEL_SLICER(424),
	{"group", "slicer", 632, 72, 320, 56, "Compared within", {{"Values", "peer_comparison", "peer_group_name", "Compared within"}}, "one"},
	{"bars", "clusteredBarChart", 16, 136, 480, 568, "Value and median of the peers",
		{
			{"Category", "peer_comparison", "org_label", "Organisation"}, {"Y", "peer_comparison", "[Compared value]", "Value"},
			{"Y", "peer_comparison", "[Compared median]", "Median of the peers"},
		}, NULL},
	{"sizes", "scatterChart", 504, 136, 760, 272, "Value by size: small organisations vary more by chance",
		{
			{"Category", "peer_comparison", "org_label", "Organisation"}, {"X", "peer_comparison", "[Compared denominator]", "Denominator"},
			{"Y", "peer_comparison", "[Compared value]", "Value"},
		}, NULL},
	{"peers", "tableEx", 504, 416, 760, 288, "Read the significance and the funnel before the rank",
		{
			{"Values", "peer_comparison", "org_label", "Organisation"}, {"Values", "peer_comparison", "[Compared value]", "Value"},
			{"Values", "peer_comparison", "[Compared median]", "Peer median"},
			{"Values", "peer_comparison", "[Compared significance]", "Against the median"},
			{"Values", "peer_comparison", "[Compared funnel]", "Funnel"}, {"Values", "peer_comparison", "[Compared rank]", "Rank, 1 lowest"},
		}, NULL},
};

static const mo_visual trend[] = {
	KPI_SLICER(16, 400),
	LEVEL_SLICER(424),
	ORGANISATION_SLICER(632, 400),
	{"chart", "lineChart", 16, 136, 1248, 344, "Control chart (XmR): value, mean and process limits",
		{
			{"Category", "dim_date", "month_start", "Month"}, {"Y", "kpi_trend", "[Trend value]", "Value"},
			{"Y", "kpi_trend", "[Trend mean]", "Mean"}, {"Y", "kpi_trend", "[Trend lower limit]", "Lower limit"},
			{"Y", "kpi_trend", "[Trend upper limit]", "Upper limit"}, {"Y", "kpi_trend", "[Trend target]", "Target"},
		}, NULL},
	{"months", "tableEx", 16, 488, 1248, 216, "What each month says",
		{
			{"Values", "kpi_trend", "month_label", "Month"}, {"Values", "kpi_trend", "display_value", "Value"},
			{"Values", "kpi_trend", "value_status", "State"}, {"Values", "kpi_trend", "special_cause_label", "Rule"},
			{"Values", "kpi_trend", "spc_variation_label", "Control chart"},
		}, NULL},
};

static const mo_visual variation[] = {
	KPI_SLICER(16, 400),
	{"kind", "slicer", 424, 72, 200, 56, "Organisations compared", {{"Values", "variation", "org_type", "Organisations compared"}}, "one"},
	{"group", "slicer", 632, 72, 320, 56, "Within", {{"Values", "variation", "group_name", "Within"}}, "one"},
	{"spread", "lineChart", 16, 136, 1248, 344, "Spread of the organisations' values: median, quartiles, 5th and 95th percentile",
		{
			{"Category", "dim_date", "month_start", "Month"}, {"Y", "variation", "[Variation 95th percentile]", "95th percentile"},
			{"Y", "variation", "[Variation upper quartile]", "Upper quartile"}, {"Y", "variation", "[Variation median]", "Median"},
			{"Y", "variation", "[Variation lower quartile]", "Lower quartile"}, {"Y", "variation", "[Variation 5th percentile]", "5th percentile"},
		}, NULL},
	{"atlas", "tableEx", 16, 488, 1248, 216, "How much they differ, beyond chance and a year ago",
		{
			{"Values", "variation", "month_start", "Month"}, {"Values", "variation", "org_count", "Organisations"},
			{"Values", "variation", "p95_to_p5", "95th over 5th"}, {"Values", "variation", "p95_to_p5_year_ago", "A year ago"},
			{"Values", "variation", "dispersion_phi", "Dispersion (phi)"}, {"Values", "variation", "outside_95", "Outside 95 %"},
			{"Values", "variation", "outside_998", "Outside 99.8 %"}, {"Values", "variation", "note_label", "How to read it"},
		}, NULL},
};

static const mo_visual icb_return[] = {
	{"quarter", "slicer", 16, 72, 200, 56, "Quarter", {{"Values", "icb_return", "quarter_label", "Quarter"}}, "one"},
	LEVEL_SLICER(224),
	ORGANISATION_SLICER(432, 400),
	{"lines", "tableEx", 16, 136, 1248, 352, "The quarterly return",
		{
			{"Values", "icb_return", "section_label", "Section"}, {"Values", "icb_return", "line_sort", "Line"},
			{"Values", "icb_return", "line_label", "What"},
			{"Values", "icb_return", "display_value", "Value"}, {"Values", "icb_return", "display_target", "Target"},
			{"Values", "icb_return", "status_label", "Status"}, {"Values", "icb_return", "line_narrative", "Text"},
			{"Values", "icb_return", "state_label", "State"}, {"Values", "icb_return", "frozen_display_value", "As submitted"},
			{"Values", "icb_return", "restated_label", "Since then"},
		}, NULL},
	{"exceptions", "tableEx", 16, 496, 616, 208, "Exceptions of the latest month",
		{
			{"Values", "exception", "kpi_name", "KPI"}, {"Values", "exception", "reason_label", "Reason"},
			{"Values", "exception", "exception_text", "Sentence"},
		}, NULL},
	{"actions", "tableEx", 648, 496, 616, 208, "Actions agreed",
		{
			{"Values", "review_action", "kpi_name", "KPI"}, {"Values", "review_action", "action_narrative", "Action"},
			{"Values", "review_action", "owner_name", "Owner"}, {"Values", "review_action", "due_date", "Due"},
			{"Values", "review_action", "state_label", "State"}, {"Values", "review_action", "overdue_label", "Overdue"},
		}, NULL},
};

const mo_page mo_pages[] = {
	{"page", "Dashboard", "dashboard", DISCUSSION, dashboard, COUNT(dashboard)},
	{"comparison", "Comparison", "peer_comparison", DISCUSSION " A rank is not a verdict.", comparison, COUNT(comparison)},
	{"trend", "Trend", "kpi_trend", DISCUSSION, trend, COUNT(trend)},
	{"variation", "Variation", "variation", DISCUSSION " Nothing here is good or bad.", variation, COUNT(variation)},
	{"return", "ICB return", "icb_return", DISCUSSION, icb_return, COUNT(icb_return)},
};

const int	mo_page_count = COUNT(mo_pages);
