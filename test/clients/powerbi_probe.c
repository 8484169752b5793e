/*
 * powerbi_probe.c
 *		Plays what Power BI Desktop sends through Npgsql, as a reader of one PCN, and checks what its user would see.
 *
 * The queries are those of its log of statements: the read of pg_type, the navigator, columns, keys, relationships, previews and
 * DirectQuery, with DISCARD ALL before each as its pool does, results in binary
 * (https://github.com/datafusion-contrib/datafusion-postgres/issues/218 shows a log).
 *
 * usage: powerbi_probe PCN-CODE     (the PG* variables say where)
 */
#include <libpq-fe.h>
#include <tap.h>

#include "binary_cells.h"

#define MAX_VIEWS 100
#define TEXT_SIZE 24000

static PGconn *connection;
static char views[MAX_VIEWS][64];
static int	view_count;
static int	errors;

/* ---------------------------------------------------------------- sending */

/* A query as the pool sends it: everything of the session forgotten, then the extended protocol. NULL after an error, which is counted. */
static PGresult *
ask(int binary, const char *format, ...)
{
	static char query[TEXT_SIZE];
	PGresult   *result;
	va_list		arguments;

	va_start(arguments, format);
	vsnprintf(query, sizeof(query), format, arguments);
	va_end(arguments);
	PQclear(PQexec(connection, "DISCARD ALL"));
	result = PQexecParams(connection, query, 0, NULL, NULL, NULL, NULL, binary);
	if (PQresultStatus(result) == PGRES_TUPLES_OK)
		return result;
	errors++;
	printf("# %s# in: %.300s\n", PQresultErrorMessage(result), query);
	PQclear(result);
	return NULL;
}

/* The first cell of a query's answer as a number; -1 when it has none. */
static long
number(const char *format, ...)
{
	char		query[TEXT_SIZE];
	va_list		arguments;
	PGresult   *result;
	long		found;

	va_start(arguments, format);
	vsnprintf(query, sizeof(query), format, arguments);
	va_end(arguments);
	result = ask(0, "%s", query);
	found = result != NULL && PQntuples(result) > 0 ? atol(PQgetvalue(result, 0, 0)) : -1;
	PQclear(result);
	return found;
}

static int
rows_of(PGresult *result)
{
	return result == NULL ? -1 : PQntuples(result);
}

/* ---------------------------------------------------------------- what it asks first */

static void
read_types(void)
{
	PGresult   *types = ask(0,
		"SELECT ns.nspname, a.typname, a.oid, a.typrelid, a.typbasetype,"
		" CASE WHEN pg_proc.proname='array_recv' THEN 'a' ELSE a.typtype END AS type,"
		" CASE WHEN pg_proc.proname='array_recv' THEN a.typelem WHEN a.typtype='r' THEN rngsubtype ELSE 0 END AS elemoid,"
		" CASE WHEN pg_proc.proname IN ('array_recv','oidvectorrecv') THEN 3 WHEN a.typtype='r' THEN 2 WHEN a.typtype='d' THEN 1 ELSE 0 END AS ord"
		" FROM pg_type AS a JOIN pg_namespace AS ns ON (ns.oid = a.typnamespace) JOIN pg_proc ON pg_proc.oid = a.typreceive"
		" LEFT OUTER JOIN pg_class AS cls ON (cls.oid = a.typrelid) LEFT OUTER JOIN pg_type AS b ON (b.oid = a.typelem)"
		" LEFT OUTER JOIN pg_class AS elemcls ON (elemcls.oid = b.typrelid) LEFT OUTER JOIN pg_range ON (pg_range.rngtypid = a.oid)"
		" WHERE a.typtype IN ('b', 'r', 'e', 'd') OR (a.typtype = 'c' AND cls.relkind='c') OR (pg_proc.proname='array_recv' AND"
		" (b.typtype IN ('b', 'r', 'e', 'd') OR (b.typtype = 'p' AND b.typname IN ('record', 'void')) OR (b.typtype = 'c' AND elemcls.relkind='c')))"
		" OR (a.typtype = 'p' AND a.typname IN ('record', 'void')) ORDER BY ord");

	ok(rows_of(types) > 100, "it learns the types, %d of them", rows_of(types));
	PQclear(types);
	types = ask(1, "select t.*, n.nspname from pg_catalog.pg_type t join pg_catalog.pg_namespace n on n.oid = t.typnamespace");
	ok(rows_of(types) > 100, "... and all of pg_type in binary");
	PQclear(types);
	types = ask(1, "select character_set_name from INFORMATION_SCHEMA.character_sets");
	ok(rows_of(types) == 1 && strcmp(PQgetvalue(types, 0, 0), "UTF8") == 0, "it asks for the character set: UTF8");
	PQclear(types);
}

static void
navigate(void)
{
	PGresult   *tables = ask(1, "select TABLE_SCHEMA, TABLE_NAME, TABLE_TYPE from INFORMATION_SCHEMA.tables"
							 " where TABLE_SCHEMA not in ('information_schema', 'pg_catalog') order by TABLE_SCHEMA, TABLE_NAME");
	int			others = 0;

	for (int i = 0; i < rows_of(tables); i++)
	{
		if (strcmp(PQgetvalue(tables, i, 0), "mo_dashboard") != 0 || strcmp(PQgetvalue(tables, i, 2), "VIEW") != 0)
		{
			others++;
			printf("# %s.%s is a %s\n", PQgetvalue(tables, i, 0), PQgetvalue(tables, i, 1), PQgetvalue(tables, i, 2));
		}
		else if (view_count < MAX_VIEWS)
			snprintf(views[view_count++], sizeof(views[0]), "%s", PQgetvalue(tables, i, 1));
	}
	PQclear(tables);
	ok(others == 0, "the navigator shows views of mo_dashboard and nothing else");
	is_int(view_count, number("select count(*) from pg_catalog.pg_class where relnamespace = 'mo_dashboard'::regnamespace and relkind <> 'i'"),
		   "... all that there are");
}

/* ---------------------------------------------------------------- of each view */

/* Its columns in double quotes, each after prefix. */
static const char *
column_list(const char *view, const char *prefix)
{
	static char list[2][TEXT_SIZE / 4];
	static int	turn;
	PGresult   *columns = ask(0, "select COLUMN_NAME from INFORMATION_SCHEMA.columns where TABLE_SCHEMA = 'mo_dashboard' and TABLE_NAME = '%s'"
							  " order by ORDINAL_POSITION", view);
	char	   *to = list[turn = !turn];

	*to = '\0';
	for (int i = 0; i < rows_of(columns); i++)
		to += sprintf(to, "%s\"%s\".\"%s\"", i > 0 ? ", " : "", prefix, PQgetvalue(columns, i, 0));
	PQclear(columns);
	return to == list[turn] ? "null" : list[turn];
}

static void
check_columns(const char *view)
{
	static const char *const known[] = {"smallint", "integer", "double precision", "numeric", "date", "timestamp without time zone",
		"character varying", "text"};
	PGresult   *columns = ask(1, "select COLUMN_NAME, ORDINAL_POSITION, IS_NULLABLE, case when (data_type like '%%unsigned%%')"
							  " then DATA_TYPE || ' unsigned' else DATA_TYPE end as DATA_TYPE from INFORMATION_SCHEMA.columns"
							  " where TABLE_SCHEMA = 'mo_dashboard' and TABLE_NAME = '%s' order by TABLE_SCHEMA, TABLE_NAME, ORDINAL_POSITION", view);
	int			wrong = 0;

	for (int i = 0; i < rows_of(columns); i++)
	{
		int			found = 0;

		for (size_t k = 0; k < sizeof(known) / sizeof(known[0]); k++)
			found |= strcmp(PQgetvalue(columns, i, 3), known[k]) == 0;
		if (!found)
			printf("# %s.%s is %s\n", view, PQgetvalue(columns, i, 0), PQgetvalue(columns, i, 3));
		wrong += !found;
	}
	ok(wrong == 0 && rows_of(columns) > 0 && rows_of(columns) == number("select count(*) from pg_catalog.pg_attribute"
		" where attrelid = 'mo_dashboard.%s'::regclass and attnum > 0 and not attisdropped", view), "%s: %d columns, each of a type it knows", view, rows_of(columns));
	PQclear(columns);
}

static void
check_keys(const char *view)
{
	static const char relation[] = "select pkcol.TABLE_SCHEMA, pkcol.TABLE_NAME, pkcol.COLUMN_NAME as PK_COLUMN_NAME, fkcol.TABLE_SCHEMA AS FK_TABLE_SCHEMA,"
		" fkcol.TABLE_NAME AS FK_TABLE_NAME, fkcol.COLUMN_NAME as FK_COLUMN_NAME, fkcol.ORDINAL_POSITION as ORDINAL,"
		" fkcon.CONSTRAINT_SCHEMA || '_' || fkcol.TABLE_NAME || '_' || '%s' || '_' || fkcon.CONSTRAINT_NAME as FK_NAME"
		" from (select distinct constraint_catalog, constraint_schema, unique_constraint_schema, constraint_name, unique_constraint_name"
		" from INFORMATION_SCHEMA.REFERENTIAL_CONSTRAINTS) fkcon inner join INFORMATION_SCHEMA.KEY_COLUMN_USAGE fkcol"
		" on fkcon.CONSTRAINT_SCHEMA = fkcol.CONSTRAINT_SCHEMA and fkcon.CONSTRAINT_NAME = fkcol.CONSTRAINT_NAME"
		" inner join INFORMATION_SCHEMA.KEY_COLUMN_USAGE pkcol on fkcon.UNIQUE_CONSTRAINT_SCHEMA = pkcol.CONSTRAINT_SCHEMA"
		" and fkcon.UNIQUE_CONSTRAINT_NAME = pkcol.CONSTRAINT_NAME where %s.TABLE_SCHEMA = 'mo_dashboard' and %s.TABLE_NAME = '%s'"
		" and pkcol.ORDINAL_POSITION = fkcol.ORDINAL_POSITION order by FK_NAME, fkcol.ORDINAL_POSITION";
	int			before = errors;

	PQclear(ask(1, "select i.CONSTRAINT_SCHEMA || '_' || i.CONSTRAINT_NAME as INDEX_NAME, ii.COLUMN_NAME, ii.ORDINAL_POSITION,"
				" case when i.CONSTRAINT_TYPE = 'PRIMARY KEY' then 'Y' else 'N' end as PRIMARY_KEY from INFORMATION_SCHEMA.table_constraints i"
				" inner join INFORMATION_SCHEMA.key_column_usage ii on i.CONSTRAINT_SCHEMA = ii.CONSTRAINT_SCHEMA and"
				" i.CONSTRAINT_NAME = ii.CONSTRAINT_NAME and i.TABLE_SCHEMA = ii.TABLE_SCHEMA and i.TABLE_NAME = ii.TABLE_NAME"
				" where i.TABLE_SCHEMA = 'mo_dashboard' and i.TABLE_NAME = '%s' and i.CONSTRAINT_TYPE in ('PRIMARY KEY', 'UNIQUE')"
				" order by i.CONSTRAINT_SCHEMA || '_' || i.CONSTRAINT_NAME, ii.TABLE_SCHEMA, ii.TABLE_NAME, ii.ORDINAL_POSITION", view));
	PQclear(ask(1, relation, view, "pkcol", "pkcol", view));
	PQclear(ask(1, relation, view, "fkcol", "fkcol", view));
	ok(errors == before, "%s: its keys, and those to and from it, can be asked for", view);
}

/* The import of a view, in binary, cell by cell beside the same query in text. */
static void
check_rows(const char *view)
{
	const char *inner = column_list(view, "$Table"),
			   *outer = column_list(view, "_");
	static const char query[] = "select %s from (select %s from \"mo_dashboard\".\"%s\" \"$Table\") \"_\" limit 1000001";
	PGresult   *binary = ask(1, query, outer, inner, view),
			   *text = ask(0, query, outer, inner, view);
	int			wrong = rows_of(binary) < 0 || rows_of(binary) != rows_of(text);

	for (int row = 0; !wrong && row < rows_of(binary); row++)
		for (int n = 0; n < PQnfields(binary); n++)
		{
			const char *complaint = PQgetisnull(binary, row, n) != PQgetisnull(text, row, n) ? "is null in one format" :
				PQgetisnull(binary, row, n) ? NULL :
				check_cell(PQftype(binary, n), (unsigned char *) PQgetvalue(binary, row, n), PQgetlength(binary, row, n), PQgetvalue(text, row, n));

			if (complaint != NULL && wrong++ < 5)
				printf("# %s.%s %s: %s\n", view, PQfname(binary, n), complaint, PQgetvalue(text, row, n));
		}
	ok(!wrong, "%s: %d rows, every cell in binary", view, rows_of(binary));
	PQclear(binary);
	PQclear(text);
}

static int
has_column(const char *view, const char *column)
{
	return number("select count(*) from INFORMATION_SCHEMA.columns where TABLE_SCHEMA = 'mo_dashboard' and TABLE_NAME = '%s' and COLUMN_NAME = '%s'",
				  view, column) == 1;
}

/* Its login holds REFERENCES on the keys, and what would be related by name can be. */
static void
check_relationships(const char *view)
{
	static const char *const key_of[][2] = {{"dim_organisation", "org_key"}, {"dim_kpi", "kpi_id"}, {"dim_date", "day_date"}, {"dim_source", "source_name"}};

	for (size_t k = 0; k < sizeof(key_of) / sizeof(key_of[0]); k++)
	{
		const char *dimension = key_of[k][0],
				   *key = key_of[k][1];

		if (!has_column(view, key))
			continue;
		ok(number("select count(*) from INFORMATION_SCHEMA.column_privileges where TABLE_SCHEMA = 'mo_dashboard' and TABLE_NAME = '%s'"
				  " and COLUMN_NAME = '%s' and PRIVILEGE_TYPE = 'REFERENCES'", view, key) >= 1, "%s.%s: the key can be seen", view, key);
		if (strcmp(view, dimension) == 0)
			ok(number("select count(*) - count(distinct \"%s\") from \"mo_dashboard\".\"%s\"", key, view) == 0, "... and is unique");
		else if (number("select count(*) from pg_catalog.pg_attribute where attrelid = 'mo_dashboard.%s'::regclass and attname = '%s'"
						" and pg_catalog.col_description(attrelid, attnum) ~ 'where it is (counted|measured)'", view, key) == 0)	/* some say so */
			ok(number("select count(*) from (select distinct \"%s\" from \"mo_dashboard\".\"%s\" where \"%s\" is not null) f where not exists"
					  " (select 1 from \"mo_dashboard\".\"%s\" d where d.\"%s\" = f.\"%s\")", key, view, key, dimension, key, key) == 0,
			   "... and every one is in %s", dimension);
	}
}

/* ---------------------------------------------------------------- whose figures */

static void
check_scope(const char *view, const char *pcn)
{
	if (strcmp(view, "dim_organisation") == 0 || !has_column(view, "org_code"))
		return;
	ok(number("select count(*) from (select \"_\".\"org_code\" from (select \"$Table\".\"org_code\" from \"mo_dashboard\".\"%s\" \"$Table\") \"_\""
			  " where not \"_\".\"org_code\" is null) r where not exists (select 1 from \"mo_dashboard\".\"dim_organisation\" o where o.org_code = r.org_code"
			  " and (o.org_code = '%s' or o.current_pcn_code = '%s'))", view, pcn, pcn) == 0, "%s: figures of %s and its practices only", view, pcn);
}

static void
check_own_figures(const char *pcn)
{
	ok(number("select count(*) from \"mo_dashboard\".\"dim_organisation\" o where (o.org_code = '%s' or o.current_pcn_code = '%s') and not exists"
			  " (select 1 from \"mo_dashboard\".\"fact_kpi\" f where f.org_key = o.org_key)", pcn, pcn) == 0, "the PCN and each of its practices have figures");
	ok(number("select count(*) from \"mo_dashboard\".\"dashboard\" where org_code = '%s'", pcn) >= 10, "... and the PCN its page");
	is_int(number("select count(*) from \"mo_dashboard\".\"dashboard\" d join \"mo_dashboard\".\"fact_kpi\" f on f.kpi_id = d.kpi_id and f.org_key = d.org_key"
				  " and f.month_start = d.month_start where f.value is distinct from d.value or f.numerator is distinct from d.numerator"), 0,
		   "... with the figures of fact_kpi");
}

/* ---------------------------------------------------------------- DirectQuery and incremental refresh */

static void
direct_query(const char *pcn)
{
	PGresult   *bars = ask(1,
		"select \"_\".\"month_label\" as \"c1\", \"_\".\"a0\", \"_\".\"a1\" from (select \"rows\".\"month_label\" as \"month_label\","
		" sum(cast(\"rows\".\"numerator\" as decimal)) as \"a0\", sum(cast(\"rows\".\"denominator\" as decimal)) as \"a1\" from"
		" (select \"$Outer\".\"month_label\", \"$Inner\".\"numerator\", \"$Inner\".\"denominator\" from"
		" (select \"_\".\"day_date\", \"_\".\"numerator\", \"_\".\"denominator\" from \"mo_dashboard\".\"fact_kpi\" \"_\""
		" where \"_\".\"org_type\" = 'practice' and \"_\".\"kpi_id\" = 'smr_completed') \"$Inner\" left outer join \"mo_dashboard\".\"dim_date\" \"$Outer\""
		" on (\"$Inner\".\"day_date\" = \"$Outer\".\"day_date\")) \"rows\" group by \"month_label\") \"_\""
		" where not \"_\".\"a0\" is null or not \"_\".\"a1\" is null limit 1000001");

	ok(rows_of(bars) >= 12, "DirectQuery: SUM/SUM of the practices by month, %d months", rows_of(bars));
	PQclear(bars);
	is_int(number("select count(*) from (select \"_\".\"kpi_id\" from (select %s from \"mo_dashboard\".\"fact_kpi\" \"$Table\") \"_\" where \"_\".\"org_code\" = '%s'"
				  " and \"_\".\"month_start\" >= date '2026-04-01' and \"_\".\"month_start\" < date '2026-07-01' limit 1000001) x",
				  column_list("fact_kpi", "$Table"), pcn),
		   number("select count(*) from mo_dashboard.fact_kpi where org_code = '%s' and month_start in ('2026-04-01', '2026-05-01', '2026-06-01')", pcn),
		   "... of a quarter");
}

/* Months apart, by date and time, are the whole: none twice, none left out. */
static void
refresh_incrementally(const char *view)
{
	long		total = number("select count(*) from \"mo_dashboard\".\"%s\"", view),
				sum = 0,
				fullest = 0;

	for (int month = 2024 * 12; month < 2027 * 12; month++)
	{
		long		part = number("select count(*) from (select \"_\".\"value\" from (select %s from \"mo_dashboard\".\"%s\" \"$Table\") \"_\" where"
								  " \"_\".\"period_start\" >= timestamp '%04d-%02d-01 00:00:00' and \"_\".\"period_start\" < timestamp '%04d-%02d-01 00:00:00'"
								  " limit 1000001) x", column_list(view, "$Table"), view, month / 12, month % 12 + 1, (month + 1) / 12, (month + 1) % 12 + 1);

		sum += part;
		fullest = part > fullest ? part : fullest;
	}
	ok(sum == total && total > 0 && fullest < total, "%s: incremental refresh by month fetches all %ld rows once (%ld)", view, total, sum);
}

int
main(int argc, char **argv)
{
	const char *pcn = argc > 1 ? argv[1] : "";

	connection = PQconnectdb("");
	if (PQstatus(connection) != CONNECTION_OK)
		return fprintf(stderr, "%s", PQerrorMessage(connection)), 2;
	PQclear(PQexec(connection, "set application_name = 'Mashup Engine'"));
	read_types();
	navigate();
	for (int i = 0; i < view_count; i++)
	{
		check_columns(views[i]);
		check_keys(views[i]);
		check_rows(views[i]);
		check_relationships(views[i]);
		check_scope(views[i], pcn);
	}
	check_own_figures(pcn);
	direct_query(pcn);
	refresh_incrementally("fact_kpi");
	refresh_incrementally("fact_kpi_part");
	is_int(errors, 0, "nothing that was asked was refused");
	PQfinish(connection);
	return done();
}
