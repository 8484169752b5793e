-- Small numbers in linked tables: which cells are hidden when many published totals say something of them.

create function mo.hidden_cells(
    counts pg_catalog.float8[], reasons pg_catalog.int2[], ceilings pg_catalog.float8[], equations pg_catalog.int4[],
    cells pg_catalog.int4[], hide_from pg_catalog.int4, hide_to pg_catalog.int4)
    returns pg_catalog.int2[] language c immutable strict parallel safe cost 10000
    as 'MODULE_PATHNAME', 'mo_hidden_cells';
comment on function mo.hidden_cells(
    pg_catalog.float8[], pg_catalog.int2[], pg_catalog.float8[], pg_catalog.int4[], pg_catalog.int4[], pg_catalog.int4, pg_catalog.int4) is
    'Secondary suppression over all published totals at once. counts: one a cell. reasons: why a cell is hidden for its own sake: '
    '0 not, 1 its count is small (hide_from to hide_to), 2 its denominator is small; 3 it is not published at all, unknown but no secret; '
    '4 it is not hidden and cannot be, being published elsewhere, too. ceilings: what readers know a count cannot exceed '
    '(the denominator of a share); null: nothing. equations and cells: one a link, saying that a cell (its number from 1, negative for '
    'the total) is in an equation "total = sum of parts". Gives one number a cell: 0 shown, 1 hidden for its own sake, 2 hidden for '
    'another''s: the smallest other part above 0 with all that equal it, else the total, last of all zeros, until no hidden cell can be '
    'told from the shown ones by subtraction, by solving all equations together, or by bounds. Parts that do not add up to their total '
    'leave a rest that nobody knows. Where all is hidden and a cell is told all the same there is nothing left to do. Nulls in other '
    'arrays than ceilings, arrays of different lengths, and numbers out of range are refused; a null argument gives null.';
