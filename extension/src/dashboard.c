/*
 * dashboard.c
 *		mo.create_dashboard() and mo.update_dashboard(): run the layer's SQL, which is shipped beside the control file.
 *
 * What is wanted: the layer's tables and views must be the site's own ordinary objects, not members of the extension, so that
 * dump and restore, a site's indexes and policies, and DROP EXTENSION treat them like any other table. So they are not
 * in the extension's script but in one of their own, run here through SPI: in the caller's transaction, with the
 * caller's rights. The file's name is fixed when the library is built; nothing else of the file system can be reached.
 *
 * What this cannot promise: that the extension's SQL declarations are of the library's version. mo.version() tells the
 * library's, pg_extension the declarations'.
 */
#include "mo.h"

#include <sys/stat.h>

#include "access/xact.h"
#include "catalog/namespace.h"
#include "executor/spi.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "nodes/parsenodes.h"
#include "parser/parser.h"
#include "storage/fd.h"
#include "utils/memutils.h"

#define LAYER_SCRIPT "mo_dashboard_layer--" MO_VERSION ".sql"
#define LAYER_UPDATE_SCRIPT "mo_dashboard_layer_update--" MO_VERSION ".sql"

PG_FUNCTION_INFO_V1(mo_create_dashboard);
PG_FUNCTION_INFO_V1(mo_update_dashboard);

/* The whole script as a string, or an error that says what to install. */
static char *
read_script(const char *name)
{
	char		sharedir[MAXPGPATH];
	char	   *path;
	FILE	   *file;
	struct stat status;
	char	   *script;

	get_share_path(my_exec_path, sharedir);
	path = psprintf("%s/extension/%s", sharedir, name);
	file = AllocateFile(path, PG_BINARY_R);
	if (file == NULL || fstat(fileno(file), &status) != 0)
		ereport(ERROR,
				(errcode_for_file_access(),
				 errmsg("could not open the dashboard layer \"%s\": %m", path),
				 errhint("Install the files of mo_dashboard " MO_VERSION " (make install).")));
	script = palloc(status.st_size + 1);
	if (fread(script, 1, status.st_size, file) != (size_t) status.st_size)
		ereport(ERROR,
				(errcode_for_file_access(),
				 errmsg("could not read the dashboard layer \"%s\": %m", path),
				 errhint("It is installed beside the extension's control file.")));
	script[status.st_size] = '\0';
	FreeFile(file);
	return script;
}

static void
require_utf8(void)
{
	if (GetDatabaseEncoding() != PG_UTF8)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("the dashboard layer needs a database with encoding UTF8, not %s", GetDatabaseEncodingName()),
				 errhint("CREATE DATABASE name ENCODING 'UTF8' TEMPLATE template0;")));
}

/*
 * One statement at a time: given the whole script, SPI would run it as well, but an error would quote all of it as its context.
 */
static void
run_script(const char *name)
{
	char	   *script;
	ListCell   *cell;

	require_utf8();
	script = read_script(name);
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	foreach(cell, raw_parser(script, RAW_PARSE_DEFAULT))
	{
		RawStmt    *raw = lfirst_node(RawStmt, cell);
		char	   *begin = script + raw->stmt_location;
		char	   *statement = raw->stmt_len > 0 ? pnstrdup(begin, raw->stmt_len) : pstrdup(begin);
		int			result = SPI_execute(statement, false, 0);

		if (result < 0)
			elog(ERROR, "%s: %s", name, SPI_result_code_string(result));
		pfree(statement);
		CHECK_FOR_INTERRUPTS();
	}
	SPI_finish();
}

Datum
mo_create_dashboard(PG_FUNCTION_ARGS)
{
	if (OidIsValid(get_namespace_oid("mo_data", true)) || OidIsValid(get_namespace_oid("mo_dashboard", true)))
		ereport(ERROR,
				(errcode(ERRCODE_DUPLICATE_SCHEMA),
				 errmsg("a dashboard layer exists in this database already"),
				 errhint("To bring it to this version: CALL mo.update_dashboard();")));
	run_script(LAYER_SCRIPT);
	PG_RETURN_VOID();
}

Datum
mo_update_dashboard(PG_FUNCTION_ARGS)
{
	if (!OidIsValid(get_namespace_oid("mo_data", true)))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_SCHEMA),
				 errmsg("there is no dashboard layer in this database"),
				 errhint("To make one: CALL mo.create_dashboard();")));
	run_script(LAYER_UPDATE_SCRIPT);
	PG_RETURN_VOID();
}
