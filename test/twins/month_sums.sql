-- Twins of month_sums and roll_up: sum and GROUP BY.
\ir harness.psql

create table twin.fact as
    select i as id, case when random() < 0.01 then null else 1 + floor(random() * 300)::int end as practice_no,
        case when random() < 0.01 then null when random() < 0.005 then 'infinity' else date '2023-01-01' + floor(random() * 1500)::int end as month,
        case when random() < 0.01 then null else floor((random() - 0.2) * 1e12)::int8 end as value
    from generate_series(1, 150000) i;
create table twin.parent as
    select p as practice_no, case when random() < 0.05 then null else 1 + floor(random() * 40)::int end as pcn_no from generate_series(1, 300) p;
vacuum analyze;

create view twin.exact as
    select practice_no, mo.month_index(month) as month_index, sum(value) as value
    from twin.fact where month >= '2023-04-01' and month < '2026-04-01' and practice_no is not null group by 1, 2;
create view twin.ours as
    select 1 + (n - 1)::int % 300 as practice_no, mo.month_index('2023-04-01') + (n - 1)::int / 300 as month_index, value
    from unnest((select mo.month_sums(practice_no, month, value, 300, '2023-04-01', '2026-03-31') from twin.fact)) with ordinality u (value, n);
create table twin.serial as select * from twin.ours;
select twin.ok(count(*) = 300 * 36, 'every month and practice') from twin.serial;
select twin.no_rows('select * from twin.serial full join twin.exact e using (practice_no, month_index)
    where coalesce(serial.value, 0) <> coalesce(e.value, 0)', 'equal to GROUP BY');
select twin.no_rows($$
    select * from (select id % 7 as grp, mo.month_sums(practice_no, month, value, 300, '2024-02-01', '2024-02-01') as sums from twin.fact group by 1) o,
        unnest(o.sums) with ordinality u (value, practice_no)
    where u.value <> coalesce((select sum(f.value) from twin.fact f where f.id % 7 = o.grp and f.practice_no = u.practice_no
        and f.month between '2024-02-01' and '2024-02-29'), 0) $$, 'grouped');
select twin.no_rows($$
    select * from (
        select (mo.month_sums(1, month, value, 1, '2024-01-01', '2024-12-01') over w)[mo.month_index('2024-05-01')][1] as ours,
            sum(value) filter (where month between '2024-05-01' and '2024-05-31') over w as exact
        from twin.fact where id <= 20000 window w as (order by id rows 99 preceding)) f
    where ours <> coalesce(exact, 0) $$, 'moving frame');
select twin.no_rows($$
    with rolled as (
        select 1 + (n - 1)::int % 40 as pcn_no, mo.month_index('2023-04-01') + (n - 1)::int / 40 as month_index, value
        from unnest(mo.roll_up((select mo.month_sums(practice_no, month, value, 300, '2023-04-01', '2026-03-31') from twin.fact),
            (select array_agg(pcn_no order by practice_no) from twin.parent), 40)) with ordinality u (value, n))
    select * from rolled r left join (select pcn_no, month_index, sum(value) as exact from twin.exact join twin.parent using (practice_no) group by 1, 2) e
        using (pcn_no, month_index)
    where r.value <> coalesce(e.exact, 0) $$, 'rolled up: equal to GROUP BY');
call twin.encourage_parallel();
select twin.is_parallel('select mo.month_sums(practice_no, month, value, 300, ''2023-04-01'', ''2026-03-31'') from twin.fact', 'month_sums');
select twin.no_rows('(table twin.ours except table twin.serial) union all (table twin.serial except table twin.ours)', 'parallel equals serial');
select twin.ok(mo.month_sums_combine(a.sums, b.sums) = whole.sums and mo.month_sums_combine(b.sums, a.sums) = whole.sums, 'unequal partners, in either order')
from (select mo.month_sums(practice_no, month, value, 300, '2023-04-01', '2026-03-31') as sums from twin.fact where id = 9) a,
    (select mo.month_sums(practice_no, month, value, 300, '2023-04-01', '2026-03-31') as sums from twin.fact where id <> 9) b,
    (select mo.month_sums(practice_no, month, value, 300, '2023-04-01', '2026-03-31') as sums from twin.fact) whole;
select twin.ok(mo.month_sums(practice_no, month, value, 300, '2023-04-01', '2026-03-31') is null, 'empty input gives null') from twin.fact where false;
select twin.ok(mo.month_sums(null, month, value, 2, '2023-04-01', '2023-04-01') = '[279:279][1:2]={{0,0}}', 'all nulls give zeros') from twin.fact;
select twin.ok(mo.month_sums(2, '2023-04-30', 5, 2, '2023-04-01', '2023-04-01') = '[279:279][1:2]={{0,5}}', 'one row');
select '1..' || last_value from twin.checks;
