/*
 * powerbi_roles.c
 *		Row-level security of the model: what each role of access_map sees, as the database's own views would show it.
 *
 * One role for each role of the database, for whoever assigns people to roles in Power BI; and one for sites whose
 * database roles are called what people sign in as. Rows of access_map are refreshed with the model, so a role follows the
 * grants. Organisations are filtered, and what is related to them with them; a table that is related to none, or that tells
 * of others, is filtered by itself; one that this file does not know is closed. test/tap/powerbi.t compares with the database.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "powerbi.h"

#define BY_SIGN_IN "By sign-in name"

/* %s: which rows of the map. */
static const char scope[] = "VAR map_rows = FILTER({access_map}, %s)\nVAR sees_all = NOT ISEMPTY(FILTER(map_rows, ISBLANK({access_map.org_key})))\n";

/* Readable to everybody in the database, too. */
static const char *const open_to_all[] = {"dim_date", "dim_kpi", "dim_source", "data_status", "data_dictionary", "next_refresh",
"measure_definition", "opportunity"};

/* Deciles of fewer than five organisations would tell the value of one: they are for who sees every organisation. */
#define LEVEL_OF(view) \
	"VAR level_count = LOOKUPVALUE({measure_decile.level_count}, {measure_decile.kpi_id}, {" view ".kpi_id}, " \
	"{measure_decile.month_start}, {" view ".month_start}, {measure_decile.org_type}, {" view ".org_type})\n" \
	"RETURN\n\tsees_all || level_count >= 5"

static const struct
{
	const char *view;
	const char *filter;
}			own_filters[] = {
	{"dim_organisation",
		"RETURN\n\tsees_all || {dim_organisation.org_key} IN SELECTCOLUMNS(map_rows, \"key\", {access_map.org_key})"},
	{"change_log",
		"RETURN\n\tsees_all || ISBLANK({change_log.org_key}) || {change_log.org_key} IN SELECTCOLUMNS(map_rows, \"key\", {access_map.org_key})"},
	{"variation",
		"VAR own_organisations = FILTER({dim_organisation}, {dim_organisation.org_key} IN SELECTCOLUMNS(map_rows, \"key\", {access_map.org_key}))\n"
		"RETURN\n\tsees_all || (NOT ISEMPTY(map_rows) && {variation.group_code} = \"ENG\")"
		" || {variation.group_code} IN SELECTCOLUMNS(own_organisations, \"icb\", {dim_organisation.current_icb_code})"},
	{"measure_decile", "RETURN\n\tsees_all || {measure_decile.level_count} >= 5"},
	{"measure_value", "RETURN\n\tsees_all || {measure_value.level_count} >= 5"},
	{"measure_saving", LEVEL_OF("measure_saving")},
	{"innovation_uptake", LEVEL_OF("innovation_uptake")},
};

static bool
is_related(const mo_model *model, const mo_table *table)
{
	const mo_table *to;
	const mo_column *key;

	for (int d = 0; d < MO_DIMENSIONS; d++)
		if (mo_link(model, table, d, &to, &key) != NULL && strcmp(to->name, "dim_organisation") == 0)
			return true;
	return false;
}

/* The filter of a table as DAX, or NULL: the role sees all of it. */
static char *
filter_of(const mo_model *model, const mo_table *table, const char *rows)
{
	char	   *begin;
	char	   *template;
	char	   *dax = NULL;

	if (strcmp(table->name, "access_map") == 0)
		return mo_dax(model, rows);
	for (size_t i = 0; i < sizeof(own_filters) / sizeof(own_filters[0]); i++)
		if (strcmp(table->name, own_filters[i].view) == 0)
		{
			begin = mo_format(scope, rows);
			template = mo_format("%s%s", begin, own_filters[i].filter);
			dax = mo_dax(model, template);
			free(template);
			free(begin);
			return dax != NULL ? dax : mo_format("FALSE()");
		}
	for (size_t i = 0; i < sizeof(open_to_all) / sizeof(open_to_all[0]); i++)
		if (strcmp(table->name, open_to_all[i]) == 0)
			return NULL;
	return is_related(model, table) ? NULL : mo_format("FALSE()");
}

static void
write_permission(const char *table, const char *dax, FILE *out)
{
	char	   *name = mo_tmdl_name(table);

	fprintf(out, "\n\ttablePermission %s =", name);
	mo_tmdl_expression(dax, out);
	free(name);
}

/* `rows` says which rows of access_map are the role's. */
static void
write_role(const mo_model *model, mo_folder *folder, const char *role, const char *description, const char *rows)
{
	char	   *file = mo_file_name(role);
	char	   *name = mo_tmdl_name(role);
	FILE	   *out = mo_folder_file(folder, "%s.SemanticModel/definition/roles/%s.tmdl", model->project, file);

	fprintf(out, "/// %s\nrole %s\n\tmodelPermission: read\n", description, name);
	for (int i = 0; i < model->count; i++)
	{
		char	   *dax = filter_of(model, &model->tables[i], rows);

		if (dax != NULL)
			write_permission(model->tables[i].title, dax, out);
		free(dax);
	}
	free(name);
	free(file);
}

/* A role of the database with the name of ours is reached by ours alone. */
static bool
is_written(const char *role)
{
	return strcasecmp(role, BY_SIGN_IN) != 0;
}

/* Without the map (an older dashboard) there is nothing to filter by, and so no role. */
static bool
has_map(const mo_model *model)
{
	return mo_model_table(model, "access_map") != NULL;
}

void
mo_write_roles(const mo_model *model, mo_folder *folder)
{
	if (!has_map(model))
		return;
	write_role(model, folder, BY_SIGN_IN,
			   "For everybody, where roles of the database are called what people sign in to Power BI as: each sees what the role of that name sees.",
			   "{access_map.role_name} = USERPRINCIPALNAME()");
	for (int i = 0; i < model->role_count; i++)
	{
		char	   *text = mo_dax_text(model->roles[i]);
		char	   *rows = mo_format("{access_map.role_name} = %s", text);

		if (is_written(model->roles[i]))
			write_role(model, folder, model->roles[i],
					   "Sees what the role of this name sees in the database: rows of mo_data.access_scope, as of the last refresh of the model.", rows);
		free(rows);
		free(text);
	}
}

void
mo_write_role_list(const mo_model *model, FILE *out)
{
	if (!has_map(model))
		return;
	fputs("\nref role '" BY_SIGN_IN "'\n", out);
	for (int i = 0; i < model->role_count; i++)
	{
		char	   *name = mo_tmdl_name(model->roles[i]);

		if (is_written(model->roles[i]))
			fprintf(out, "ref role %s\n", name);
		free(name);
	}
}
