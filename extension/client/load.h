/*
 * load.h
 *		One file being loaded: what every format works on.
 */
#ifndef MO_LOAD_H
#define MO_LOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "copy_binary.h"
#include "csv.h"
#include "decimal.h"
#include "input.h"
#include "mapping.h"
#include "modash.h"
#include "rejects.h"
#include "report.h"

#define MO_MAX_COLUMNS 48
#define MO_MAX_MONTHS 240
#define MO_MAX_CONNECTIONS 16
#define MO_NO_MONTH INT32_MIN

typedef struct mo_options
{
	const char *source;
	const char *part;
	const char *dbname;
	const mo_mapping *mapping;	/* NULL: none given */
	int32_t		month;			/* MO_NO_MONTH: not given */
	int32_t		as_at;			/* the same */
	bool		dry_run;
	bool		quiet;
	bool		all;			/* --all: directories, not files */
	int			connections;	/* 1 to MO_MAX_CONNECTIONS */
} mo_options;

struct mo_load;

typedef struct mo_column
{
	const char *target;			/* as a mapping names it */
	const char *names;			/* in the header, normalised, alternatives separated by |; NULL: not in this format */
	bool		required;
	int			position;		/* in a file without a header, from 0; -1: not there */
} mo_column;

typedef struct mo_format
{
	const char *source;
	const char *name;
	const mo_column *columns;
	int			column_count;
	int			fields;			/* of a file without a header; 0: it always has one */
	bool		mappable;		/* what a --map of this source fills */
	bool		without_server;	/* a dry run needs no database */
	bool		may_be_empty;	/* a header alone is a file: nothing happened */
	bool		goes_first;		/* before the other files of its source */
	bool		(*looks_like) (const mo_csv_row *first);	/* a row of a file without a header; NULL: see fields */
	bool		(*begin) (struct mo_load *load);
	void		(*row) (struct mo_load *load, const mo_csv_row *row);
	bool		(*end) (struct mo_load *load);
	bool		(*whole) (struct mo_load *load);	/* instead of rows, for what is not CSV */
	void		(*abandon) (struct mo_load *load);	/* after a failure, before the rollback; NULL: nothing to stop */
	void		(*discard) (struct mo_load *load);	/* frees load->state; NULL: free() does */
} mo_format;

/* Every format there is. */
extern const mo_format mo_epd_snomed, mo_epd, mo_pdpi, mo_mapped, mo_epraccur, mo_epcn_core_partner, mo_epcn_details,
			mo_list_size_long, mo_list_size_wide, mo_bank_holidays, mo_emis_code, mo_emis_observation, mo_systmone_code, mo_measures,
			mo_measures_published;

/* Where a format's column is in this file. */
typedef struct mo_binding
{
	int			column;			/* index of the field; -1: not there, -2: a constant */
	int			other;			/* field it is multiplied by; -1: none */
	int			divide_digits;
	int64_t		multiply;
	mo_field	constant;
	char		label[64];		/* the column as messages name it */
} mo_binding;

typedef struct mo_load
{
	const mo_options *options;
	const mo_format *format;
	mo_binding	bindings[MO_MAX_COLUMNS];
	int			fields;			/* in a row */
	bool		trailing_comma; /* the header ends in one, and so may rows */

	const char *path;
	char		name[200];		/* of the file, printable */
	char		settings[200];	/* options that change what the file means */
	mo_input	input;
	mo_csv		csv;
	mo_report	report;

	PGconn	   *connection;		/* NULL: a dry run without a server */
	PGconn	  **side;			/* MO_MAX_CONNECTIONS - 1 others, made when needed */
	int32_t		batch_id;
	mo_copy		copy;

	int64_t		rows_read;
	mo_rejects	rejects;
	const mo_csv_row *row;		/* the one in hand, for its rejection */
	int32_t		months[MO_MAX_MONTHS];
	int			month_count;
	bool		no_line_end;	/* after the last line: it may have been cut */
	char		note[300];		/* for the reader of load_batch */
	int32_t		this_month;		/* 0: not asked for yet */
	void	   *state;			/* the format's own */

	int			exit_code;		/* MO_EXIT_DONE while all is well */
	int64_t		fault_line;		/* 0: the file as a whole */
	char		error[900];
} mo_load;

/* Refuses the file; the first reason stands. Returns false. */
extern bool mo_fail(mo_load *load, int exit_code, int64_t line, const char *format, ...) __attribute__((format(printf, 4, 5)));
/* Refuses because the server did; clears result. Returns false. */
extern bool mo_fail_database(mo_load *load, PGconn *connection, PGresult *result);

/* Rejects the row in hand; column is an index into the format's columns, -1 for the row. Returns false. */
extern bool mo_reject(mo_load *load, int column, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Values of the row in hand by the format's columns, without blanks around them; false: the row has been rejected. */
static inline const char *
mo_value(const mo_load *load, const mo_csv_row *row, int column, size_t *length)
{
	const mo_binding *b = &load->bindings[column];
	const mo_field *field;
	const char *text;
	size_t		n;

	*length = 0;
	if (b->column == -1)
		return "";
	field = b->column >= 0 ? &row->fields[b->column] : &b->constant;
	text = field->text;
	n = field->length;
	mo_trim(&text, &n);
	*length = n;
	return text;
}

extern bool mo_take_code(mo_load *load, const mo_csv_row *row, int column, size_t most, const char **text, size_t *length);
extern bool mo_take_optional_code(mo_load *load, const mo_csv_row *row, int column, size_t most, const char **text, size_t *length);
/* Text of any kind, checked to be UTF-8, doubled quotes undone into buffer. */
extern bool mo_take_text(mo_load *load, const mo_csv_row *row, int column, char *buffer, size_t size,
						 const char **text, size_t *length);
/* Days since 2000; an empty date leaves *day alone and sets *given false. */
extern bool mo_take_date(mo_load *load, const mo_csv_row *row, int column, bool *given, int32_t *day);
extern bool mo_take_count(mo_load *load, const mo_csv_row *row, int column, int64_t max, int64_t *value);
/* The first day of a month that is not in the future. */
extern bool mo_take_month(mo_load *load, const mo_csv_row *row, int column, int32_t *month);
/* An identifier of at most 100 characters, as it is in the file. */
typedef struct mo_id
{
	const char *text;
	size_t		length;
} mo_id;
extern bool mo_take_id(mo_load *load, const mo_csv_row *row, int column, mo_id *id, bool needed);
/* true, false, t, f, 1, 0, Y, N; empty is false. */
extern bool mo_take_flag(mo_load *load, const mo_csv_row *row, int column, bool *value);
/* A result of a test: any number below 1e300. */
extern bool mo_take_number(mo_load *load, const mo_csv_row *row, int column, double *value);
/* Rejects for a number, quoting it. */
extern bool mo_reject_number(mo_load *load, const mo_csv_row *row, int column, mo_number result);

/* Puts a date, its day after (for ends that ODS gives inclusive), or null. */
extern void mo_put_date(mo_copy *copy, bool given, int32_t day);
/* Begins a staged row with its line number and its text. */
extern void mo_put_line(mo_load *load, const mo_csv_row *row, int columns);

/* All of a file that is one document, to be freed; NULL: refused. */
extern char *mo_read_document(mo_load *load, size_t *length);

/* Begins COPY into a staging table; ends it. For formats' begin and end. */
extern bool mo_stage_begin(mo_load *load, const char *target);
extern bool mo_stage_end(mo_load *load);
/* Adds a month to those of the file. False: refused, there are too many. *is_new as it says. */
extern bool mo_note_month(mo_load *load, int32_t month, bool *is_new);

/* The format of an opened file: binds its columns; NULL: refused. `first` is its first row, *is_header says which. */
extern const mo_format *mo_find_format(mo_load *load, const mo_csv_row *first, bool *is_header);

/* The format of a flat source, as the server describes it; NULL: refused. */
extern const mo_format *mo_flat_format(mo_load *load);
/* Binds the columns of a flat file; NULL: refused, a column is not known or not there. */
extern const mo_format *mo_bind_flat(mo_load *load, const mo_format *format, const mo_csv_row *first);
/* The format, of any source, that a file which begins like this has; NULL: none, though it may be flat. */
extern const mo_format *mo_recognise(const mo_csv_row *first);
/* The name of a column of the header as names are compared. */
extern const char *mo_header_name(const mo_csv_row *first, int column, char *out, size_t size);

/* Fills in the text of lines that the server rejected. */
extern bool mo_reject_lines(mo_load *load);

/* rows.c: rows from the one in hand, which is data unless it is the header, to the end of the file. False: refused. */
extern bool mo_read_rows(mo_load *load, mo_csv_row *row, bool is_header);
/* Refuses a file of which more than half of the rows, and more than a hundred, or all are rejected. False: it is not so. */
extern bool mo_mostly_rejected(mo_load *load);
/* Called every few thousand rows, by modash and by the server each in its way: says how far it is, stops when it must. */
extern void mo_step(mo_load *load);

/* The formats, in the order in which they are tried. */
extern const mo_format *const mo_formats[];

#endif							/* MO_LOAD_H */
