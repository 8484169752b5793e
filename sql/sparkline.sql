-- Sparklines
select mo.sparkline(v order by i) from unnest('{0,1,2,3,4,5,6,7,8}'::float8[]) with ordinality t (v, i);
-- the last twelve of twenty, and the order is the caller's
select mo.sparkline(i order by i) as rising, mo.sparkline(i order by i desc) as falling from generate_series(1, 20) i;
-- a gap takes a place; no change is mid-height; one value
select quote_literal(mo.sparkline(v order by i)) as gaps from unnest('{null,1,null,3,2,null}'::float8[]) with ordinality t (v, i);
select mo.sparkline(5) as flat from generate_series(1, 4);
select mo.sparkline(-3) as one;
-- nothing to draw
select mo.sparkline(null) is null as all_null, count(*) from generate_series(1, 3);
select mo.sparkline(v order by i) is null as last_twelve_null from (select i, case when i = 1 then 1.0 end as v from generate_series(1, 13) i) t;
select mo.sparkline(1) is null as empty from generate_series(1, 0);
-- the ends of the range
select mo.sparkline(v order by v) from unnest('{-1.7e308,0,1.7e308}'::float8[]) v;
-- never more than twelve characters
select max(length(s)) from (select mo.sparkline(i % 7 order by i) as s from generate_series(1, 300) i group by i % 5) t;
-- as a moving frame
select i, mo.sparkline(i * i) over (order by i rows 3 preceding) from generate_series(1, 6) i;
-- parts put together, the second after the first: shorter, longer, empty
select mo.sparkline_final(mo.sparkline_combine(a, b)) as both_parts
from (select mo.sparkline_accum(mo.sparkline_accum('{0,0,0,0,0,0,0,0,0,0,0,0,0,0}', 1), null) as a,
    mo.sparkline_accum('{0,0,0,0,0,0,0,0,0,0,0,0,0,0}', 2) as b) t;
-- refused
select mo.sparkline('NaN');
select mo.sparkline('infinity');
select mo.sparkline_final('{1,2}');
select mo.sparkline_final('{0.5,0,0,0,0,0,0,0,0,0,0,0,0,0}');
select mo.sparkline_final('{1e300,0,0,0,0,0,0,0,0,0,0,0,0,0}');
select mo.sparkline_final('{NaN,0,0,0,0,0,0,0,0,0,0,0,0,0}');
select mo.sparkline_accum('{1,4096,0,0,0,0,0,0,0,0,0,0,0,0}', 1);
select mo.sparkline_final('{1,0,NaN,0,0,0,0,0,0,0,0,0,0,0}');
