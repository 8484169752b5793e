#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "powerbi.h"
#include "text.h"
#include "view.h"

/* Every published view that the login may read, with the comments; what no model can be made of is left to this program. */
static const char catalogue_query[] =
	"select c.relname, obj_description(c.oid, 'pg_class') as view_comment, a.attname, format_type(a.atttypid, a.atttypmod) as data_type,"
	" col_description(c.oid, a.attnum) as column_comment"
	" from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid"
	" where n.nspname = 'mo_dashboard' and c.relkind = 'v' and a.attnum > 0 and not a.attisdropped"
	" and has_schema_privilege(n.oid, 'usage') and has_table_privilege(c.oid, 'select')"
	" and c.relname !~ '[[:cntrl:]]' and a.attname !~ '[[:cntrl:]]'"
	" order by c.relname collate \"C\", a.attnum";

static const char missing_query[] =
	"select case when n.oid is null then 'there is no dashboard in this database: create extension mo_dashboard; call mo.create_dashboard();'"
	" else 'permission denied: whoever owns the dashboard lets a role read it by: select mo_data.grant_reader(''role'')' end as what"
	" from (select to_regnamespace('mo_dashboard') as oid) n";

/* Names that differ in capitals only are one in Power BI, whose texts know no capitals: such roles are left out, and that is said. */
static const char role_query[] =
	"select r.role_name, count(*) over (partition by lower(r.role_name)) > 1 or r.role_name ~ '[[:cntrl:]{}]' as unfit"
	" from (select distinct m.role_name from mo_dashboard.access_map m) r order by r.role_name collate \"C\"";

/* The data type of a model's column, or NULL: the contract has no other. */
static const char *
model_type(const char *type)
{
	static const char *const types[][2] = {
		{"integer", "int64"}, {"smallint", "int64"}, {"bigint", "int64"}, {"double precision", "double"}, {"real", "double"},
		{"numeric", "decimal"}, {"date", "dateTime"}, {"timestamp", "dateTime"}, {"character varying", "string"}, {"text", "string"},
		{"character", "string"}, {"name", "string"}, {"boolean", "boolean"},
	};
	size_t		length = strcspn(type, "(");

	if (strstr(type, "[]") != NULL || strstr(type, "with time zone") != NULL)
		return NULL;
	if (strncmp(type, "timestamp", 9) == 0)
		length = 9;
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (strlen(types[i][0]) == length && strncmp(types[i][0], type, length) == 0)
			return types[i][1];
	return NULL;
}

static bool
ends_in(const char *text, const char *end)
{
	size_t		length = strlen(text);

	return length >= strlen(end) && strcmp(text + length - strlen(end), end) == 0;
}

/* Keys, sort numbers and flags are for the model; figures of facts are reached through measures. */
static bool
is_hidden(const char *view, const char *column)
{
	static const char *const facts[] = {"numerator", "denominator", "value", "previous_month_value", "previous_year_value"};

	if (strncmp(view, "dim_", 4) != 0 && (strcmp(column, "kpi_id") == 0 || strcmp(column, "day_date") == 0))
		return true;
	for (size_t i = 0; strncmp(view, "fact_", 5) == 0 && i < sizeof(facts) / sizeof(facts[0]); i++)
		if (strcmp(column, facts[i]) == 0)
			return true;
	return ends_in(column, "_sort") || ends_in(column, "_key") || strncmp(column, "is_", 3) == 0 || strcmp(column, "period_start") == 0 ||
		strcmp(view, "access_map") == 0;
}

/*
 * Some columns are for a login that sees every organisation: which were left out, what all of them add up to. A model's readers
 * see what the login sees that refreshes it, and no role could hide a column without breaking the pages.
 */
static bool
is_left_out(const char *view, const char *column)
{
	return (strcmp(view, "data_status") == 0 && strcmp(column, "left_out_narrative") == 0) ||
		(strcmp(view, "measure_decile") == 0 && strncmp(column, "total_", 6) == 0);
}

static void
add_column(mo_table *table, const PGresult *rows, int row)
{
	mo_column  *column;
	const char *name = mo_view_text(rows, row, "attname");
	const char *type = mo_view_text(rows, row, "data_type");

	if (is_left_out(table->name, name))
		return;
	if (model_type(type) == NULL)
	{
		fprintf(stderr, "modash powerbi: %s.%s is left out: Power BI has no type for %s\n", table->name, name, type);
		return;
	}
	table->columns = mo_need(realloc(table->columns, (size_t) (table->count + 1) * sizeof(mo_column)));
	column = &table->columns[table->count++];
	*column = (mo_column) {.name = name, .type = type, .comment = mo_view_text(rows, row, "column_comment"),
		.title = mo_column_title(name, false), .data_type = model_type(type), .hidden = is_hidden(table->name, name)};
}

/* A heading that two columns would have is kept whole in the one that lost a word; capitals do not tell names apart. */
static void
tell_titles_apart(mo_table *table)
{
	for (int i = 0; i < table->count; i++)
		for (int j = 0; j < table->count; j++)
			if (i != j && strcasecmp(table->columns[i].title, table->columns[j].title) == 0)
			{
				char	   *whole = mo_column_title(table->columns[i].name, true);

				if (strcmp(whole, table->columns[i].title) == 0 && j < i)
				{
					free(whole);
					whole = mo_format("%s", table->columns[i].name);
				}
				free(table->columns[i].title);
				table->columns[i].title = whole;
			}
}

/* A site's own view may be called what one of ours is called in the model. */
static char *
title_beside(const mo_model *model, const char *view)
{
	char	   *title = mo_table_title(view);

	for (int i = 0; i < model->count; i++)
		if (strcasecmp(model->tables[i].title, title) == 0)
		{
			free(title);
			return mo_format("%s view", view);
		}
	return title;
}

static bool
read_tables(mo_model *model, PGconn *connection)
{
	PGresult   *rows = model->catalogue = mo_view_query(connection, catalogue_query, 0, NULL);

	if (rows == NULL)
		return false;
	for (int row = 0; row < PQntuples(rows); row++)
	{
		const char *view = mo_view_text(rows, row, "relname");

		if (model->count == 0 || strcmp(model->tables[model->count - 1].name, view) != 0)
		{
			model->tables = mo_need(realloc(model->tables, (size_t) (model->count + 1) * sizeof(mo_table)));
			model->tables[model->count] = (mo_table) {.name = view, .comment = mo_view_text(rows, row, "view_comment"),
				.title = title_beside(model, view)};
			model->count++;
		}
		add_column(&model->tables[model->count - 1], rows, row);
	}
	for (int i = 0; i < model->count; i++)
		tell_titles_apart(&model->tables[i]);
	return true;
}

static bool
say_what_is_missing(const mo_model *model, PGconn *connection)
{
	static const char *const needed[] = {"dim_date", "dim_organisation", "dim_kpi", "fact_kpi", "dashboard"};
	PGresult   *answer;

	if (model->count == 0)
	{
		answer = mo_view_query(connection, missing_query, 0, NULL);
		if (answer != NULL)
			fprintf(stderr, "modash: %s\n", mo_view_text(answer, 0, "what"));
		PQclear(answer);
		return false;
	}
	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
		if (mo_model_table(model, needed[i]) == NULL)
		{
			fprintf(stderr, "modash: there is no mo_dashboard.%s that this login may read: call mo.update_dashboard(), and grant the role again\n",
					needed[i]);
			return false;
		}
	return true;
}

static bool
read_roles(mo_model *model, PGconn *connection)
{
	PGresult   *rows;
	char		shown[200];

	if (mo_model_table(model, "access_map") == NULL)
		return true;
	rows = mo_view_query(connection, role_query, 0, NULL);
	if (rows == NULL)
		return false;
	model->roles = mo_need(calloc((size_t) PQntuples(rows) + 1, sizeof(char *)));
	for (int row = 0; row < PQntuples(rows); row++)
		if (mo_view_equal(rows, row, "unfit", "f"))
			model->roles[model->role_count++] = mo_format("%s", mo_view_text(rows, row, "role_name"));
		else
			fprintf(stderr, "modash powerbi: no role is written for %s of the database: its name differs from another's in capitals only, "
					"or cannot be written\n", mo_printable(mo_view_text(rows, row, "role_name"),
					strlen(mo_view_text(rows, row, "role_name")), shown, sizeof(shown)));
	PQclear(rows);
	return true;
}

bool
mo_model_read(mo_model *model, PGconn *connection)
{
	if (!mo_view_snapshot(connection) || !read_tables(model, connection))
		return false;
	return say_what_is_missing(model, connection) && read_roles(model, connection);
}

void
mo_model_free(mo_model *model)
{
	for (int i = 0; i < model->count; i++)
	{
		for (int c = 0; c < model->tables[i].count; c++)
			free(model->tables[i].columns[c].title);
		free(model->tables[i].columns);
		free(model->tables[i].title);
	}
	for (int i = 0; i < model->role_count; i++)
		free(model->roles[i]);
	free(model->roles);
	free(model->tables);
	free(model->server);
	PQclear(model->catalogue);
}
