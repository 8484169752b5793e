-- Small numbers: primary suppression, rounding, and secondary suppression within a group whose total is published.

create function mo.suppress_count(
    n pg_catalog.int8, hide_from pg_catalog.int4, hide_to pg_catalog.int4, round_to pg_catalog.int4 default null)
    returns pg_catalog.int4 language c immutable parallel safe cost 2
    as 'MODULE_PATHNAME', 'mo_suppress_count';
comment on function mo.suppress_count(pg_catalog.int8, pg_catalog.int4, pg_catalog.int4, pg_catalog.int4) is
    'A count that may be published: null from hide_from to hide_to (both included), otherwise rounded to the nearest round_to, '
    'halves up: mo.suppress_count(n, hide_from => 1, hide_to => 7, round_to => 5). Zeros stay, unless hide_from is 0. round_to null '
    'or 1 does not round. A null count or bound gives null. Negative counts, bounds out of order and round_to below 1 are refused.';

create function mo.hidden_with_siblings(n pg_catalog.int8, hide_from pg_catalog.int4, hide_to pg_catalog.int4)
    returns pg_catalog.bool language c window immutable parallel safe
    as 'MODULE_PATHNAME', 'mo_window_hidden_with_siblings';
comment on function mo.hidden_with_siblings(pg_catalog.int8, pg_catalog.int4, pg_catalog.int4) is
    'Window function: whether the row''s count is to be hidden, for its own size (hide_from to hide_to) or so that another cannot be '
    'had by subtraction: mo.hidden_with_siblings(n, 1, 7) over (partition by kpi_id, month, pcn_code). The partition is the cells of '
    'one published total, whatever its ORDER BY and frame. The smallest shown count above 0 is hidden too, and all that equal it, '
    'until the hidden ones are two or more, add up to more than hide_to, and are not all hide_from or all hide_to. Zeros stay, '
    'unless hide_from is 0. A null count takes no part (false). A null bound hides all. The bounds are the same in the whole '
    'partition. Where the total gives a hidden count away all the same: mo.total_discloses.';

create function mo.total_discloses(n pg_catalog.int8, hide_from pg_catalog.int4, hide_to pg_catalog.int4)
    returns pg_catalog.bool language c window immutable parallel safe
    as 'MODULE_PATHNAME', 'mo_window_total_discloses';
comment on function mo.total_discloses(pg_catalog.int8, pg_catalog.int4, pg_catalog.int4) is
    'Window function: whether the total of the partition''s counts has to be hidden, because it gives a hidden count away although '
    'mo.hidden_with_siblings hid all it could: one small count among zeros, a small total, or all counts equal to hide_from or all '
    'to hide_to. Same arguments and partition as mo.hidden_with_siblings; the same answer for every row; true for a null bound.';
