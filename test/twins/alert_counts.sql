-- Twin of the counts of practices times alerts: a GROUP BY over the joined rows.
\ir harness.psql

create table twin.holiday as
    select day::date as day from generate_series(timestamp '1990-01-01', '2060-12-31', '1 day') day
    where to_char(day, 'MM-DD') in ('01-01', '12-25', '12-26') or random() < 0.015;
create table twin.holidays as select array_agg(day) as list from twin.holiday;
\ir alerts.psql
analyze;
create table twin.dimensions as
    select mo.alert_closure_dimensions(
        practice_group => (select array_agg(group_no order by practice_no) from twin.practice), alert_class => array_agg(class_no order by alert_no),
        alert_issued => array_agg(issued order by alert_no), alert_deadline => array_agg(deadline order by alert_no), as_at => '2026-01-01') as packed
    from twin.alert;
create view twin.counts_twin as
    select
        group_no, date_trunc('month', issued at time zone 'Europe/London')::date as month, class_no,
        count(*) filter (where status = 'closed_in_window') as closed_in_window, count(*) filter (where status = 'closed_late') as closed_late,
        count(*) filter (where status = 'open_in_window') as open_in_window, count(*) filter (where status = 'open_overdue') as open_overdue,
        count(*) filter (where status = 'closed_before_issue') as closed_before_issue
    from twin.fact
    where group_no is not null and class_no is not null and status not in ('no_issue_time', 'not_yet_issued')
    group by 1, 2, 3;
create view twin.counts_ours as
    select * from mo.alert_closure_table((select mo.alert_closure_counts(practice_no, alert_no, closed, (select packed from twin.dimensions)) from twin.fact));
select twin.no_rows($$ (table twin.counts_twin except table twin.counts_ours) union all (table twin.counts_ours except table twin.counts_twin) $$, 'counts, plain');
select twin.ok(count(*) > 500 and bool_and(in_order), 'counts come sorted') from (
    select (group_no, month, class_no) > lag((group_no, month, class_no)) over () is not false as in_order from twin.counts_ours) o;
-- grouped by practice, added up again
select twin.no_rows($$
    select * from (
        select (t).group_no, (t).month, (t).class_no, sum((t).closed_in_window) as a, sum((t).closed_late) as b, sum((t).open_in_window) as c, sum((t).open_overdue) as d, sum((t).closed_before_issue) as e
        from (select mo.alert_closure_table(counts) as t from (
            select mo.alert_closure_counts(practice_no, alert_no, closed, (select packed from twin.dimensions)) as counts from twin.fact group by practice_no % 7) g) s
        group by 1, 2, 3) g
    except select * from twin.counts_twin $$, 'counts, grouped');
select twin.no_rows($$
    select * from (
        select id, mo.alert_closure_counts(practice_no, alert_no, closed, (select packed from twin.dimensions)) over w as ours,
            count(*) filter (where group_no is not null and class_no is not null and status not in ('no_issue_time', 'not_yet_issued')) over w as twin
        from twin.fact where id % 100 = 0 window w as (order by id rows 5 preceding)) f
    where (select coalesce(sum(closed_in_window + closed_late + open_in_window + open_overdue + closed_before_issue), 0) from mo.alert_closure_table(ours)) <> twin $$,
    'counts, moving frame');
select twin.ok(mo.alert_closure_counts(practice_no, alert_no, closed, packed) = '{}', 'counts of no rows are empty') from twin.fact, twin.dimensions where false;
select twin.ok(mo.alert_closure_counts(null, null, null, null) = '{}', 'counts of nulls are empty') from twin.fact;
-- partners of unequal size, and a state of nothing
with part as (
    select mo.alert_closure_counts_accum(null, 1, 1, null, packed) as small,
        mo.alert_closure_counts_accum(mo.alert_closure_counts_accum(null, 2, 2, null, packed), 1, 1, '2030-01-01', packed) as large from twin.dimensions)
select twin.ok(mo.alert_closure_counts_final(mo.alert_closure_counts_combine(small, large))
        = mo.alert_closure_counts_final(mo.alert_closure_counts_combine(large, small))
    and mo.alert_closure_counts_final(mo.alert_closure_counts_combine(small, large)) <> mo.alert_closure_counts_final(large)
    and mo.alert_closure_counts_combine(small, null) = small and mo.alert_closure_counts_combine(null, small) = small
    and mo.alert_closure_counts_combine(null, null) is null, 'combine: unequal partners, nothing') from part;

create table twin.serial_counts as select * from twin.counts_ours;
call twin.encourage_parallel();
select twin.is_parallel('select mo.alert_closure_counts(practice_no, alert_no, closed, (select packed from twin.dimensions)) from twin.fact', 'counts');
select twin.no_rows($$ (table twin.counts_ours except table twin.serial_counts) union all (table twin.serial_counts except table twin.counts_ours) $$, 'counts: parallel equals serial');
select '1..' || last_value from twin.checks;
