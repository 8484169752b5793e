# What R sees through DBI, with the driver that it is given. See lib/Clients.pm.
# usage: Rscript r_dbi_reader.R DRIVER FOLDER     (the PG* variables say where)
arguments <- commandArgs(trailingOnly = TRUE)
folder <- arguments[2]
suppressPackageStartupMessages(library(arguments[1], character.only = TRUE))
driver <- if (arguments[1] == "RPostgres") RPostgres::Postgres() else RPostgreSQL::PostgreSQL()
connection <- dbConnect(driver, host = Sys.getenv("PGHOST"), port = as.integer(Sys.getenv("PGPORT")), dbname = Sys.getenv("PGDATABASE"),
    user = Sys.getenv("PGUSER"))

fact <- function(...) cat(paste(..., sep = "\t"), "\n", sep = "")
for (name in dbListTables(connection)) fact("listed", name)

escaped <- function(text) gsub("\r", "\\r", gsub("\n", "\\n", gsub("\t", "\\t", gsub("\\", "\\\\", text, fixed = TRUE), fixed = TRUE), fixed = TRUE), fixed = TRUE)
as_copy <- function(column) {
    text <- if (inherits(column, "POSIXct")) format(column, "%Y-%m-%d %H:%M:%S")
        else if (inherits(column, "Date")) format(column, "%Y-%m-%d")
        else if (is.integer(column)) as.character(column)
        else if (is.numeric(column)) sprintf("%.17g", column)
        else escaped(enc2utf8(as.character(column)))
    ifelse(is.na(column), "\\N", text)
}

views <- dbGetQuery(connection, "select table_name from information_schema.tables where table_schema = 'mo_dashboard' order by 1")$table_name
for (view in views) {
    name <- if (arguments[1] == "RPostgres") DBI::Id(schema = "mo_dashboard", table = view) else c("mo_dashboard", view)
    if (dbExistsTable(connection, name)) fact("exists", view)
    rows <- dbReadTable(connection, name)
    for (column in names(rows)) fact("class", view, column, class(rows[[column]])[1])
    out <- file(file.path(folder, "rows", paste0(view, ".tsv")), "w", encoding = "UTF-8")
    writeLines(paste(names(rows), collapse = "\t"), out, useBytes = TRUE)
    if (nrow(rows) > 0) writeLines(do.call(paste, c(unname(lapply(rows, as_copy)), sep = "\t")), out, useBytes = TRUE)
    close(out)
}
# what an analyst does next: a figure by organisation, without turning anything into a number first
board <- dbReadTable(connection, if (arguments[1] == "RPostgres") DBI::Id(schema = "mo_dashboard", table = "fact_kpi") else c("mo_dashboard", "fact_kpi"))
own <- board[board$org_code == "U99001" & !is.na(board$value), ]
latest <- own[own$month_start == max(own$month_start), ]
for (i in seq_len(nrow(latest))) fact("latest", latest$kpi_id[i], sprintf("%.17g", latest$numerator[i]))
invisible(dbDisconnect(connection))
