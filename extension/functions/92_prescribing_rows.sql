-- Rows of prescribing on their way into the layer's tables. In schema mo only this, mo.read_prescribing_file and mo.rolled_up_into write.

create function mo.store_prescribing_rows() returns pg_catalog.trigger
    language c
    set search_path = pg_catalog, pg_temp
    as 'MODULE_PATHNAME', 'mo_store_prescribing_rows';
comment on function mo.store_prescribing_rows() is
    'Trigger of the view mo_data.prescribing_rows: takes a block of rows apart, as modash makes them, checks every value, and puts the rows '
    'into the staging table of their load and month, for which the caller needs the right to insert. Refuses a damaged block as a whole.';
