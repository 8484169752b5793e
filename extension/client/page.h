/*
 * page.h
 *		The formats of modash page. Whatever the data hold is made harmless in each format's own way.
 */
#ifndef MO_PAGE_H
#define MO_PAGE_H

#include <stdio.h>

#include "page_data.h"

extern void mo_page_text(FILE *out, const mo_page *page);
/* RFC 4180: a header and a line a KPI. */
extern void mo_page_csv(FILE *out, const mo_page *page);
extern void mo_page_json(FILE *out, const mo_page *page);
/* One self-contained file without scripts. */
extern void mo_page_html(FILE *out, const mo_page *page);

#endif							/* MO_PAGE_H */
