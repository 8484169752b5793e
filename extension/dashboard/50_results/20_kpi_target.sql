-- Which target an organisation has for a KPI in a month.
create or replace function mo_data.smr_target_share(months date[])
    returns table (month date, pcn_code text, share double precision, target_patients double precision)
    language sql stable
    set search_path = pg_catalog, pg_temp
    as $$
    select m.month, t.pcn_code, coalesce(max(p.cumulative_share), mo.financial_month(m.month) / 12.0::double precision), sum(t.target_patients)
    from unnest(months) as m (month)
        join mo_data.smr_target((select min(u) from unnest(months) u), (select max(u) from unnest(months) u)) t
            on t.month = m.month and t.breakdown is null
        left join mo_data.cohort_target_profile p on p.pcn_code = t.pcn_code and p.year_start = mo.financial_year_start(m.month)
            and p.financial_month = mo.financial_month(m.month)
    group by m.month, t.pcn_code
    $$;
revoke all on function mo_data.smr_target_share(date[]) from public;
comment on function mo_data.smr_target_share(date[]) is
    'The share of its target of reviews for the financial year that a PCN should have done by the end of each month: the cumulative_share '
    'of its cohort_target_profile, else, for a month without a row, linear: months of the year gone by / 12.';

create or replace function mo_data.smr_target_due(months date[])
    returns table (month date, org_type text, org_code text, target double precision)
    language sql stable rows 1000
    set search_path = pg_catalog, pg_temp
    set enable_nestloop = off -- row counts cannot be estimated here, and hash joins on all keys are right at every size
    set enable_mergejoin = off
    set jit = off
    as $$
    with profile as materialized (
        select s.month, s.pcn_code, s.share, s.target_patients from mo_data.smr_target_share(months) s
    )
    select f.month, u.ancestor_type, u.ancestor_code, sum(f.share * f.target_patients) / nullif(sum(f.target_patients), 0)
    from profile f
        join mo_data.result_path((select array_agg((m + interval '1 month')::date - 1) from unnest(months) m where exists (select from profile))) p
            on p.day = (f.month + interval '1 month')::date - 1 and p.org_code = f.pcn_code and p.org_type = 'pcn'
        cross join lateral (values ('pcn', p.pcn_code), ('sub_icb', p.sub_icb_code), ('icb', p.icb_code), ('region', p.region_code),
            ('nation', p.nation_code)) u (ancestor_type, ancestor_code)
    where u.ancestor_code is not null
    group by f.month, u.ancestor_type, u.ancestor_code
    $$;
revoke all on function mo_data.smr_target_due(date[]) from public;
comment on function mo_data.smr_target_due(date[]) is
    'The share of the target of reviews for the financial year that should be done by the end of each month: of PCNs with a cohort_target '
    '(smr_target_share), and above them the same over their PCNs together.';

create or replace function mo_data.kpi_target_of(kpi_id text, months date[])
    returns table (month date, org_type text, org_code text, target double precision)
    language sql stable rows 10000
    set search_path = pg_catalog, pg_temp
    set enable_nestloop = off -- row counts cannot be estimated here, and hash joins on all keys are right at every size
    set enable_mergejoin = off
    set jit = off
    as $$
    with own as materialized (
        select distinct on (m.month, t.org_code) m.month, t.org_code, t.target -- of two in force the later
        from unnest(months) as m (month)
            join mo_data.kpi_target t on t.kpi_id = kpi_target_of.kpi_id and t.valid_from < m.month + interval '1 month'
                and (t.valid_to is null or t.valid_to >= m.month + interval '1 month')
        order by m.month, t.org_code, t.valid_from desc
    ), summed as materialized ( -- of a PCN, and above it: what its PCNs should have done, of what they should do
        select s.month, s.org_type as ancestor_type, s.org_code as ancestor_code, s.target
        from mo_data.smr_target_due(months) s where kpi_target_of.kpi_id = 'smr_completed'
    ), path as materialized (
        select (date_trunc('month', p.day))::date as month, p.*
        from mo_data.result_path((select array_agg((m + interval '1 month')::date - 1) from unnest(months) m)) p
        where exists (select from own) or exists (select from summed)
    ), step as (
        select p.month, p.org_type, p.org_code, u.distance, u.ancestor_type, u.ancestor_code
        from path p
            cross join lateral (values (0, p.org_type, p.org_code), (1, 'pcn', p.pcn_code), (2, 'sub_icb', p.sub_icb_code), (3, 'icb', p.icb_code),
                (4, 'region', p.region_code), (5, 'nation', p.nation_code)) u (distance, ancestor_type, ancestor_code)
        where u.ancestor_code is not null
        union all -- a site's own group belongs to nothing
        select o.month, 'group', o.org_code, 0, 'group', o.org_code
        from own o where exists (select from mo_data.organisation_group g where g.group_code = o.org_code)
    )
    select distinct on (s.month, s.org_type, s.org_code) s.month, s.org_type, s.org_code, coalesce(o.target, x.target)
    from step s
        left join own o on o.month = s.month and o.org_code = s.ancestor_code
        left join summed x on x.month = s.month and x.ancestor_type = s.ancestor_type and x.ancestor_code = s.ancestor_code
    where coalesce(o.target, x.target) is not null
    order by s.month, s.org_type, s.org_code, s.distance
    $$;
revoke all on function mo_data.kpi_target_of(text, date[]) from public;
comment on function mo_data.kpi_target_of(text, date[]) is
    'The target of every organisation for a KPI in each month: its own of kpi_target in force on the month''s last day, else that '
    'of the nearest organisation '
    'it belonged to on that day (PCN, sub-ICB, ICB, region, nation). smr_completed: where a PCN has a cohort_target and no row of its own '
    'in kpi_target, the share of the year''s target due by then; above the PCN the same over its PCNs together. No row: no target. '
    'A refresh has mo.rolled_up do this, and a test holds both equal.';
