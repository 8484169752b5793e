/*
 * load_prescribing.c
 *		mo.prescribing_file() and mo.read_prescribing_file(): a file of prescribing read by the server itself.
 *
 * The reader is modash's own (extension/client: csv.c, columns.c, format_prescribing.c ...), compiled in: the same
 * layouts, checks and reasons. It is plain C that takes memory by malloc and knows no exceptions; what it holds is given
 * back here, however the reading ends. Rows go straight into the month's staging table (load_prescribing_store.c).
 *
 * A file that cannot be used is no error here but a fault in the result: mo_data.load_prescribing_file() rolls back what
 * was staged and records the reason.
 */
#include "mo.h"

#include <sys/stat.h>

#include "../client/dates.h"
#include "../client/modash.h"
#include "../client/prescribing.h"
#include "../client/text.h"
#include "catalog/pg_authid.h"
#include "executor/spi.h"
#include "funcapi.h"
#include "load_prescribing.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "read_worker.h"
#include "stats/nhs_calendar.h"
#include "storage/fd.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/date.h"

#define REJECTS_OF_FAILED 100
/* A smaller file is read sooner than a worker is there. */
#define READ_AHEAD ((int64_t) 8 << 20)

PG_FUNCTION_INFO_V1(mo_prescribing_file);
PG_FUNCTION_INFO_V1(mo_read_prescribing_file);

const mo_format *const mo_formats[] = {&mo_epd_snomed, &mo_epd, &mo_pdpi, NULL};

typedef struct reading
{
	mo_load		load;
	mo_options	options;
	mo_csv_row	row;
	bool		is_header;
	int64		bytes;			/* of the file */
} reading;

Datum
mo_server_text(const char *text, size_t length)
{
	char	   *converted = pg_any_to_server(text, (int) length, PG_UTF8);

	return PointerGetDatum(converted == text ? cstring_to_text_with_len(text, (int) length) : cstring_to_text(converted));
}

void
mo_step(mo_load *load)
{
	CHECK_FOR_INTERRUPTS();
}

/* As COPY FROM a file: an absolute path, and a role that may read the server's files. */
static char *
allowed_path(text *given)
{
	char	   *path = text_to_cstring(given);

	if (!has_privs_of_role(GetUserId(), ROLE_PG_READ_SERVER_FILES))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("must be superuser or have privileges of the pg_read_server_files role to load a file of the server"),
				 errhint("modash load reads files on your side of the connection.")));
	canonicalize_path(path);
	if (!is_absolute_path(path))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_NAME),
				 errmsg("relative path not allowed for a file of the server"),
				 errhint("Give the path from the root of the server's file system.")));
	return path;
}

/* Its size. An error unless it is an ordinary file that the server can read: what is in it is judged later. */
static int64
check_file(const char *path)
{
	int			file = OpenTransientFile(path, O_RDONLY | PG_BINARY | O_NONBLOCK);
	struct stat about;

	if (file < 0 || fstat(file, &about) != 0)
		ereport(ERROR,
				(errcode_for_file_access(),
				 errmsg("could not open file \"%s\" for reading: %m", path),
				 errhint("The file is read by the server, as the user that runs it; modash load reads files on your side.")));
	CloseTransientFile(file);
	if (!S_ISREG(about.st_mode))
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("\"%s\" is not a regular file", path),
				 errhint("Give a file of prescribing, plain or gzip.")));
	return about.st_size;
}

/* Rights, path, file, options; nothing is read yet. */
static reading *
prepare(PG_FUNCTION_ARGS, int month_argument)
{
	reading    *r = palloc0(sizeof(reading));
	char	   *path;
	const char *base;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1 + (month_argument == 1)))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("the file and what to do with it must not be null"),
				 errhint("Only the month may be null.")));
	path = allowed_path(PG_GETARG_TEXT_PP(0));
	base = mo_base_name(path);
	r->bytes = check_file(path);
	r->options = (mo_options) {.source = "prescribing", .part = "", .month = MO_NO_MONTH, .as_at = MO_NO_MONTH};
	if (!PG_ARGISNULL(month_argument))
		r->options.month = PG_GETARG_DATEADT(month_argument);
	if (r->options.month != MO_NO_MONTH && (DATE_NOT_FINITE(r->options.month) || mo_civil_from_days(r->options.month).day != 1))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("month is not the first day of a month"),
				 errhint("Give the month of a file that does not say it, or null.")));
	r->load.options = &r->options;
	r->load.path = path;
	r->load.input.file = -1;
	mo_printable(base, strlen(base), r->load.name, sizeof(r->load.name));
	return r;
}

/* Gives back what is not the memory contexts'. */
static void
put_away(reading *r)
{
	if (r->load.state != NULL)
		mo_prescribing_discard(&r->load);
	mo_rejects_close(&r->load.rejects);
	mo_csv_close(&r->load.csv);
	mo_input_close(&r->load.input);
}

/*
 * Opens the file and finds its layout. False: load->error says what is wrong with it. All of a large file is read by a
 * worker, if one is to be had; only its header is not worth one.
 */
static bool
begin_file(reading *r, bool all)
{
	mo_load    *load = &r->load;
	mo_csv_result result;

	if (!mo_csv_open(&load->csv, mo_input_read, &load->input))
		return mo_fail(load, MO_EXIT_FILE, 0, "out of memory");
	if (!all || r->bytes < READ_AHEAD || !mo_read_ahead(load->path, &load->csv, &load->input))
	{
		if (!mo_input_open(&load->input, load->path))
			return mo_fail(load, MO_EXIT_FILE, 0, "%s", load->input.error);
		load->csv.sha = mo_input_hash_later(&load->input);
	}
	do
		result = mo_csv_next(&load->csv, &r->row);
	while (result == MO_CSV_ROW && r->row.raw_length == 0);
	if (result == MO_CSV_READ_ERROR)
		return mo_fail(load, MO_EXIT_FILE, 0, "%s", load->input.error);
	if (result == MO_CSV_TOO_LONG)
		return mo_fail(load, MO_EXIT_FILE, r->row.line, "the first line is longer than a megabyte");
	if (result == MO_CSV_END)
		return mo_fail(load, MO_EXIT_FILE, 0, "is empty");
	return mo_find_format(load, &r->row, &r->is_header) != NULL;
}

static bool
read_rows(reading *r)
{
	mo_load    *load = &r->load;

	return load->format->begin(load) && mo_read_rows(load, &r->row, r->is_header) && load->format->end(load) && !mo_mostly_rejected(load);
}

/* Rows into staging tables. These are closed, whatever comes of the file. */
static void
read_file(reading *r)
{
	if (begin_file(r, true) && !read_rows(r))
		mo_prescribing_abandon(&r->load);
	mo_read_ahead_end(&r->load.csv);
}

/* What is wrong with the file, with the line on which it is; null: nothing. */
static Datum
fault_of(const mo_load *load, bool *is_null)
{
	char		safe[1000];
	char		line[32] = "";

	*is_null = load->exit_code == MO_EXIT_DONE;
	if (*is_null)
		return (Datum) 0;
	mo_printable(load->error, strlen(load->error), safe, sizeof(safe));
	if (load->fault_line > 0)
		snprintf(line, sizeof(line), "line " INT64_FORMAT ": ", load->fault_line);
	return mo_server_text(psprintf("%s%s", line, safe), strlen(line) + strlen(safe));
}

static Datum
result_of(FunctionCallInfo fcinfo, Datum *values, bool *nulls)
{
	TupleDesc	desc;

	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	return HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(desc), values, nulls));
}

static void
hash_file(mo_load *load, char *hex)
{
	char	   *buffer = palloc(1 << 18);

	while (mo_input_skim(&load->input, buffer, 1 << 18))
		CHECK_FOR_INTERRUPTS();
	mo_sha256_hex(&load->input.sha, hex);
}

Datum
mo_prescribing_file(PG_FUNCTION_ARGS)
{
	reading    *r = prepare(fcinfo, 1);
	bool		hashed = PG_GETARG_BOOL(2);
	char		hex[MO_SHA256_HEX] = "";
	Datum		values[5];
	bool		nulls[5] = {false};

	PG_TRY();
	{
		begin_file(r, false);
		if (r->load.exit_code != MO_EXIT_DONE)
			mo_sha256_hex(&r->load.input.sha, hex); /* of as much as was read, as modash records it */
		else if (hashed)
			hash_file(&r->load, hex);
		values[0] = mo_server_text(r->load.name, strlen(r->load.name));
		values[1] = Int64GetDatum(r->load.input.file_bytes);
		values[2] = CStringGetTextDatum(r->load.format != NULL ? r->load.format->name : "unknown");
		values[3] = CStringGetTextDatum(hex);
		nulls[3] = hex[0] == '\0';
		values[4] = fault_of(&r->load, &nulls[4]);
	}
	PG_FINALLY();
	{
		put_away(r);
	}
	PG_END_TRY();
	return result_of(fcinfo, values, nulls);
}

/* Rejected lines of a file of which nothing is kept: number, column, reason and line of each, one after the other. */
static Datum
first_rejects(mo_load *load)
{
	ArrayBuildState *state = initArrayResult(TEXTOID, CurrentMemoryContext, false);
	mo_reject_entry *entry = palloc(sizeof(mo_reject_entry));

	mo_rejects_rewind(&load->rejects);
	for (int i = 0; i < REJECTS_OF_FAILED && mo_rejects_next(&load->rejects, entry); i++)
	{
		accumArrayResult(state, CStringGetTextDatum(psprintf(INT64_FORMAT, entry->line_no)), false, TEXTOID, CurrentMemoryContext);
		accumArrayResult(state, mo_server_text(entry->column, strlen(entry->column)), entry->column[0] == '\0', TEXTOID, CurrentMemoryContext);
		accumArrayResult(state, mo_server_text(entry->reason, strlen(entry->reason)), false, TEXTOID, CurrentMemoryContext);
		accumArrayResult(state, mo_server_text(entry->line, strlen(entry->line)), false, TEXTOID, CurrentMemoryContext);
	}
	return makeArrayResult(state, CurrentMemoryContext);
}

static void
fill_result(mo_load *load, Datum *values, bool *nulls)
{
	char		hex[MO_SHA256_HEX];
	const char *cut = load->no_line_end ? "the last line has no line end" : "";
	char	   *note = psprintf("%s%s%s", load->note, load->note[0] != '\0' && cut[0] != '\0' ? "; " : "", cut);

	values[0] = Int64GetDatum(load->rows_read);
	values[1] = Int64GetDatum(load->rejects.count);
	values[2] = CStringGetTextDatum(mo_sha256_hex(&load->input.sha, hex));
	values[3] = mo_server_text(note, strlen(note));
	nulls[3] = note[0] == '\0';
	values[4] = fault_of(load, &nulls[4]);
	nulls[5] = nulls[4];
	if (!nulls[5])
		values[5] = first_rejects(load);
	else
		mo_store_rejects(load);
}

Datum
mo_read_prescribing_file(PG_FUNCTION_ARGS)
{
	reading    *r = prepare(fcinfo, 2);
	Datum		values[6];
	bool		nulls[6] = {false};

	r->load.batch_id = PG_GETARG_INT32(1);
	PG_TRY();
	{
		read_file(r);
		fill_result(&r->load, values, nulls);
	}
	PG_FINALLY();
	{
		put_away(r);
	}
	PG_END_TRY();
	return result_of(fcinfo, values, nulls);
}
