-- The three KPIs that are counted from registrations of cohort patients, together: registrations are made once for all, the cells of reviews once for two.
create or replace function mo_data.registered_figures(kpi_ids text[], from_months date[], to_months date[])
returns table (kpi_id text, org_code text, month date, breakdown text, numerator double precision, denominator double precision)
language plpgsql stable parallel safe
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
#variable_conflict use_column
declare
    practices text[];
    spells mo.patient_spells;
    reviews record;
    span record;
begin
    select s.practices, s.spells into practices, spells from mo_data.registration_spells() s;
    select array_agg(u.kpi_id) as kpi_ids, array_agg(u.from_month) as from_months, array_agg(u.to_month) as to_months, min(u.from_month) as from_month,
            max(u.to_month) as to_month
        into reviews
        from unnest(kpi_ids, from_months, to_months) as u (kpi_id, from_month, to_month) where u.kpi_id in ('smr_completed', 'smr_rolling_attainment');
    if reviews.kpi_ids is not null then
        return query
            with cell as materialized (
                select c.* from mo_data.smr_cell(reviews.from_month, reviews.to_month, practices, spells) c
            ), span as materialized (
                select u.* from unnest(reviews.kpi_ids, reviews.from_months, reviews.to_months) as u (kpi_id, from_month, to_month)
            ), without as materialized (
                select w.practice_code, w.month, w.part
                from span s cross join lateral mo_data.smr_without_target(s.from_month, s.to_month) w where s.kpi_id = 'smr_completed'
            )
            select s.kpi_id, f.org_code, f.month, f.breakdown, f.numerator, f.denominator
            from span s
                join (
                    select 'smr_rolling_attainment' as kpi_id, c.practice_code as org_code, c.month, c.cohort_code as breakdown,
                        c.attained::double precision as numerator, c.patients::double precision as denominator
                    from cell c
                    union all
                    select 'smr_completed', c.practice_code, c.month, c.cohort_code, c.attained_year_to_date, null from cell c
                    where not exists (select from without w where w.practice_code = c.practice_code and w.month = c.month and w.part = coalesce(c.cohort_code, ''))
                    union all
                    select 'smr_completed', c.practice_code, c.month, 'in_month', c.attained_in_month, null from cell c where c.cohort_code is null
                ) f on f.kpi_id = s.kpi_id and f.month between s.from_month and s.to_month
            union all
            select s.kpi_id, f.org_code, f.month, f.breakdown, f.numerator, f.denominator
            from span s cross join lateral mo_data.smr_figure_beside_cells(s.kpi_id, s.from_month, s.to_month) f;
    end if;
    for span in
        select u.* from unnest(kpi_ids, from_months, to_months) as u (kpi_id, from_month, to_month) where u.kpi_id = 'hrd_monitoring_current'
    loop
        return query select span.kpi_id::text, c.* from mo_data.hrd_monitoring_cell(span.from_month, span.to_month, practices, spells) c;
    end loop;
end $$;
comment on function mo_data.registered_figures(text[], date[], date[]) is
    'Sums of the records of smr_completed, smr_rolling_attainment and hrd_monitoring_current, those asked for: element i of the lists is a KPI with the '
    'first and the last of its months.';
revoke all on function mo_data.registered_figures(text[], date[], date[]) from public;

-- PL/pgSQL: the records are looked for only where cells have no row for all cohorts together.
create or replace function mo_data.smr_figure_beside_cells(kpi_id text, from_month date, to_month date)
returns table (org_code text, month date, breakdown text, numerator double precision, denominator double precision)
language plpgsql stable parallel safe
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    if kpi_id = 'smr_completed' then
        return query
            select t.pcn_code, t.month, t.breakdown, 0::double precision, sum(t.target_patients)
            from mo_data.smr_target(from_month, to_month) t
            group by t.pcn_code, t.month, t.breakdown;
    end if;
    if mo_data.smr_cell_has_whole() then
        return;
    end if;
    if kpi_id = 'smr_completed' then
        return query
            select r.org_code, r.month, r.breakdown, sum(r.numerator), null::double precision
            from mo_data.kpi_smr_completed(from_month, to_month) r
            where (r.breakdown is null or r.breakdown = 'in_month') and r.record_key like 'patient:%'
            group by r.org_code, r.month, r.breakdown;
    else
        return query
            select r.org_code, r.month, null::text, sum(r.numerator), sum(r.denominator)
            from mo_data.kpi_smr_rolling_attainment(from_month, to_month) r
            where r.breakdown is null
            group by r.org_code, r.month;
    end if;
end $$;
comment on function mo_data.smr_figure_beside_cells(text, date, date) is
    'What smr_completed and smr_rolling_attainment have beside mo_data.smr_cell: targets of PCNs, and, where not all cohorts are attained by the same '
    'code set, all cohorts together from the records.';
revoke all on function mo_data.smr_figure_beside_cells(text, date, date) from public;
