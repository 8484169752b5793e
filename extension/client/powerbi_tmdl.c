#include <stdlib.h>
#include <string.h>

#include "powerbi.h"
#include "powerbi_json.h"

/* A comment as the description of what follows. */
static void
write_description(FILE *out, const char *indent, const char *comment)
{
	if (comment[0] == '\0')
		return;
	fprintf(out, "%s/// ", indent);
	for (; *comment != '\0'; comment++)
		if (*comment == '\n')
			fprintf(out, "\n%s/// ", indent);
		else if ((unsigned char) *comment >= 0x20)
			fputc(*comment, out);
	fputc('\n', out);
}

static bool
ends_in(const char *text, const char *end)
{
	size_t		length = strlen(text);

	return length >= strlen(end) && strcmp(text + length - strlen(end), end) == 0;
}

/* NULL: as Power BI writes a number by itself. */
static const char *
format_of(const mo_column *column)
{
	const char *name = column->name;

	if (strcmp(column->data_type, "dateTime") == 0)
	{
		if (strcmp(column->type, "date") != 0)
			return "dd mmm yyyy hh:nn";
		return ends_in(name, "month_start") || ends_in(name, "_month") ? "mmm yyyy" : "dd mmm yyyy";
	}
	if (strcmp(column->data_type, "int64") == 0)
		return ends_in(name, "_sort") || ends_in(name, "_key") || ends_in(name, "_id") || strstr(name, "year") != NULL ? "0" : "#,0";
	return strcmp(column->data_type, "decimal") == 0 ? "#,0.00" : NULL;
}

static void
write_column(const mo_table *table, const mo_column *column, FILE *out)
{
	char	   *title = mo_tmdl_name(column->title);
	char	   *place = mo_format("%s.%s", table->name, column->name);
	const mo_column *sort = mo_sort_column(table, column);
	const char *format = format_of(column);
	char		uuid[MO_UUID_TEXT];

	fputc('\n', out);
	write_description(out, "\t", column->comment);
	fprintf(out, "\tcolumn %s\n\t\tdataType: %s\n", title, column->data_type);
	if (column->hidden)
		fputs("\t\tisHidden\n", out);
	if (strcmp(place, "dim_date.day_date") == 0)
		fputs("\t\tisKey\n", out);
	if (format != NULL)
		fprintf(out, "\t\tformatString: %s\n", format);
	fprintf(out, "\t\tlineageTag: %s\n\t\tsummarizeBy: none\n\t\tsourceColumn: %s\n", mo_uuid(uuid, "column", place), column->name);
	if (sort != NULL)
	{
		char	   *by = mo_tmdl_name(sort->title);

		fprintf(out, "\t\tsortByColumn: %s\n", by);
		free(by);
	}
	fputs("\n\t\tannotation SummarizationSetBy = User\n", out);
	if (strcmp(column->type, "date") == 0)
		fputs("\n\t\tannotation UnderlyingDateTimeDataType = Date\n", out);
	free(place);
	free(title);
}

/* Only the columns of the model are asked for: one that a later version appends changes nothing here. */
static void
write_partition(const mo_table *table, FILE *out)
{
	char	   *title = mo_tmdl_name(table->title);
	char	   *view = mo_m_text(table->name);
	bool		by_month = mo_table_column(table, "period_start") != NULL;

	fprintf(out, "\n\tpartition %s = m\n\t\tmode: import\n\t\tsource =\n"
			"\t\t\t\tlet\n"
			"\t\t\t\t    Source = PostgreSQL.Database(Server, Database, [CreateNavigationProperties = false]),\n"
			"\t\t\t\t    View = Source{[Schema = \"mo_dashboard\", Item = %s]}[Data],\n", title, view);
	if (by_month)
		fputs("\t\t\t\t    Period = Table.SelectRows(View, each [period_start] >= RangeStart and [period_start] < RangeEnd),\n", out);
	fprintf(out, "\t\t\t\t    Columns = Table.SelectColumns(%s, {", by_month ? "Period" : "View");
	for (int i = 0; i < table->count; i++)
	{
		char	   *column = mo_m_text(table->columns[i].name);

		fprintf(out, "%s%s", i > 0 ? ", " : "", column);
		free(column);
	}
	fputs("})\n\t\t\t\tin\n\t\t\t\t    Columns\n\n\tannotation PBI_ResultType = Table\n", out);
	free(view);
	free(title);
}

/* Drilling from the year to the month, and from the ICB to the organisation. */
static void
write_hierarchy(const mo_table *table, const char *name, const char *const *columns, FILE *out)
{
	char	   *place = mo_format("%s.%s", table->name, name);
	char	   *quoted = mo_tmdl_name(name);
	char		uuid[MO_UUID_TEXT];
	bool		whole = true;

	for (int i = 0; columns[i] != NULL; i++)
		whole = whole && mo_table_column(table, columns[i]) != NULL;
	if (whole)
		fprintf(out, "\n\thierarchy %s\n\t\tlineageTag: %s\n", quoted, mo_uuid(uuid, "hierarchy", place));
	for (int i = 0; whole && columns[i] != NULL; i++)
	{
		char	   *level = mo_format("%s.%s", place, columns[i]);
		char	   *title = mo_tmdl_name(mo_table_column(table, columns[i])->title);

		fprintf(out, "\n\t\tlevel %s\n\t\t\tlineageTag: %s\n\t\t\tcolumn: %s\n", title, mo_uuid(uuid, "level", level), title);
		free(title);
		free(level);
	}
	free(quoted);
	free(place);
}

static void
write_table(const mo_model *model, const mo_table *table, FILE *out)
{
	static const char *const calendar[] = {"financial_year", "financial_quarter_label", "month_label", NULL};
	static const char *const belonging[] = {"current_icb_name", "current_pcn_name", "org_label", NULL};
	char	   *title = mo_tmdl_name(table->title);
	char		uuid[MO_UUID_TEXT];

	write_description(out, "", table->comment);
	fprintf(out, "table %s\n", title);
	if (strcmp(table->name, "access_map") == 0)
		fputs("\tisHidden\n", out);
	fprintf(out, "\tlineageTag: %s\n", mo_uuid(uuid, "table", table->name));
	if (strcmp(table->name, "dim_date") == 0)
		fputs("\tdataCategory: Time\n", out);
	mo_write_measures(model, table, out);
	for (int i = 0; i < table->count; i++)
		write_column(table, &table->columns[i], out);
	if (strcmp(table->name, "dim_date") == 0)
		write_hierarchy(table, "Financial calendar", calendar, out);
	if (strcmp(table->name, "dim_organisation") == 0)
		write_hierarchy(table, "Belongs to", belonging, out);
	write_partition(table, out);
	free(title);
}

static void
write_relationships(const mo_model *model, FILE *out)
{
	bool		first = true;

	for (int i = 0; i < model->count; i++)
		for (int d = 0; d < MO_DIMENSIONS; d++)
		{
			const mo_table *to;
			const mo_column *key;
			const mo_column *from = mo_link(model, &model->tables[i], d, &to, &key);
			char	   *names[5];
			char		uuid[MO_UUID_TEXT];

			if (from == NULL)
				continue;
			names[0] = mo_tmdl_name(model->tables[i].title);
			names[1] = mo_tmdl_name(from->title);
			names[2] = mo_tmdl_name(to->title);
			names[3] = mo_tmdl_name(key->title);
			names[4] = mo_format("%s.%s %s", model->tables[i].name, from->name, to->name);
			fprintf(out, "%srelationship %s\n\tfromColumn: %s.%s\n\ttoColumn: %s.%s\n", first ? "" : "\n",
					mo_uuid(uuid, "relationship", names[4]), names[0], names[1], names[2], names[3]);
			for (int n = 0; n < 5; n++)
				free(names[n]);
			first = false;
		}
}

static void
write_parameter(FILE *out, const char *name, const char *value, const char *type, const char *description)
{
	char		uuid[MO_UUID_TEXT];

	fprintf(out, "%s/// %s\nexpression %s = %s meta [IsParameterQuery=true, Type=\"%s\", IsParameterQueryRequired=true]\n"
			"\tlineageTag: %s\n\n\tannotation PBI_ResultType = %s\n",
			strcmp(name, "Server") == 0 ? "" : "\n", description, name, value, type, mo_uuid(uuid, "expression", name), type);
}

/* The bounds leave nothing out: Power BI sets its own where a table is refreshed incrementally. */
static void
write_expressions(const mo_model *model, FILE *out)
{
	char	   *server = mo_m_text(model->server);
	char	   *database = mo_m_text(model->database);

	write_parameter(out, "Server", server, "Text", "Host of the PostgreSQL server as this computer or gateway reaches it, with :port unless it is 5432.");
	write_parameter(out, "Database", database, "Text", "Database that has the dashboard.");
	write_parameter(out, "RangeStart", "#datetime(2000, 1, 1, 0, 0, 0)", "DateTime",
					"First month of the facts that are loaded. Incremental refresh sets it by itself.");
	write_parameter(out, "RangeEnd", "#datetime(2100, 1, 1, 0, 0, 0)", "DateTime",
					"Months of the facts before this one are loaded. Incremental refresh sets it by itself.");
	free(server);
	free(database);
}

static void
write_model(const mo_model *model, FILE *out)
{
	fputs("/// Medicines optimisation dashboard, written by modash powerbi from the views of schema mo_dashboard and their comments. "
		  "Supports discussion of variation and is not performance management.\n"
		  "model Model\n\tculture: en-GB\n\tdefaultPowerBIDataSourceVersion: powerBI_V3\n\tdiscourageImplicitMeasures\n\tsourceQueryCulture: en-GB\n"
		  "\tdataAccessOptions\n\t\tlegacyRedirects\n\t\treturnErrorValuesAsNull\n\nannotation __PBI_TimeIntelligenceEnabled = 0\n\n", out);
	for (int i = 0; i < model->count; i++)
	{
		char	   *title = mo_tmdl_name(model->tables[i].title);

		fprintf(out, "ref table %s\n", title);
		free(title);
	}
}

void
mo_write_item(const mo_model *model, mo_folder *folder, const char *type)
{
	mo_out		json;
	char	   *place = mo_format("%s/%s/%s", type, model->database, model->project);
	char		uuid[MO_UUID_TEXT];

	mo_out_begin(&json, mo_folder_file(folder, "%s.%s/.platform", model->project, type));
	mo_out_text(&json, "$schema", MO_SCHEMAS "gitIntegration/platformProperties/2.1.0/schema.json");
	mo_out_object(&json, "metadata");
	mo_out_text(&json, "type", type);
	mo_out_text(&json, "displayName", model->project);
	mo_out_end(&json);
	mo_out_object(&json, "config");
	mo_out_text(&json, "version", "2.0");
	mo_out_text(&json, "logicalId", mo_uuid(uuid, "item", place));
	mo_out_finish(&json);
	free(place);
}

void
mo_write_semantic_model(const mo_model *model, mo_folder *folder)
{
	mo_out		json;
	FILE	   *out;

	mo_write_item(model, folder, "SemanticModel");
	mo_out_begin(&json, mo_folder_file(folder, "%s.SemanticModel/definition.pbism", model->project));
	mo_out_text(&json, "$schema", MO_SCHEMAS "item/semanticModel/definitionProperties/1.0.0/schema.json");
	mo_out_text(&json, "version", "4.2");
	mo_out_object(&json, "settings");
	mo_out_finish(&json);
	/* 1601: the first level at which a measure has the format of the KPI it shows */
	fputs("database\n\tcompatibilityLevel: 1601\n", mo_folder_file(folder, "%s.SemanticModel/definition/database.tmdl", model->project));
	out = mo_folder_file(folder, "%s.SemanticModel/definition/model.tmdl", model->project);
	write_model(model, out);
	mo_write_role_list(model, out);
	write_expressions(model, mo_folder_file(folder, "%s.SemanticModel/definition/expressions.tmdl", model->project));
	write_relationships(model, mo_folder_file(folder, "%s.SemanticModel/definition/relationships.tmdl", model->project));
	mo_write_roles(model, folder);
	for (int i = 0; i < model->count; i++)
	{
		char	   *file = mo_file_name(model->tables[i].title);

		write_table(model, &model->tables[i], mo_folder_file(folder, "%s.SemanticModel/definition/tables/%s.tmdl", model->project, file));
		free(file);
	}
}
