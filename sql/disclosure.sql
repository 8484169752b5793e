-- Small numbers
-- NHS England's rule for HES: 1 to 7 hidden, others to the nearest 5, zeros stay
select n, mo.suppress_count(n, hide_from => 1, hide_to => 7, round_to => 5), mo.suppress_count(n, 1, 7) as not_rounded
from unnest('{0,1,7,8,12,13,1002}'::int[]) n;
-- halves go up; zeros can be hidden too; not rounding
select mo.suppress_count(15, 1, 7, 10) as half_up, mo.suppress_count(0, 0, 7, 5) is null as zero_hidden, mo.suppress_count(13, 1, 7, 1) as unrounded;
-- what is missing hides
select mo.suppress_count(null, 1, 7, 5) is null and mo.suppress_count(100, null, 7, 5) is null and mo.suppress_count(100, 1, null) is null as missing;
-- the groups of a published total: one small count, two, ties, only zeros otherwise, all, none, unknown
create temp table cell (grp text, org text, n int);
insert into cell values
    ('1 one small', 'a', 3), ('1 one small', 'b', 40), ('1 one small', 'c', 12), ('1 one small', 'd', 0),
    ('2 two small', 'a', 4), ('2 two small', 'b', 5), ('2 two small', 'c', 12),
    ('3 sum too small', 'a', 2), ('3 sum too small', 'b', 5), ('3 sum too small', 'c', 12), ('3 sum too small', 'd', 13),
    ('4 ties', 'a', 3), ('4 ties', 'b', 12), ('4 ties', 'c', 12), ('4 ties', 'd', 40),
    ('5 zeros', 'a', 3), ('5 zeros', 'b', 0), ('5 zeros', 'c', 0),
    ('6 top of the rule', 'a', 7), ('6 top of the rule', 'b', 7), ('6 top of the rule', 'c', 30), ('6 top of the rule', 'd', 50),
    ('7 none', 'a', 0), ('7 none', 'b', 8),
    ('8 unknown', 'a', 3), ('8 unknown', 'b', null), ('8 unknown', 'c', 20), ('8 unknown', 'd', 30);
select grp, org, n, mo.hidden_with_siblings(n, 1, 7) over w as hidden, mo.total_discloses(n, 1, 7) over w as total_hidden
from cell window w as (partition by grp) order by grp, org;
-- order and frame make no difference
select count(*) from (
    select mo.hidden_with_siblings(n, 1, 7) over (partition by grp) is distinct from
        mo.hidden_with_siblings(n, 1, 7) over (partition by grp order by n desc rows current row) as differs from cell) t where differs;
-- hiding zeros as well, and a missing bound hides all
select n, mo.hidden_with_siblings(n, 0, 7) over () as zeros_too, mo.hidden_with_siblings(n, null, 7) over () as no_rule,
    mo.total_discloses(n, 1, null) over () as no_rule_total
from unnest('{0,9,100,200}'::int[]) n;
-- counts beyond an integer
select mo.hidden_with_siblings(n, 1, 7) over () from unnest('{1,9223372036854775807,9223372036854775807}'::bigint[]) n;
-- refused
select mo.suppress_count(-1, 1, 7, 5);
select mo.suppress_count(1, 7, 1, 5);
select mo.suppress_count(1, -1, 7, 5);
select mo.suppress_count(1, 1, 7, 0);
select mo.suppress_count(3000000000, 1, 7, 5);
select mo.suppress_count(2147483647, 1, 7, 2147483646);
select mo.suppress_count(2147483647, 1, 7, 5);
select mo.hidden_with_siblings(-1, 1, 7) over ();
select mo.hidden_with_siblings(1, 7, 1) over ();
select mo.hidden_with_siblings(1, 1, i) over () from generate_series(7, 8) i;
