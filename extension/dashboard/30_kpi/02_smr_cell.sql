-- The review cohorts counted by the extension in one pass over members, registrations and events, for the totals of the two SMR KPIs.
create or replace function mo_data.smr_cell(from_month date, to_month date)
returns table (practice_code text, month date, cohort_code text, patients integer, attained integer, attained_year_to_date integer,
    attained_in_month integer)
language sql stable parallel safe
set search_path = pg_catalog, pg_temp
as $$
    with chunk as (  -- the extension counts at most 192 months at once, those looked back on included
        select g::date as from_month, least((g + interval '119 months')::date, smr_cell.to_month) as to_month
        from generate_series(smr_cell.from_month::timestamp, smr_cell.to_month::timestamp, interval '120 months') g
    ),
    review_cohort as materialized (
        select k.cohort_code, k.attained_by from mo_data.cohort k where k.kind = 'smr' and k.is_on
    ),
    shared as (  -- the whole can be counted this way where all cohorts are attained by the same events
        select min(k.attained_by) as attained_by from review_cohort k having count(distinct coalesce(k.attained_by, '')) = 1
    ),
    member as materialized (
        select c.patient_key, c.cohort_code, c.member_from, least(c.member_to, d.died_on) as member_to
        from mo_data.cohort_member c
            join review_cohort k on k.cohort_code = c.cohort_code
            left join mo_data.patient d on d.patient_key = c.patient_key
    ),
    patient as materialized (
        select distinct m.patient_key from member m
    ),
    registration as materialized (
        select r.patient_key, r.practice_code, r.registered_from, r.registered_to
        from mo_data.registration r join patient p on p.patient_key = r.patient_key
    ),
    practice as materialized (  -- ascending with the code: of two registrations that began together the lower counts
        select d.practice_code, (row_number() over (order by d.practice_code collate "C"))::integer as number
        from (select distinct r.practice_code from registration r) d
    ),
    registered as materialized (
        select mo.registered_spells(r.patient_key, p.number, r.registered_from, r.registered_to) as spells
        from registration r join practice p on p.practice_code = r.practice_code
    ),
    in_cohort as materialized (
        select h.from_month, h.to_month, m.cohort_code, mo.spell_months(m.patient_key, m.member_from, m.member_to, h.from_month, h.to_month) as months
        from chunk h cross join member m
        group by grouping sets ((h.from_month, h.to_month, m.cohort_code), (h.from_month, h.to_month))
    ),
    event as materialized (
        select h.from_month, s.code_set, mo.event_months(a.patient_key, a.event_date, mo.events_from(h.from_month), h.to_month) as months
        from chunk h
            cross join mo_data.code_set s
            join mo_data.activity a on a.code = s.code and a.event_date between mo.events_from(h.from_month) and mo.month_end(h.to_month)
            join patient p on p.patient_key = a.patient_key
        where s.is_on and s.code_set in (select k.attained_by from review_cohort k) and coalesce(a.outcome, 'attended') = 'attended'
        group by h.from_month, s.code_set
    ),
    counted as (
        select c.from_month, c.to_month, c.cohort_code, c.months, k.attained_by
        from in_cohort c join review_cohort k on k.cohort_code = c.cohort_code
        union all
        select c.from_month, c.to_month, null, c.months, w.attained_by
        from in_cohort c cross join shared w
        where c.cohort_code is null
    )
    select p.practice_code, cell.month, c.cohort_code, cell.cohort, cell.attained, cell.attained_year_to_date, cell.attained_in_month
    from counted c
        cross join registered r
        left join event v on v.from_month = c.from_month and v.code_set = c.attained_by
        cross join lateral mo.attainment_cells(events => v.months, cohort => c.months, registrations => r.spells,
            from_month => c.from_month, to_month => c.to_month) cell
        join practice p on p.number = cell.organisation
    where cell.cohort > 0
        and exists (
            select from mo_data.organisation_parent o
            where o.org_code = p.practice_code and o.valid_from <= mo.month_end(cell.month)
                and (o.valid_to is null or o.valid_to > mo.month_end(cell.month)))
$$;
comment on function mo_data.smr_cell(date, date) is
    'Patients of each review cohort that is switched on, by practice and month end, and how many of them had an attaining event in 12 months, since '
    '1 April and in the month: the same patients as mo_data.cohort_patient_at_month_end. Cohort null: all of them together, each patient '
    'once; these rows are missing where not all cohorts are attained by the same code set. Cells without patients are left out.';
revoke all on function mo_data.smr_cell(date, date) from public;

create or replace function mo_data.smr_cell_has_whole() returns boolean
language sql stable parallel safe
set search_path = pg_catalog, pg_temp
as $$
    select count(distinct coalesce(k.attained_by, '')) <= 1 from mo_data.cohort k where k.kind = 'smr' and k.is_on
$$;
comment on function mo_data.smr_cell_has_whole() is
    'Whether all review cohorts that are switched on are attained by the same code set, so that mo_data.smr_cell can count them together.';
revoke all on function mo_data.smr_cell_has_whole() from public;
