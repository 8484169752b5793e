/*
 * powerbi_links.c
 *		How the tables of the model belong together: relationships, sort columns, and the names in DAX templates.
 */
#include <stdlib.h>
#include <string.h>

#include "powerbi.h"

static const struct
{
	const char *view;
	const char *key;
	const char *from[5];		/* the column of another view that reaches it: the first it has */
}			dimensions[MO_DIMENSIONS] = {
	{"dim_kpi", "kpi_id", {"kpi_id"}},
	{"dim_organisation", "org_key", {"org_key"}},
	{"dim_date", "day_date", {"day_date", "month_start", "quarter_start", "review_month"}},
	{"dim_source", "source_name", {"source_name"}},
};

const mo_table *
mo_model_table(const mo_model *model, const char *view)
{
	for (int i = 0; i < model->count; i++)
		if (strcmp(model->tables[i].name, view) == 0)
			return &model->tables[i];
	return NULL;
}

const mo_column *
mo_table_column(const mo_table *table, const char *column)
{
	for (int i = 0; table != NULL && i < table->count; i++)
		if (strcmp(table->columns[i].name, column) == 0)
			return &table->columns[i];
	return NULL;
}

/*
 * change_log has rows of no organisation, which concern everybody: roles filter it by itself (powerbi_roles.c), because a
 * relationship would hide them. access_map is what roles look into.
 */
static bool
stands_alone(const char *view, const char *dimension)
{
	return strcmp(view, "access_map") == 0 || (strcmp(view, "change_log") == 0 && strcmp(dimension, "dim_organisation") == 0);
}

const mo_column *
mo_link(const mo_model *model, const mo_table *table, int dimension, const mo_table **to, const mo_column **key)
{
	const mo_column *from = NULL;

	*to = mo_model_table(model, dimensions[dimension].view);
	*key = mo_table_column(*to, dimensions[dimension].key);
	if (*key == NULL || strncmp(table->name, "dim_", 4) == 0 || stands_alone(table->name, dimensions[dimension].view))
		return NULL;
	for (int i = 0; from == NULL && i < 5 && dimensions[dimension].from[i] != NULL; i++)
		from = mo_table_column(table, dimensions[dimension].from[i]);
	return from != NULL && strcmp(from->data_type, (*key)->data_type) == 0 ? from : NULL;
}

/*
 * month_label by month_label_sort, financial_year by financial_year_sort, as the contract has it; and these by sort numbers that
 * are called otherwise. Power BI sorts by nothing that has two numbers for one text, such as the lines of a return.
 */
const mo_column *
mo_sort_column(const mo_table *table, const mo_column *column)
{
	static const char *const others[][2] = {
		{"kpi_name", "kpi_sort"}, {"reason_label", "reason_sort"}, {"section_label", "section_sort"}, {"source_name", "source_sort"}
	};
	const mo_column *sort;
	char	   *name = mo_format("%s_sort", column->name);

	sort = strcmp(column->data_type, "string") == 0 ? mo_table_column(table, name) : NULL;
	for (size_t i = 0; sort == NULL && i < sizeof(others) / sizeof(others[0]); i++)
		if (strcmp(column->name, others[i][0]) == 0)
			sort = mo_table_column(table, others[i][1]);
	free(name);
	return sort;
}

/* view or view.column as DAX writes it; false: the model has none. */
static bool
write_reference(const mo_model *model, const char *name, size_t length, FILE *out)
{
	char	   *view = mo_format("%.*s", (int) length, name);
	char	   *dot = strchr(view, '.');
	const mo_table *table;
	const mo_column *column;
	bool		known;

	if (dot != NULL)
		*dot = '\0';
	table = mo_model_table(model, view);
	column = dot != NULL ? mo_table_column(table, dot + 1) : NULL;
	known = table != NULL && (dot == NULL || column != NULL);
	if (known)
	{
		char	   *quoted = mo_dax_table(table->title);

		fputs(quoted, out);
		free(quoted);
	}
	if (known && column != NULL)
	{
		fputc('[', out);
		for (const char *p = column->title; *p != '\0'; p++)
			fprintf(out, *p == ']' ? "]]" : "%c", *p);
		fputc(']', out);
	}
	free(view);
	return known;
}

char *
mo_dax(const mo_model *model, const char *template)
{
	char	   *text = NULL;
	size_t		size = 0;
	FILE	   *out = mo_need(open_memstream(&text, &size));
	bool		known = true;

	for (const char *p = template; known && *p != '\0'; p++)
	{
		size_t		length = *p == '{' ? strspn(p + 1, "abcdefghijklmnopqrstuvwxyz0123456789_.") : 0;

		if (length > 0 && p[length + 1] == '}')
		{
			known = write_reference(model, p + 1, length, out);
			p += length + 1;
		}
		else
			fputc(*p, out);
	}
	if (fclose(out) != 0)
		mo_need(NULL);
	if (!known)
	{
		free(text);
		return NULL;
	}
	return mo_need(text);
}
