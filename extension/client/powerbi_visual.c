#include <stdlib.h>
#include <string.h>

#include "powerbi.h"
#include "powerbi_json.h"
#include "powerbi_report.h"

/* What a visual shows, as the model calls it; `property` is NULL where the model has no such thing. */
typedef struct
{
	const char *kind;			/* Column or Measure */
	const char *entity;
	const char *property;
} mo_field;

static mo_field
field_of(const mo_model *model, const char *view, const char *name)
{
	const mo_table *table = mo_model_table(model, view);
	const mo_column *column = mo_table_column(table, name);
	const char *measure = table != NULL ? mo_measure_name(model, view, name) : NULL;

	if (column != NULL)
		return (mo_field) {"Column", table->title, column->title};
	if (measure != NULL)
		return (mo_field) {"Measure", table->title, measure};
	return (mo_field) {0};
}

static void
write_field(mo_out *json, const char *key, mo_field field)
{
	mo_out_object(json, key);
	mo_out_object(json, field.kind);
	mo_out_object(json, "Expression");
	mo_out_object(json, "SourceRef");
	mo_out_text(json, "Entity", field.entity);
	mo_out_ends(json, 2);
	mo_out_text(json, "Property", field.property);
	mo_out_ends(json, 2);
}

static void
write_literal(mo_out *json, const char *key, const char *value)
{
	mo_out_object(json, key);
	mo_out_object(json, "expr");
	mo_out_object(json, "Literal");
	mo_out_text(json, "Value", value);
	mo_out_ends(json, 3);
}

static void
write_text_literal(mo_out *json, const char *key, const char *text)
{
	char	   *quoted = mo_dax_table(text);	/* a text in such an expression is quoted as a table is in DAX */

	write_literal(json, key, quoted);
	free(quoted);
}

/* {"key": [{"properties": { — what follows are the properties; end with mo_out_ends(json, 3). */
static void
begin_properties(mo_out *json, const char *key)
{
	mo_out_array(json, key);
	mo_out_object(json, NULL);
	mo_out_object(json, "properties");
}

/* False: nothing of what the visual shows is in the model. */
static bool
write_projections(mo_out *json, const mo_model *model, const mo_visual *visual)
{
	const char *role = NULL;
	int			written = 0;

	for (int i = 0; i < MO_SHOWN && visual->shown[i].role != NULL; i++)
	{
		const mo_shown *shown = &visual->shown[i];
		mo_field	field = field_of(model, shown->view, shown->name);
		char	   *reference;

		if (field.property == NULL)
			continue;
		if (role == NULL || strcmp(role, shown->role) != 0)
		{
			if (role != NULL)
				mo_out_ends(json, 2);
			mo_out_object(json, role = shown->role);
			mo_out_array(json, "projections");
		}
		reference = mo_format("%s.%s", field.entity, field.property);
		mo_out_object(json, NULL);
		write_field(json, "field", field);
		mo_out_text(json, "queryRef", reference);
		mo_out_text(json, "nativeQueryRef", field.property);
		if (shown->heading != NULL)
			mo_out_text(json, "displayName", shown->heading);
		if (strcmp(role, "Category") == 0 || strcmp(visual->type, "slicer") == 0)
			mo_out_flag(json, "active", true);
		mo_out_end(json);
		free(reference);
		written++;
	}
	if (role != NULL)
		mo_out_ends(json, 2);
	return written > 0;
}

static void
write_sort_field(mo_out *json, const mo_model *model, const char *view, const char *name, bool descending)
{
	mo_field	field = field_of(model, view, name);

	if (field.property == NULL)
		return;
	mo_out_object(json, NULL);
	write_field(json, "field", field);
	mo_out_text(json, "direction", descending ? "Descending" : "Ascending");
	mo_out_end(json);
}

/* By the first column, and by a sort number that stands beside it; newest month or quarter first. */
static void
write_sort(mo_out *json, const mo_model *model, const mo_visual *visual)
{
	const mo_shown *first = &visual->shown[0];
	const mo_shown *second = &visual->shown[1];
	bool		newest = strncmp(first->name, "month_", 6) == 0 || strcmp(first->name, "quarter_label") == 0;

	if (strcmp(visual->type, "card") == 0 || strcmp(visual->type, "scatterChart") == 0)
		return;
	mo_out_object(json, "sortDefinition");
	mo_out_array(json, "sort");
	if (strcmp(visual->name, "page") == 0)
		write_sort_field(json, model, "dashboard", "kpi_name", false);
	else
		write_sort_field(json, model, first->view, first->name, newest && strcmp(visual->type, "lineChart") != 0);
	if (second->name != NULL && strstr(second->name, "_sort") != NULL)
		write_sort_field(json, model, second->view, second->name, false);
	mo_out_end(json);
	mo_out_flag(json, "isDefaultSort", true);
	mo_out_end(json);
}

/* A dropdown in which one is always chosen: a page of two organisations, or of two KPIs on one axis, says nothing. */
static void
write_slicer_objects(mo_out *json)
{
	begin_properties(json, "data");
	write_literal(json, "mode", "'Dropdown'");
	mo_out_ends(json, 3);
	begin_properties(json, "selection");
	write_literal(json, "singleSelect", "true");
	write_literal(json, "strictSingleSelect", "true");
	mo_out_ends(json, 3);
	begin_properties(json, "header");
	write_literal(json, "show", "false");
	mo_out_ends(json, 3);
}

/* The words of the status in its colour. */
static void
write_status_objects(mo_out *json, const mo_model *model)
{
	mo_field	colour = field_of(model, "dashboard", "[Status colour]");
	mo_field	status = field_of(model, "dashboard", "status_label");
	char	   *reference;

	if (colour.property == NULL || status.property == NULL)
		return;
	reference = mo_format("%s.%s", status.entity, status.property);
	begin_properties(json, "values");
	mo_out_object(json, "fontColor");
	mo_out_object(json, "solid");
	mo_out_object(json, "color");
	write_field(json, "expr", colour);
	mo_out_ends(json, 4);
	mo_out_object(json, "selector");
	mo_out_array(json, "data");
	mo_out_object(json, NULL);
	mo_out_object(json, "dataViewWildcard");
	mo_out_number(json, "matchingOption", 1);
	mo_out_ends(json, 3);
	mo_out_text(json, "metadata", reference);
	mo_out_ends(json, 3);
	free(reference);
}

static void
write_container(mo_out *json, const mo_visual *visual)
{
	mo_out_object(json, "visualContainerObjects");
	begin_properties(json, "title");
	write_literal(json, "show", "true");
	write_text_literal(json, "text", visual->title);
	mo_out_ends(json, 3);
	begin_properties(json, "general");
	write_text_literal(json, "altText", visual->title);
	mo_out_ends(json, 4);
}

/* Slicers of one name choose for all pages. */
static void
write_sync(mo_out *json, const mo_visual *visual)
{
	static const char *const synchronised[] = {"level", "organisation", "kpi"};

	for (size_t i = 0; i < sizeof(synchronised) / sizeof(synchronised[0]); i++)
		if (strcmp(visual->name, synchronised[i]) == 0)
		{
			mo_out_object(json, "syncGroup");
			mo_out_text(json, "groupName", visual->name);
			mo_out_flag(json, "fieldChanges", true);
			mo_out_flag(json, "filterChanges", true);
			mo_out_end(json);
		}
}

static void
begin_visual(mo_out *json, const mo_model *model, mo_folder *folder, const mo_page *page, const mo_visual *visual, int order)
{
	mo_out_begin(json, mo_folder_file(folder, "%s.Report/definition/pages/%s/visuals/%s/visual.json", model->project, page->name, visual->name));
	mo_out_text(json, "$schema", REPORT_SCHEMAS "visualContainer/2.9.0/schema.json");
	mo_out_text(json, "name", visual->name);
	mo_out_object(json, "position");
	mo_out_number(json, "x", visual->x);
	mo_out_number(json, "y", visual->y);
	mo_out_number(json, "z", 1000 * order);
	mo_out_number(json, "height", visual->height);
	mo_out_number(json, "width", visual->width);
	mo_out_number(json, "tabOrder", 1000 * order);
	mo_out_end(json);
	mo_out_object(json, "visual");
	mo_out_text(json, "visualType", visual->type);
}

static bool
has_anything(const mo_model *model, const mo_visual *visual)
{
	for (int i = 0; i < MO_SHOWN && visual->shown[i].role != NULL; i++)
		if (field_of(model, visual->shown[i].view, visual->shown[i].name).property != NULL)
			return true;
	return false;
}

void
mo_write_visual(const mo_model *model, mo_folder *folder, const mo_page *page, const mo_visual *visual, int order)
{
	mo_out		json;

	if (!has_anything(model, visual))
		return;
	begin_visual(&json, model, folder, page, visual, order);
	mo_out_object(&json, "query");
	mo_out_object(&json, "queryState");
	write_projections(&json, model, visual);
	mo_out_end(&json);
	write_sort(&json, model, visual);
	mo_out_end(&json);
	if (visual->options != NULL)
	{
		mo_out_object(&json, "objects");
		if (strcmp(visual->options, "one") == 0)
			write_slicer_objects(&json);
		else
			write_status_objects(&json, model);
		mo_out_end(&json);
	}
	write_container(&json, visual);
	write_sync(&json, visual);
	mo_out_flag(&json, "drillFilterOtherVisuals", true);
	mo_out_finish(&json);
}

static void
write_run(mo_out *json, const char *text, const char *size, bool bold)
{
	mo_out_object(json, NULL);
	mo_out_array(json, "textRuns");
	mo_out_object(json, NULL);
	mo_out_text(json, "value", text);
	mo_out_object(json, "textStyle");
	mo_out_text(json, "fontSize", size);
	if (bold)
		mo_out_text(json, "fontWeight", "bold");
	mo_out_text(json, "color", "#212B32");
	mo_out_ends(json, 4);
}

void
mo_write_heading(const mo_model *model, mo_folder *folder, const mo_page *page)
{
	static const mo_visual heading = {"heading", "textbox", 16, 8, 1248, 60, "", {{NULL, NULL, NULL, NULL}}, NULL};
	char	   *title = mo_format("Medicines optimisation: %s", page->title);
	mo_out		json;

	begin_visual(&json, model, folder, page, &heading, 0);
	mo_out_object(&json, "objects");
	begin_properties(&json, "general");
	mo_out_array(&json, "paragraphs");
	write_run(&json, title, "16pt", true);
	write_run(&json, page->line, "10pt", false);
	mo_out_ends(&json, 5);
	mo_out_flag(&json, "drillFilterOtherVisuals", true);
	mo_out_finish(&json);
	free(title);
}

