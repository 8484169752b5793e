-- Twins of rolling attainment: the best plain SQL we know (a word of months a patient, shifts, conditional sums), and, on fewer
-- patients, EXISTS day by day for every patient and month end. 36 months from April 2023.
\ir harness.psql

-- Patient numbers are dense below 10,000 and scattered above. Days favour the ends of months.
create table twin.patient as
    select i as id, case when i <= 10000 then i else 1000003 + (i * 104729) % 2000000000 end::int as patient from generate_series(1, 12000) i;
create function twin.some_day() returns date
language sql volatile
as $$
    select case when random() < 0.3 then (date_trunc('month', day) + interval '1 month')::date + floor(random() * 3)::int - 2 else day end
    from (select date '2021-06-01' + floor(random() * 1900)::int as day) d
$$;
create table twin.event as
    select 1 + floor(random() * 12000)::int as id, twin.some_day() as day from generate_series(1, 120000);
update twin.event set day = '2024-02-29' where random() < 0.01;
update twin.event set day = null where random() < 0.01;
update twin.event set day = 'infinity' where random() < 0.002;
update twin.event set day = '-infinity' where random() < 0.002;
create table twin.member as -- cohort spells, some overlapping, some empty, some without a beginning or an end
    select 1 + floor(random() * 11000)::int as id, twin.some_day() as valid_from,
        case when random() < 0.6 then twin.some_day() end as valid_to from generate_series(1, 14000);
update twin.member set valid_from = null where random() < 0.02;
create table twin.registration as -- some patients with two or three at once
    select 1 + floor(random() * 12000)::int as id, floor(random() * 97)::int - 40 as organisation, twin.some_day() as registered_from,
        case when random() < 0.5 then twin.some_day() end as registered_to from generate_series(1, 16000);
update twin.registration set registered_from = '-infinity' where random() < 0.05;
update twin.registration set registered_from = null where random() < 0.02;
update twin.registration set registered_to = 'infinity' where random() < 0.05;
insert into twin.registration select id, organisation + 1, registered_from, registered_to from twin.registration where random() < 0.03;
alter table twin.event add patient int;
update twin.event e set patient = p.patient from twin.patient p where p.id = e.id;
update twin.event set patient = null where random() < 0.002;
alter table twin.member add patient int;
update twin.member m set patient = p.patient from twin.patient p where p.id = m.id;
alter table twin.registration add patient int;
update twin.registration r set patient = p.patient from twin.patient p where p.id = r.id;
create table twin.month as
    select m::date as month, (m + interval '1 month - 1 day')::date as month_end, (m - interval '11 months')::date as window_start,
        mo.financial_year_start(m::date) as year_start
    from generate_series(date '2023-04-01', date '2026-03-01', interval '1 month') m;
create table twin.event_month_set as
    select mo.month_index(day) as month_index, array_agg(distinct patient order by patient) as patients
    from twin.event where isfinite(day) and patient is not null group by 1;
create table twin.registration_set as -- some parts ascending, some in no order
    select part, array_agg(patient order by place, registered_from desc) as patients, array_agg(organisation order by place, registered_from desc) as organisations,
        array_agg(registered_from order by place, registered_from desc) as registered_from, array_agg(registered_to order by place, registered_from desc) as registered_to
    from (select *, patient % 90 as part, case when patient % 2 = 0 then patient else random() * 2000000000 end as place
        from twin.registration where registered_from is not null and patient is not null) r group by part;
create index on twin.event (patient, day);
create index on twin.member (patient);
vacuum analyze;

create view twin.ours as
    select c.*
    from (select mo.event_months(patient, day, mo.events_from('2023-04-01'), '2026-03-01') as months from twin.event) event,
        (select mo.spell_months(patient, valid_from, valid_to, '2023-04-01', '2026-03-01') as months from twin.member) cohort,
        (select mo.registered_spells(patient, organisation, registered_from, registered_to) as spells from twin.registration) registered,
        mo.attainment_cells(events => event.months, cohort => cohort.months, registrations => registered.spells,
            from_month => '2023-04-01', to_month => '2026-03-01', window_months => 12) c;
create table twin.event_month_bits as select month_index, mo.patient_bits(patients) as patients from (
    select mo.month_index(day) as month_index, array_agg(patient) as patients
    from twin.event where isfinite(day) and patient < 200000 group by 1) s;
create view twin.ours_from_sets as
    select c.*
    from (select mo.event_month_sets(month_index, patients, mo.events_from('2023-04-01'), '2026-03-01') as months from twin.event_month_set) event,
        (select mo.spell_months(patient, valid_from, valid_to, '2023-04-01', '2026-03-01') as months from twin.member) cohort,
        (select mo.registered_spells(patient, organisation, registered_from, registered_to) as spells from twin.registration) registered,
        mo.attainment_cells(events => event.months, cohort => cohort.months, registrations => registered.spells,
            from_month => '2023-04-01', to_month => '2026-03-01') c;

-- Best plain SQL. Bit 0 is May 2022. Masks are taken by case, not by greatest() and least(), which leave nulls out of account;
-- offset 0 keeps the shifts from being repeated in every sum. A later registration takes its months from the others.
create function twin.bit_of(day date) returns int
language sql immutable
as $$ select (date_part('year', day) * 12 + date_part('month', day))::int - (2022 * 12 + 5) $$;
create function twin.mask(valid_from date, valid_to date) returns bigint
language sql immutable
as $$
    select case
        when valid_from is null or valid_from = 'infinity' or valid_to <= valid_from then 0
        else ((1::bigint << case when valid_to is null or valid_to = 'infinity' or twin.bit_of(valid_to) > 47 then 47
                when twin.bit_of(valid_to) < 0 then 0 else twin.bit_of(valid_to) end) - 1)
            & ~((1::bigint << case when valid_from = '-infinity' or twin.bit_of(valid_from) < 11 then 11
                when twin.bit_of(valid_from) > 47 then 47 else twin.bit_of(valid_from) end) - 1)
    end
$$;
create function twin.plain_sql() returns table (organisation int, month date, cohort bigint, attained bigint, year_to_date bigint, in_month bigint)
language plpgsql
as $$
declare
    sums text := '';
begin
    for k in 11 .. 46 loop
        sums := sums || format(', sum((mine >> %1$s) & 1), sum((mine & smeared) >> %1$s & 1), '
            || 'sum(case when events & %2$s <> 0 then (mine >> %1$s) & 1 end), sum((mine & events) >> %1$s & 1)',
            k, (1::bigint << (k + 1)) - (1::bigint << (k - (k - 11) % 12)));
    end loop;
    return query execute $q$
        with by_organisation as (
            select organisation, array[$q$ || substr(sums, 2) || $q$] as cells
            from (
                select r.organisation, r.mine & c.held as mine, e.events, e.smeared
                from (
                    select organisation, patient, mask & ~coalesce(bit_or(mask) over (partition by patient
                        order by registered_from desc, organisation, mask rows between unbounded preceding and 1 preceding), 0) as mine
                    from (select *, twin.mask(registered_from, registered_to) as mask from twin.registration
                        where registered_from is not null offset 0) m offset 0
                ) r
                join (select patient, bit_or(twin.mask(valid_from, valid_to)) as held from twin.member group by patient) c using (patient)
                left join (
                    select patient, events, smeared | (smeared << 4) as smeared
                    from (select patient, events, w | (w << 4) as smeared
                        from (select patient, events, w | (w << 2) as w
                            from (select patient, events, events | (events << 1) as w
                                from (select patient, bit_or(1::bigint << twin.bit_of(day)) as events
                                    from twin.event where day >= '2022-05-01' and day < '2026-04-01' group by patient offset 0) w0
                            offset 0) w1 offset 0) w2 offset 0) w3 offset 0
                ) e using (patient) offset 0
            ) z group by organisation
        )
        select organisation, (date '2023-04-01' + make_interval(months => k))::date, coalesce(cells[4 * k + 1], 0)::bigint,
            coalesce(cells[4 * k + 2], 0)::bigint, coalesce(cells[4 * k + 3], 0)::bigint, coalesce(cells[4 * k + 4], 0)::bigint
        from by_organisation, generate_series(0, 35) k $q$;
end $$;

create table twin.plain as select * from twin.plain_sql();
create table twin.serial as select * from twin.ours;
select twin.ok(count(*) = 97 * 36 + 36 and sum(cohort) > 50000 and sum(attained) > 10000 and sum(attained_in_month) > 1000, 'there is something to count')
from twin.serial;
select twin.no_rows($$
    select s.organisation, s.month, s.cohort, p.cohort, s.attained, p.attained, attained_year_to_date, year_to_date, attained_in_month, in_month
    from twin.serial s full join twin.plain p using (organisation, month)
    where (s.cohort, s.attained, attained_year_to_date, attained_in_month) is distinct from (p.cohort, p.attained, year_to_date, in_month)
        and not (p.organisation is null and s.cohort = 0 and s.attained = 0) $$, 'rows: equal to plain SQL with months as bits');
select twin.no_rows('(table twin.serial except table twin.ours_from_sets) union all (table twin.ours_from_sets except table twin.serial)',
    'sets of patients a month give the same as rows');

select twin.ok(
    (select mo.event_month_bits(month_index, patients, mo.events_from('2023-04-01'), '2026-03-01')::text from twin.event_month_bits)
    = (select mo.event_months(patient, day, mo.events_from('2023-04-01'), '2026-03-01')::text from twin.event where patient < 200000),
    'sets as bits give the same as rows');
select twin.ok(
    (select mo.event_months(patient, day, mo.events_from('2023-04-01'), '2026-03-01')::text from twin.event
        where mo.has_patient((select mo.registered_patient_bits(mo.registered_spells(patient, organisation, registered_from, registered_to)) from twin.registration
            where patient < 200000), patient))
    = (select mo.event_months(patient, day, mo.events_from('2023-04-01'), '2026-03-01')::text from twin.event
        where patient in (select r.patient from twin.registration r where patient < 200000 and registered_from < coalesce(registered_to, 'infinity'))),
    'has_patient leaves out who is not registered, as IN does');
select twin.no_rows($$
    select b.month_index from twin.event_month_bits b join twin.event_month_set s using (month_index)
    where bit_count(b.patients) <> (select count(*) from unnest(s.patients) p where p < 200000)
        or exists (select from unnest(s.patients) p where p < 200000 and get_bit(b.patients, p) = 0) $$, 'patient_bits by get_bit and bit_count');

-- EXISTS, day by day: every patient up to 1,500 and every month end
create table twin.naive as
    with placed as (
        select distinct on (r.patient, m.month) r.patient, m.month, month_end, window_start, year_start, r.organisation
        from twin.registration r join twin.month m on r.registered_from <= month_end and (r.registered_to is null or month_end < r.registered_to)
        where r.id <= 1500 and exists (
            select from twin.member c
            where c.patient = r.patient and c.valid_from <= month_end and (c.valid_to is null or month_end < c.valid_to))
        order by r.patient, m.month, r.registered_from desc, r.organisation
    )
    select organisation, month, count(*) as cohort,
        count(*) filter (where exists (select from twin.event e where e.patient = p.patient and day between window_start and month_end)) as attained,
        count(*) filter (where exists (select from twin.event e where e.patient = p.patient and day between year_start and month_end)) as year_to_date,
        count(*) filter (where exists (select from twin.event e where e.patient = p.patient and day between month and month_end)) as in_month
    from placed p group by organisation, month;
create table twin.few as
    select c.*
    from (select mo.event_months(patient, day, '2020-01-15', '2026-05-31') as months from twin.event where id <= 1500) event,
        (select mo.spell_months(patient, valid_from, valid_to, '2023-01-31', '2026-03-01') as months from twin.member where id <= 1500) cohort,
        (select mo.registered_spells(patient, organisation, registered_from, registered_to) as spells from twin.registration where id <= 1500) registered,
        mo.attainment_cells(events => event.months, cohort => cohort.months, registrations => registered.spells,
            from_month => '2023-04-30', to_month => '2026-03-01') c;
select twin.no_rows($$
    select f.*, n.* from twin.few f full join twin.naive n using (organisation, month)
    where (f.cohort, f.attained, attained_year_to_date, attained_in_month)
        is distinct from (coalesce(n.cohort, 0), coalesce(n.attained, 0), coalesce(year_to_date, 0), coalesce(in_month, 0)) $$,
    'equal to EXISTS for every patient and month end, with more months packed than needed');

-- Everyone registered, other windows, one month
select twin.no_rows($$
    select organisation, c.month, c.cohort, n.cohort, c.attained, n.attained
    from (select mo.event_months(patient, day, '2022-05-01', '2025-02-01') as months from twin.event) event,
        (select mo.registered_spells(patient, organisation, registered_from, registered_to) as spells from twin.registration) registered,
        mo.attainment_cells(events => event.months, registrations => registered.spells, from_month => '2025-02-01', to_month => '2025-02-01',
            window_months => 3) c
    left join (
        select organisation, count(*) as cohort,
            count(*) filter (where exists (select from twin.event e where e.patient = r.patient and day between '2024-12-01' and '2025-02-28')) as attained
        from (select distinct on (patient) patient, organisation from twin.registration
            where registered_from <= '2025-02-28' and (registered_to is null or '2025-02-28' < registered_to)
            order by patient, registered_from desc, organisation) r
        group by organisation) n using (organisation)
    where c.cohort <> coalesce(n.cohort, 0) or c.attained <> coalesce(n.attained, 0) $$, 'everyone registered, one month, a window of 3');

-- Grouped: a value for each group; the groups' counts add up where patients are apart
select twin.no_rows($$
    select organisation, month, sum(cell.cohort), sum(attained), sum(attained_year_to_date), sum(attained_in_month)
    from (select id % 7 as grp, mo.event_months(patient, day, mo.events_from('2023-04-01'), '2026-03-01') as events from twin.event group by 1) e
    join (select id % 7 as grp, mo.spell_months(patient, valid_from, valid_to, '2023-04-01', '2026-03-01') as cohort from twin.member group by 1) c using (grp)
    join (select id % 7 as grp, mo.registered_spells(patient, organisation, registered_from, registered_to) as spells from twin.registration group by 1) r
        using (grp),
        mo.attainment_cells(events, c.cohort, spells, '2023-04-01', '2026-03-01') cell
    group by organisation, month
    except table twin.serial $$, 'grouped by patients apart: the groups add up');

-- Moving frame: the distinct patients of the last 100 rows
create table twin.frame as select row_number() over () as n, patient, day from (select * from twin.event limit 3000) e;
select twin.no_rows($$
    select * from (
        select n, mo.patients(mo.event_months(patient, day, '2020-01-01', '2030-01-01') over (order by n rows 99 preceding)) as ours,
            (select count(distinct f.patient) from twin.frame f where f.n between w.n - 99 and w.n and isfinite(f.day)) as expected
        from twin.frame w) x
    where ours <> expected $$, 'moving frame');

call twin.encourage_parallel();
select twin.is_parallel('select mo.event_months(patient, day, ''2022-05-01'', ''2026-03-01'') from twin.event', 'event_months');
select twin.is_parallel('select mo.registered_spells(patient, organisation, registered_from, registered_to) from twin.registration', 'registered_spells');
select twin.is_parallel('select mo.spell_months(patient, valid_from, valid_to, ''2022-05-01'', ''2026-03-01'') from twin.member', 'spell_months');
select twin.is_parallel('select mo.event_month_sets(month_index, patients, ''2022-05-01'', ''2026-03-01'') from twin.event_month_set', 'event_month_sets');
select twin.no_rows('(table twin.ours except table twin.serial) union all (table twin.serial except table twin.ours)', 'parallel equals serial');
select twin.no_rows('(table twin.ours_from_sets except table twin.serial)', 'parallel sets equal serial rows');

-- Unequal partners, in either order, and with themselves
create table twin.part as
    select (id = 1)::int as small, mo.event_months(patient, day, '2022-05-01', '2026-03-01') as months from twin.event group by 1;
select twin.ok(mo.patient_months_combine(a.months, b.months)::text = whole.months::text
    and mo.patient_months_combine(b.months, a.months)::text = whole.months::text
    and mo.patient_months_combine(whole.months, b.months)::text = whole.months::text, 'combining unequal parts, in either order')
from twin.part a, twin.part b, (select mo.event_months(patient, day, '2022-05-01', '2026-03-01') as months from twin.event) whole
where a.small = 0 and b.small = 1;
select twin.ok(mo.patient_spells_combine(a.spells, b.spells)::text = whole.spells::text
    and mo.patient_spells_combine(b.spells, whole.spells)::text = whole.spells::text, 'combining spells')
from (select mo.registered_spells(patient, organisation, registered_from, registered_to) as spells from twin.registration where id = 1) a,
    (select mo.registered_spells(patient, organisation, registered_from, registered_to) as spells from twin.registration where id <> 1) b,
    (select mo.registered_spells(patient, organisation, registered_from, registered_to) as spells from twin.registration) whole;
select twin.ok(
    (select mo.registered_spell_sets(patients, organisations, registered_from, registered_to)::text from twin.registration_set)
    = (select mo.registered_spells(patient, organisation, registered_from, registered_to)::text from twin.registration), 'registrations as arrays');
select twin.is_parallel('select mo.event_month_bits(month_index, patients, ''2022-05-01'', ''2026-03-01'') from twin.event_month_bits', 'event_month_bits');
select twin.is_parallel('select mo.registered_spell_sets(patients, organisations, registered_from, registered_to) from twin.registration_set',
    'registered_spell_sets');
select twin.ok(bool_and(months::text::mo.patient_months::text = months::text), 'text in and out') from twin.part;
create temp table copied (months mo.patient_months, spells mo.patient_spells);
create temp table original as
    select months, (select mo.registered_spells(patient, organisation, registered_from, registered_to) from twin.registration) as spells from twin.part;
\setenv MO_FILE `mktemp`
\copy original to program 'cat > $MO_FILE' with (format binary)
\copy copied from program 'cat $MO_FILE; rm $MO_FILE' with (format binary)
select twin.ok(count(*) = 2 and bool_and(c.months::text in (select months::text from original) and c.spells::text = o.spells::text), 'binary in and out')
from copied c, (select spells from original limit 1) o;

-- Months without those of others and the union of parts, against sets of (patient, month)
create table twin.odd as
    select patient, day, id % 3 as third, patient > 0 and isfinite(day) and day >= '2022-05-01' and day < '2026-04-01' as counts from twin.event;
create view twin.left_over as
    select mo.months_without(a.months, b.months) as months
    from (select mo.event_months(patient, day, '2022-05-01', '2026-03-01') as months from twin.odd where third = 0) a,
        (select mo.event_months(patient, day, '2022-05-01', '2026-03-01') as months from twin.odd where third = 1) b;
select twin.ok((select months::text from twin.left_over) = (
    select mo.event_months(patient, month, '2022-05-01', '2026-03-01')::text from (
        select patient, date_trunc('month', day)::date as month from twin.odd where third = 0 and counts
        except select patient, date_trunc('month', day)::date from twin.odd where third = 1 and counts) x), 'months without those of others');
select twin.ok(mo.months_union(months)::text = (select mo.event_months(patient, day, '2022-05-01', '2026-03-01')::text from twin.odd), 'union of thirds')
from (select third, mo.event_months(patient, day, '2022-05-01', '2026-03-01') as months from twin.odd group by third) t;

-- held months: each event one by one with each month end
create table twin.event_set as
    select id % 40 as part, array_agg(patient) as patients, array_agg(day) as days from twin.event where patient > 0 and day is not null group by 1;
create view twin.held as
    select s.months, s.days, mo.held_months(e.patients, e.days, s.months, s.days, '2022-05-01', '2026-03-01') as held
    from twin.event_set e cross join (values (0, 0), (3, 0), (12, 14), (0, 84), (1, 30)) s (months, days) group by 1, 2;
select twin.ok(h.held::text = (
    select mo.event_months(x.patient, x.month_end, '2022-05-01', '2026-03-01')::text
    from (
        select distinct e.patient, mo.month_end(m::date) as month_end
        from twin.event e
            join generate_series('2022-05-01'::timestamp, '2026-03-01', '1 month') m on e.day <= mo.month_end(m::date)
                and (e.day + make_interval(months => h.months, days => h.days))::date >= mo.month_end(m::date)
        where e.patient > 0 and isfinite(e.day)) x), format('events that hold %s months and %s days', h.months, h.days))
from twin.held h;
select twin.is_parallel('select mo.held_months(patients, days, 3, 0, ''2022-05-01'', ''2026-03-01'') from twin.event_set', 'held_months');

-- events by patient: as ORDER BY has them
select twin.ok(count(*) filter (where o.patients is distinct from x.patients or o.days is distinct from x.days) = 0 and count(*) = 40, 'events by patient, then by day')
from twin.event_set e cross join lateral mo.events_by_patient(e.patients, e.days) o
    cross join lateral (
        select array_agg(u.patient order by u.patient, u.day) as patients, array_agg(u.day order by u.patient, u.day) as days
        from unnest(e.patients, e.days) u (patient, day)) x;

select twin.ok(mo.event_months(patient, day, '2024-01-01', '2024-01-01') is null, 'empty input gives null') from twin.event where false;
select twin.ok(mo.patients(mo.event_months(null, day, '2024-01-01', '2024-01-01')) = 0, 'all nulls give no patients') from twin.event;
select twin.ok(mo.patients(mo.event_months(1, '2024-01-31', '2024-01-01', '2024-01-01')) = 1, 'one row');
select '1..' || last_value from twin.checks;
