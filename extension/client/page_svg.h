/*
 * page_svg.h
 *		Drawings inside the HTML page, each with a text that says the same.
 */
#ifndef MO_PAGE_SVG_H
#define MO_PAGE_SVG_H

#include <stdio.h>

#include "page_data.h"

/* Text as HTML shows it, and no more than that; control characters become U+FFFD. */
extern void mo_html_text(FILE *out, const char *text);

/* The twelve months of a row, without axes. */
extern void mo_svg_sparkline(FILE *out, const mo_page *page, int row);
/* The 24 months of a KPI: values, mean and limits, target, ICB median. */
extern void mo_svg_chart(FILE *out, const mo_page *page, const char *kpi_id);

#endif							/* MO_PAGE_SVG_H */
