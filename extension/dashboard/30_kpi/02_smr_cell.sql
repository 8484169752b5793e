-- The review cohorts counted by the extension in one pass over members, registrations and events, for the totals of the two SMR KPIs.
create or replace function mo_data.smr_cell_has_whole() returns boolean
language sql stable parallel safe
set search_path = pg_catalog, pg_temp
as $$
    select count(distinct coalesce(k.attained_by, '')) <= 1 from mo_data.cohort k where k.kind = 'smr' and k.is_on
$$;
comment on function mo_data.smr_cell_has_whole() is
    'Whether all review cohorts that are switched on are attained by the same code set, so that mo_data.smr_cell can count them together.';
revoke all on function mo_data.smr_cell_has_whole() from public;

-- PL/pgSQL, so that each query is planned for the codes, cohorts and months it is asked for.
create or replace function mo_data.smr_cell(from_month date, to_month date)
returns table (practice_code text, month date, cohort_code text, patients integer, attained integer, attained_year_to_date integer,
    attained_in_month integer)
language plpgsql stable parallel safe
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
as $$
#variable_conflict use_column
declare
    cohorts text[] := array(select k.cohort_code from mo_data.cohort k where k.kind = 'smr' and k.is_on);
    practices text[];
    spells mo.patient_spells;
    events mo.patient_months;
    members mo.patient_months;
    codes text[];
    chunk_from date := smr_cell.from_month;
    chunk_to date;
    counted record;
begin
    -- ascending with the code: of two registrations that began together the lower counts
    practices := array(
        select d.practice_code from (
            select distinct r.practice_code from mo_data.registration r
            where r.patient_key in (select c.patient_key from mo_data.cohort_member c where c.cohort_code = any (cohorts))) d
        order by d.practice_code collate "C");
    select mo.registered_spells(r.patient_key, p.number::integer, r.registered_from, r.registered_to) into spells
    from mo_data.registration r join unnest(practices) with ordinality p (practice_code, number) on p.practice_code = r.practice_code
    where r.patient_key in (select c.patient_key from mo_data.cohort_member c where c.cohort_code = any (cohorts));

    while chunk_from <= smr_cell.to_month loop  -- the extension counts at most 192 months at once, those looked back on included
        chunk_to := least((chunk_from + interval '119 months')::date, smr_cell.to_month);
        for counted in  -- each code set with its cohorts, and with all of them together where there is no other code set
            select k.attained_by, array_agg(k.cohort_code) as cohort_codes, mo_data.smr_cell_has_whole() as has_whole
            from mo_data.cohort k where k.cohort_code = any (cohorts) group by k.attained_by
        loop
            codes := array(select s.code from mo_data.code_set s where s.code_set = counted.attained_by and s.is_on);
            select mo.event_months(a.patient_key, a.event_date, mo.events_from(chunk_from), chunk_to) into events
            from mo_data.activity a
            where a.code = any (codes) and a.event_date between mo.events_from(chunk_from) and mo.month_end(chunk_to)
                and coalesce(a.outcome, 'attended') = 'attended';
            for cohort_code, members in
                select c.cohort_code, mo.spell_months(c.patient_key, c.member_from, least(c.member_to, d.died_on), chunk_from, chunk_to)
                from mo_data.cohort_member c left join mo_data.patient d on d.patient_key = c.patient_key
                where c.cohort_code = any (counted.cohort_codes)
                group by grouping sets ((c.cohort_code), ())
                having counted.has_whole or grouping(c.cohort_code) = 0
            loop
                return query
                    select p.practice_code, cell.month, smr_cell.cohort_code, cell.cohort, cell.attained, cell.attained_year_to_date,
                        cell.attained_in_month
                    from mo.attainment_cells(events => events, cohort => members, registrations => spells, from_month => chunk_from,
                            to_month => chunk_to) cell
                        join unnest(practices) with ordinality p (practice_code, number) on p.number = cell.organisation
                    where cell.cohort > 0
                        and exists (
                            select from mo_data.organisation_parent o
                            where o.org_code = p.practice_code and o.valid_from <= mo.month_end(cell.month)
                                and (o.valid_to is null or o.valid_to > mo.month_end(cell.month)));
            end loop;
        end loop;
        chunk_from := (chunk_from + interval '120 months')::date;
    end loop;
end $$;
comment on function mo_data.smr_cell(date, date) is
    'Patients of each review cohort that is switched on, by practice and month end, and how many of them had an attaining event in 12 '
    'months, since 1 April and in the month: the same patients as mo_data.cohort_patient_at_month_end. Cohort null: all of them '
    'together, each patient once; these rows are missing where not all cohorts are attained by the same code set. Cells without '
    'patients are left out.';
revoke all on function mo_data.smr_cell(date, date) from public;
