-- The review cohorts counted by the extension in one pass over members, registrations and events, for the totals of the two SMR KPIs.
create or replace function mo_data.smr_cell_has_whole() returns boolean
language sql stable parallel safe
set search_path = pg_catalog, pg_temp
as $$
    select count(distinct k.attained_by) <= 1 from mo_data.smr_cohort k
$$;
comment on function mo_data.smr_cell_has_whole() is
    'Whether all review cohorts that are counted are attained by the same code set, so that mo_data.smr_cell can count them together.';
revoke all on function mo_data.smr_cell_has_whole() from public;

-- PL/pgSQL, so that each query is planned for the codes, cohorts and months it is asked for.
create or replace function mo_data.smr_cell(from_month date, to_month date, practices text[], spells mo.patient_spells)
returns table (practice_code text, month date, cohort_code text, patients integer, attained integer, attained_year_to_date integer,
    attained_in_month integer)
language plpgsql stable parallel safe
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set enable_nestloop = off  -- members and cells are many, and met by hash joins at every size
set enable_mergejoin = off
set jit = off
as $$
#variable_conflict use_column
declare
    cohorts text[] := array(select k.cohort_code from mo_data.smr_cohort k);
    events mo.patient_months;
    codes text[];
    chunk_from date := smr_cell.from_month;
    chunk_to date;
    counted record;
begin
    while chunk_from <= smr_cell.to_month loop  -- the extension counts at most 192 months at once, those looked back on included
        chunk_to := least((chunk_from + interval '119 months')::date, smr_cell.to_month);
        for counted in  -- each code set with its cohorts, and with all of them together where there is no other code set
            select k.attained_by, array_agg(k.cohort_code) as cohort_codes, mo_data.smr_cell_has_whole() as has_whole
            from mo_data.cohort k where k.cohort_code = any (cohorts) group by k.attained_by
        loop
            codes := array(select s.code from mo_data.code_set s where s.code_set = counted.attained_by and s.is_on);
            select mo.event_month_sets(mo.month_index(e.month), e.patients, mo.events_from(chunk_from), chunk_to) into events
            from mo_data.event_month_sets(codes, mo.events_from(chunk_from), chunk_to) e;
            return query
                with each_cohort as materialized (
                    select c.cohort_code, mo.spell_months(c.patient_key, c.member_from, least(c.member_to, d.died_on), chunk_from, chunk_to) as months
                    from mo_data.cohort k
                        join mo_data.cohort_member c on c.cohort_code = k.cohort_code
                        left join (select p.patient_key, p.died_on from mo_data.patient p where p.died_on <= mo.month_end(chunk_to)) d
                            on d.patient_key = c.patient_key
                    where k.cohort_code = any (counted.cohort_codes) and c.member_from <= mo.month_end(chunk_to)
                        and (c.member_to is null or c.member_to > mo.month_end(chunk_from))
                    group by c.cohort_code
                ), member as (
                    select c.cohort_code, c.months from each_cohort c
                    union all
                    select null, mo.months_union(c.months) from each_cohort c having counted.has_whole
                ), placed as materialized (
                    select distinct p.number, p.practice_code, e.month_end
                    from unnest(practices) with ordinality p (practice_code, number)
                        join mo_data.practice_membership o on o.practice_code = p.practice_code
                        join unnest(mo_data.month_ends(chunk_from, chunk_to)) e (month_end)
                            on o.valid_from <= e.month_end and (o.valid_to is null or o.valid_to > e.month_end)
                )
                select p.practice_code, cell.month, m.cohort_code, cell.cohort, cell.attained, cell.attained_year_to_date, cell.attained_in_month
                from member m
                    cross join lateral mo.attainment_cells(events => events, cohort => m.months, registrations => spells,
                        from_month => chunk_from, to_month => chunk_to) cell
                    join placed p on p.number = cell.organisation and p.month_end = mo.month_end(cell.month)
                where cell.cohort > 0;
        end loop;
        chunk_from := (chunk_from + interval '120 months')::date;
    end loop;
end $$;
comment on function mo_data.smr_cell(date, date, text[], mo.patient_spells) is
    'Patients of each review cohort that is counted (mo_data.smr_cohort), by practice and month end, and how many of them had an attaining event in 12 '
    'months, since 1 April and in the month: the same patients as mo_data.cohort_patient_at_month_end. Cohort null: all of them '
    'together, each patient once; these rows are missing where not all cohorts are attained by the same code set. Cells without '
    'patients are left out. Practices and spells are those of mo_data.registration_spells().';
revoke all on function mo_data.smr_cell(date, date, text[], mo.patient_spells) from public;
