/*
 * powerbi.h
 *		What modash powerbi knows of the published views, and the parts that write the project's files from it.
 *
 * Everything is read first, then every file is made in memory, then the folder is written: so nothing is left half done.
 */
#ifndef MO_POWERBI_H
#define MO_POWERBI_H

#include <stdbool.h>
#include <stdio.h>
#include <libpq-fe.h>

#define MO_SCHEMAS "https://developer.microsoft.com/json-schemas/fabric/"
#define MO_UUID_TEXT 37

typedef struct mo_column
{
	const char *name;			/* in the view */
	const char *type;			/* as format_type() says */
	const char *comment;
	char	   *title;			/* in the model */
	const char *data_type;		/* in the model: int64, double, decimal, dateTime, string, boolean */
	bool		hidden;
} mo_column;

typedef struct mo_table
{
	const char *name;			/* the view */
	const char *comment;
	char	   *title;
	mo_column  *columns;
	int			count;
} mo_table;

typedef struct mo_model
{
	const char *project;		/* name of the project's files */
	char	   *server;
	const char *database;
	mo_table   *tables;
	int			count;
	char	  **roles;
	int			role_count;
	PGresult   *catalogue;		/* owns the texts */
} mo_model;

/* The files of a folder, in memory. */
typedef struct mo_folder_entry
{
	struct mo_folder_entry *next;
	char	   *path;			/* relative, / between its parts */
	char	   *text;
	size_t		length;
} mo_folder_entry;

typedef struct mo_folder
{
	mo_folder_entry *first;
	mo_folder_entry *last;
	FILE	   *file;			/* of the last entry, while it is written */
} mo_folder;

/* powerbi_folder.c: begins the next file; what was begun before is complete. */
extern FILE *mo_folder_file(mo_folder *folder, const char *path, ...) __attribute__((format(printf, 2, 3)));
/* Whether the files may be put at `path`; `mark` is a file that is in every folder of ours. False: said on stderr why. */
extern bool mo_folder_allowed(const char *path, bool force, const char *mark);
/*
 * Puts the files at `path`: all of them or none. Where it exists (which mo_folder_allowed() said is right) the files and
 * folders of the first level are put in the place of their older ones, and nothing else is touched. False: said on stderr why.
 */
extern bool mo_folder_write(mo_folder *folder, const char *path);
extern void mo_folder_free(mo_folder *folder);

/* powerbi_text.c: these end the program when memory is out, before anything was written. */
extern void *mo_need(void *memory);
extern char *mo_format(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* A UUID made of what it names: the same in every run. */
extern const char *mo_uuid(char *out, const char *kind, const char *name);
/* Names in the model, from those in the database: kpi_trend is KPI trend, fact_kpi KPI figures. */
extern char *mo_table_title(const char *view);
extern char *mo_column_title(const char *column, bool whole);
/* As TMDL, DAX and M write a name or a text; new memory. */
extern char *mo_tmdl_name(const char *name);
extern char *mo_dax_text(const char *text);
extern char *mo_dax_table(const char *name);
extern char *mo_m_text(const char *text);

/* What stands behind "=" in TMDL: on its line, or, of several lines, indented below it. */
extern void mo_tmdl_expression(const char *dax, FILE *out);
/* A name as part of a file's name. */
extern char *mo_file_name(const char *name);

/* powerbi_model.c: false: said on stderr why. */
extern bool mo_model_read(mo_model *model, PGconn *connection);
extern void mo_model_free(mo_model *model);

/* powerbi_links.c */
extern const mo_table *mo_model_table(const mo_model *model, const char *view);
extern const mo_column *mo_table_column(const mo_table *table, const char *column);
/* The column that a column is sorted by, or NULL. */
extern const mo_column *mo_sort_column(const mo_table *table, const mo_column *column);
/* The column by which a table reaches a dimension, or NULL; the dimension and its key. */
extern const mo_column *mo_link(const mo_model *model, const mo_table *table, int dimension, const mo_table **to, const mo_column **key);
#define MO_DIMENSIONS 4

/* A template with {view.column} and {view} filled in; NULL where the model has no such thing. */
extern char *mo_dax(const mo_model *model, const char *template);

/* powerbi_measures.c */
extern void mo_write_measures(const mo_model *model, const mo_table *table, FILE *out);
/* The name of a view's measure, asked for as [name]; NULL: the model has no such. */
extern const char *mo_measure_name(const mo_model *model, const char *view, const char *name);

/* powerbi_roles.c: the roles' files, and the list of them in the model's */
extern void mo_write_roles(const mo_model *model, mo_folder *folder);
extern void mo_write_role_list(const mo_model *model, FILE *out);

/* powerbi_tmdl.c, powerbi_report.c; what stands beside the definition of both */
extern void mo_write_item(const mo_model *model, mo_folder *folder, const char *type);
extern void mo_write_semantic_model(const mo_model *model, mo_folder *folder);
extern void mo_write_report(const mo_model *model, mo_folder *folder);

#endif							/* MO_POWERBI_H */
