/*
 * page_html.c
 *		The page as one HTML file: no scripts, nothing fetched, A4 landscape in print, one column on a telephone.
 */
#include <ctype.h>
#include <string.h>

#include "page.h"
#include "page_svg.h"
#include "view.h"

/*
 * On a telephone the table becomes a list of cards; display: grid takes a table's meaning away from screen readers, so every part also has
 * its role. Colours have a contrast of at least 4.5 to 1 on their grounds.
 */
static const char style[] =
	"*{box-sizing:border-box}\n"
	"html{-webkit-text-size-adjust:100%}\n"
	"body{margin:0 auto;max-width:1280px;padding:0 16px 16px;font:15px/1.35 Arial,\"Liberation Sans\",Helvetica,sans-serif;color:#212b32;background:#fff}\n"
	"header{background:#003087;color:#fff;margin:0 -16px 12px;padding:12px 16px;display:grid;grid-template-columns:1fr auto;column-gap:16px}\n"
	"h1{font-size:24px;line-height:1.15;margin:0;overflow-wrap:anywhere}\n"
	"header p{margin:3px 0 0}\n"
	".kind{align-self:start;border:2px solid #fff;border-radius:4px;padding:2px 10px;font-weight:bold;white-space:nowrap}\n"
	".to{grid-column:1/-1}\n"
	"h2{font-size:16px;margin:0 0 4px;color:#003087}\n"
	".sum{margin:0 0 10px}\n"
	".body{display:grid;grid-template-columns:minmax(0,2.35fr) minmax(0,1fr);gap:16px;align-items:start}\n"
	"table{border-collapse:collapse;width:100%}\n"
	"th,td{padding:3px 6px;text-align:right;border-bottom:1px solid #d8dde0;white-space:nowrap;font-variant-numeric:tabular-nums}\n"
	"th[scope=row],thead th:first-child,.st{text-align:left}\n"
	"th[scope=row]{font-weight:normal;white-space:normal}\n"
	"thead th{color:#425563;font-size:13px;vertical-align:bottom;white-space:normal}thead th:nth-child(4){text-align:left}\n"
	".band th{background:#e8edee;color:#003087;text-align:left;font-weight:bold;padding:4px 6px}\n"
	".val{font-weight:bold}\n"
	".of{color:#425563;font-size:12px}\n"
	".green{color:#00592d}.amber{color:#7a4d00}.red{color:#a5120f}.grey{color:#425563}\n"
	".st.green,.st.amber,.st.red{font-weight:bold}\n"
	".spark{width:90px;height:20px;vertical-align:middle}\n"
	"svg text{font-size:10px;fill:#425563}svg .a{text-anchor:end}svg .m{text-anchor:middle}\n"
	"path{fill:none;stroke-linecap:round}.v{stroke:#005eb8;stroke-width:1.8}.p{fill:#005eb8}.s{fill:#a5120f}.l{stroke:#768692;stroke-dasharray:2 3}\n"
	".t{stroke:#a5120f;stroke-dasharray:7 3}.c{stroke:#425563;stroke-width:1.2}.x{stroke:#aeb7bd}\n"
	"figure{margin:0 0 10px}figcaption{font-weight:bold;font-size:14px}figure svg{width:100%;height:auto;display:block}\n"
	".key{font-size:12px;color:#425563;margin:0}\n"
	".two{display:grid;grid-template-columns:minmax(0,1.4fr) minmax(0,1fr);gap:16px;margin-top:14px}\n"
	"ul{margin:0;padding:0 0 0 18px}li{margin:2px 0;overflow-wrap:anywhere}\n"
	".box{border:1px solid #768692;border-radius:3px;min-height:84px;padding:6px 8px;color:#425563;font-size:13px}\n"
	"footer{margin-top:12px;border-top:1px solid #d8dde0;padding-top:6px;font-size:12px;color:#425563}\n"
	"footer p{margin:0 0 2px}\n"
	".lab{display:none}\n"
	"@media screen and (max-width:900px){.body,.two{grid-template-columns:minmax(0,1fr)}}\n"
	"@media screen and (max-width:640px){\n"
	"body{padding:0 12px 12px;font-size:16px}header{margin:0 -12px 12px;padding:12px;grid-template-columns:1fr}.kind{justify-self:start;margin-top:6px}\n"
	"h1{font-size:21px}table,thead,tbody{display:block}\n"
	"thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}\n"
	"tr{display:grid;grid-template-columns:repeat(3,minmax(0,1fr));gap:2px 8px;padding:8px 0;border-bottom:1px solid #d8dde0}\n"
	"tr.band{display:block;padding:0;border:0}.band th{display:block}\n"
	"th,td{border:0;padding:0;text-align:left;white-space:normal}th[scope=row]{grid-column:1/-1;font-weight:bold}\n"
	".val{font-size:19px}.lab{display:block;font-size:12px;color:#425563;font-weight:normal}}\n"
	"@page{size:A4 landscape;margin:8mm}\n"
	"@media print{\n"
	"*{-webkit-print-color-adjust:exact;print-color-adjust:exact}\n"
	"body{max-width:none;padding:0;font-size:calc(8.6pt*var(--fit));line-height:1.22}header{margin:0 0 .7em;padding:.6em 1em}h1{font-size:1.6em}\n"
	"h2{font-size:1.1em}.sum{margin:0 0 .4em}th,td{padding:.2em .45em}.band th{padding:.22em .45em}thead th{font-size:.88em}.of{font-size:.82em}\n"
	".body{gap:4mm}.spark{height:1.2em;width:6em}figure{margin:0 0 .45em}figcaption{font-size:1em}.key,.box,footer{font-size:.86em}\n"
	".two{gap:4mm;margin-top:.6em;grid-template-columns:minmax(0,2.35fr) minmax(0,1fr)}ul{font-size:.87em;padding-left:1.3em}.box{min-height:6em}\n"
	"footer{margin-top:.5em;padding-top:.25em}li{margin:.06em 0}}\n";

static const char *const headings[] = {"Measure", "Value", "Target", "Status", NULL, "On a year", "Rank", "12 months"};

/* So that the page stays one page. */
#define MAX_ITEMS 8
#define USUAL_LINES 20

#define COLUMNS (sizeof(headings) / sizeof(headings[0]))

/* With whom the page compares: the first row that says. */
static const char *
median_heading(const mo_page *page)
{
	for (int row = 0; row < PQntuples(page->rows); row++)
		if (!mo_view_is_null(page->rows, row, "comparator_name"))
			return mo_view_text(page->rows, row, "comparator_name");
	return "Peer median";
}

/* Lines of the table: the more there are, the smaller they print. */
static int
lines_of(const mo_page *page)
{
	int			lines = PQntuples(page->rows);

	for (int row = 0; row < PQntuples(page->rows); row++)
		lines += row == 0 || !mo_view_equal(page->rows, row, "family_label", mo_view_text(page->rows, row - 1, "family_label"));
	return lines;
}

static void
write_head(FILE *out, const mo_page *page)
{
	fputs("<!DOCTYPE html>\n<html lang=\"en-GB\">\n<head>\n<meta charset=\"utf-8\">\n"
		  "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		  "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n<title>", out);
	mo_html_text(out, page->org_name);
	fputs(": medicines optimisation dashboard</title>\n<style>\n", out);
	fputs(style, out);
	fprintf(out, "html{--fit:%.2f}\n", lines_of(page) > USUAL_LINES ? (double) USUAL_LINES / lines_of(page) : 1.0);
	fputs("</style>\n</head>\n<body>\n<header>\n<div><h1>", out);
	mo_html_text(out, page->org_name);
	fputs("</h1>\n<p>Medicines optimisation dashboard &#183; ", out);
	mo_html_text(out, page->org_code);
	if (!mo_view_is_null(page->organisation, 0, "current_icb_name"))
	{
		fputs(" &#183; ", out);
		mo_html_text(out, mo_view_text(page->organisation, 0, "current_icb_name"));
	}
	fputs("</p></div>\n<p class=\"kind\">", out);
	mo_html_text(out, page->data_kind);
	fputs("</p>\n<p class=\"to\">", out);
	mo_html_text(out, page->data_to);
	fputs("</p>\n</header>\n<main>\n", out);
}

/* A cell whose words of the heading show on a telephone only. */
static void
begin_cell(FILE *out, const mo_page *page, size_t column, const char *class)
{
	const char *heading = headings[column] != NULL ? headings[column] : median_heading(page);

	fprintf(out, "<td role=\"cell\"%s%s%s><span class=\"lab\" aria-hidden=\"true\">", *class != '\0' ? " class=\"" : "", class,
			*class != '\0' ? "\"" : "");
	mo_html_text(out, heading);
	fputs("</span>", out);
}

static void
write_cell(FILE *out, const mo_page *page, size_t column, const char *class, const char *display)
{
	char		text[60];

	begin_cell(out, page, column, class);
	mo_html_text(out, *display != '\0' ? mo_short_value(display, text) : "–");
	fputs("</td>", out);
}

static void
write_row(FILE *out, const mo_page *page, int row)
{
	const PGresult *rows = page->rows;
	const char *rag = mo_view_text(rows, row, "rag");
	char		text[80];

	fputs("<tr role=\"row\"><th scope=\"row\" role=\"rowheader\">", out);
	mo_html_text(out, mo_view_text(rows, row, "kpi_short_name"));
	if (!mo_view_is_null(rows, row, "data_to_text") && !mo_view_equal(rows, row, "data_to_text", mo_view_text(rows, row, "page_data_to")))
	{
		fputs(" <span class=\"of\">", out);
		mo_html_text(out, mo_view_text(rows, row, "month_label"));
		fputs("</span>", out);
	}
	fputs("</th>", out);
	write_cell(out, page, 1, "val", mo_view_text(rows, row, "display_value"));
	write_cell(out, page, 2, "", mo_view_equal(rows, row, "display_target", "no target") ? "" : mo_view_text(rows, row, "display_target"));
	snprintf(text, sizeof(text), "st %s", rag);
	begin_cell(out, page, 3, strcmp(rag, "green") == 0 || strcmp(rag, "amber") == 0 || strcmp(rag, "red") == 0 ? text : "st grey");
	fprintf(out, "<span aria-hidden=\"true\">%s</span> ", mo_status_icon(rag));
	mo_html_text(out, mo_view_text(rows, row, "status_label"));
	fputs("</td>", out);
	write_cell(out, page, 4, "", mo_view_text(rows, row, "display_peer_median"));
	write_cell(out, page, 5, "", mo_view_text(rows, row, "display_change_on_year"));
	text[0] = '\0';
	if (!mo_view_is_null(rows, row, "peer_rank"))
		snprintf(text, sizeof(text), "%.12s of %.12s", mo_view_text(rows, row, "peer_rank"), mo_view_text(rows, row, "peer_n"));
	write_cell(out, page, 6, "", text);
	begin_cell(out, page, 7, "");
	mo_svg_sparkline(out, page, row);
	fputs("</td></tr>\n", out);
}

static void
write_table(FILE *out, const mo_page *page)
{
	const char *family = "";

	fputs("<table role=\"table\" aria-label=\"Measures, by family\">\n<thead role=\"rowgroup\"><tr role=\"row\">", out);
	for (size_t i = 0; i < COLUMNS; i++)
	{
		fputs("<th scope=\"col\" role=\"columnheader\">", out);
		mo_html_text(out, headings[i] != NULL ? headings[i] : median_heading(page));
		fputs("</th>", out);
	}
	fputs("</tr></thead>\n", out);
	for (int row = 0; row < PQntuples(page->rows); row++)
	{
		if (row == 0 || !mo_view_equal(page->rows, row, "family_label", family))
		{
			family = mo_view_text(page->rows, row, "family_label");
			fprintf(out, "%s<tbody role=\"rowgroup\">\n<tr role=\"row\" class=\"band\"><th scope=\"rowgroup\" role=\"rowheader\" colspan=\"%d\">",
					row > 0 ? "</tbody>\n" : "", (int) COLUMNS);
			mo_html_text(out, family);
			fputs("</th></tr>\n", out);
		}
		write_row(out, page, row);
	}
	fputs("</tbody>\n</table>\n", out);
}

static void
write_charts(FILE *out, const mo_page *page)
{
	const char *kpi_ids[3];
	int			count = mo_page_features(page, kpi_ids, 3);

	fputs("<section aria-label=\"Charts\">\n<h2>Last 24 months</h2>\n", out);
	for (int i = 0; i < count; i++)
		mo_svg_chart(out, page, kpi_ids[i]);
	fputs("<p class=\"key\">Blue: value; a diamond is a special cause. Dotted: the limits that months usually keep to. Dashed red: target. "
		  "Grey: median of peers.</p>\n</section>\n", out);
}

static void
write_item(FILE *out, const char *label, const char *text)
{
	fputs("<li><strong>", out);
	mo_html_text(out, label);
	fputs(":</strong> ", out);
	mo_html_text(out, text);
	fputs("</li>\n", out);
}

static void
write_exceptions(FILE *out, const mo_page *page)
{
	const PGresult *rows = page->rows;
	int			items = 0;

	fputs("<div class=\"two\">\n<section>\n<h2>Exceptions and notes</h2>\n<ul>\n", out);
	for (int i = 0; i < PQntuples(page->exceptions); i++)
		if (mo_page_first_exception(page, i) && items++ < MAX_ITEMS)
		{
			char		reason[100];

			snprintf(reason, sizeof(reason), "%s", mo_view_text(page->exceptions, i, "reason_label"));
			reason[0] = (char) toupper((unsigned char) reason[0]);
			write_item(out, reason, mo_view_text(page->exceptions, i, "exception_text"));
		}
	if (page->history != NULL && items++ < MAX_ITEMS)
		write_item(out, "This organisation", page->history);
	for (int row = 0; row < PQntuples(rows); row++)
		if (mo_page_note(page, row) != NULL && items++ < MAX_ITEMS)
			write_item(out, mo_view_text(rows, row, "kpi_short_name"), mo_page_note(page, row));
	if (items > MAX_ITEMS)
		fprintf(out, "<li>And %d more, on the text page and in the workbook.</li>\n", items - MAX_ITEMS);
	fputs(items == 0 ? "<li>None this month.</li>\n" : "", out);
	fputs("</ul>\n</section>\n<section>\n<h2>Notes of the review</h2>\n<div class=\"box\">What has changed, why, and who does what by when.</div>\n"
		  "</section>\n</div>\n", out);
}

void
mo_page_html(FILE *out, const mo_page *page)
{
	write_head(out, page);
	fputs("<p class=\"sum\">", out);
	mo_html_text(out, page->summary);
	fputs(".</p>\n<div class=\"body\">\n<section aria-label=\"Measures\">\n", out);
	write_table(out, page);
	fputs("</section>\n", out);
	write_charts(out, page);
	fputs("</div>\n", out);
	write_exceptions(out, page);
	fputs("</main>\n<footer>\n<p><strong>", out);
	mo_html_text(out, mo_page_discussion);
	fputs("</strong> ", out);
	mo_html_text(out, mo_page_legend);
	fputs("</p>\n<p>Run ", out);
	mo_html_text(out, page->run_id);
	fputs(" of the dashboard, printed on ", out);
	mo_html_text(out, mo_view_text(page->organisation, 0, "generated_on"));
	fprintf(out, " by modash %s.</p>\n</footer>\n</body>\n</html>\n", MO_VERSION);
}
