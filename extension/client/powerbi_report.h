/*
 * powerbi_report.h
 *		What the pages of the report are made of: which visual shows which columns and measures, and where.
 */
#ifndef MO_POWERBI_REPORT_H
#define MO_POWERBI_REPORT_H

#include "powerbi.h"

/* A column of a view, or with [ ] a measure that belongs to it. What the database does not publish is left out. */
typedef struct mo_shown
{
	const char *role;			/* of the visual: Values, Category, Y ... */
	const char *view;
	const char *name;
	const char *heading;		/* NULL: its name in the model */
} mo_shown;

#define MO_SHOWN 16

typedef struct mo_visual
{
	const char *name;
	const char *type;			/* as Power BI calls it; textbox shows its title alone */
	int			x;
	int			y;
	int			width;
	int			height;
	const char *title;
	mo_shown	shown[MO_SHOWN];
	const char *options;		/* of a slicer: "one" lets one be chosen and always has one; of a table: "status" colours it */
} mo_visual;

typedef struct mo_page
{
	const char *name;
	const char *title;
	const char *view;			/* a page of which there is no view is left out */
	const char *line;			/* under the title */
	const mo_visual *visuals;
	int			count;
} mo_page;

#define REPORT_SCHEMAS MO_SCHEMAS "item/report/definition/"

/* powerbi_visual.c: a visual of which nothing is in the model is left out. */
extern void mo_write_heading(const mo_model *model, mo_folder *folder, const mo_page *page);
extern void mo_write_visual(const mo_model *model, mo_folder *folder, const mo_page *page, const mo_visual *visual, int order);

/* powerbi_pages.c */
extern const mo_page mo_pages[];
extern const int mo_page_count;

#endif							/* MO_POWERBI_REPORT_H */
