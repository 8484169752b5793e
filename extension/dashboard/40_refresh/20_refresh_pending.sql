-- Which (KPI, month) pairs the loads since the last refresh can have changed.
create or replace function mo_data.refresh_reference_now()
    returns table (item text, fingerprint text)
    language sql stable
    set search_path = pg_catalog, pg_temp
    set datestyle = 'ISO'
    set extra_float_digits = 1
    as $$
    select 'organisation', md5(coalesce(string_agg(
        concat_ws('|', o.org_code, o.org_type, o.prescribing_setting, o.open_from, o.open_to), ';' order by o.org_code collate "C"), ''))
    from mo_data.organisation o
    union all
    select 'organisation_parent', md5(coalesce(string_agg(concat_ws('|', p.org_code, p.parent_code, p.valid_from, p.valid_to), ';'
        order by p.org_code collate "C", p.parent_type collate "C", p.valid_from), ''))
    from mo_data.organisation_parent p
    union all
    select 'organisation_group', md5(coalesce(string_agg(concat_ws('|', g.group_code, g.org_code, g.valid_from, g.valid_to), ';'
        order by g.group_code collate "C", g.org_code collate "C", g.valid_from), ''))
    from mo_data.organisation_group g
    union all
    select 'weight', md5(coalesce(string_agg(concat_ws('|', w.scheme, w.sex, w.age_from, w.age_to, w.weight), ';'
        order by w.scheme collate "C", w.sex collate "C", w.age_from), ''))
    from mo_data.weight w
    union all
    select 'setting:' || s.name, md5(s.value::text) from mo_data.setting s
    union all
    select 'target:' || t.kpi_id, md5(string_agg(concat_ws('|', t.org_code, t.valid_from, coalesce(t.valid_to::text, '-'), t.target), ';'
        order by t.org_code collate "C", t.valid_from))
    from mo_data.kpi_target t group by t.kpi_id
    union all -- gone from kpi_target: another fingerprint than they had
    select r.item, '' from mo_data.refresh_reference r
    where r.item like 'target:%' and r.item <> 'target:(profile)' and not exists (select from mo_data.kpi_target t where 'target:' || t.kpi_id = r.item)
    union all
    select 'target:(profile)', md5(coalesce((select string_agg(concat_ws('|', c.pcn_code, c.cohort_code, c.year_start, c.target_patients), ';'
            order by c.pcn_code collate "C", c.cohort_code collate "C", c.year_start) from mo_data.cohort_target c), '') || '/' || coalesce((
        select string_agg(concat_ws('|', p.pcn_code, p.year_start, p.financial_month, p.cumulative_share), ';'
            order by p.pcn_code collate "C", p.year_start, p.financial_month) from mo_data.cohort_target_profile p), ''))
    union all
    select 'kpi:' || k.kpi_id, case when k.is_active -- switched on again it is another: what was loaded meanwhile was not counted
        then md5(concat_ws('|', k.definition_version, k.records_function, k.total_function, k.unit, k.per, k.interval_method, k.look_back_months,
            k.look_ahead_months, k.begins_with_first, array_to_string(k.sources, ',')))
        else 'off' end
    from mo_data.kpi k
    union all -- edited by hand, without a load; order does not matter, and sorting ten thousand codes would
    select 'table:' || t.name, concat_ws(' ', t.n, t.hashed)
    from (
        select 'code_set', count(*), sum(hashtextextended(concat_ws('|', c.code_set, c.code), 0)) from mo_data.code_set c where c.is_on
        union all
        select 'cohort', count(*), sum(hashtextextended(concat_ws('|', c.cohort_code, c.kind, coalesce(c.drug_group, '-'), c.attained_by), 0))
        from mo_data.cohort c where c.is_on
        union all -- patients to be reviewed are a denominator
        select 'cohort_target', count(*), sum(hashtextextended(concat_ws('|', t.pcn_code, t.cohort_code, t.year_start, t.target_patients), 0))
        from mo_data.cohort_target t
        union all
        select 'monitoring_requirement', count(*), sum(hashtextextended(concat_ws('|', m.cohort_code, m.test_code_set, m.phase, m.from_day,
            coalesce(m.to_day, -1), coalesce(m.interval_months, -1), coalesce(m.interval_days, -1), m.grace_days), 0))
        from mo_data.monitoring_requirement m where m.is_on
        union all
        select 'alert_window', count(*), sum(hashtextextended(
            concat_ws('|', w.alert_class, w.valid_from, coalesce(w.window_value, -1), coalesce(w.window_unit, '-'), w.in_kpi), 0))
        from mo_data.alert_window w
        union all
        select 'formulary', count(*), sum(hashtextextended(
            concat_ws('|', f.class_code, f.bnf_prefix, f.line, f.valid_from, coalesce(f.valid_to, 'infinity')), 0))
        from mo_data.formulary f
        union all
        select 'supervision_requirement', count(*), sum(hashtextextended(concat_ws('|', q.requirement_id, coalesce(q.role_code, '-'),
            coalesce(q.staff_key, -1), q.interval_days, q.valid_from, coalesce(q.valid_to, 'infinity')), 0))
        from mo_data.supervision_requirement q
        union all
        select 'switch_programme', count(*), sum(hashtextextended(
            concat_ws('|', p.programme_code, p.starts_on, coalesce(p.ends_on, 'infinity')), 0))
        from mo_data.switch_programme p
        union all
        select 'bank_holiday', count(*), sum(hashtextextended(concat_ws('|', h.division, h.day), 0)) from mo_data.bank_holiday h
        union all
        select 'arrs_role', count(*), sum(hashtextextended(r.role_code, 0)) from mo_data.arrs_role r where r.is_on
        union all -- prices per unit are no KPI's: price_per_unit_replace sees what changed
        select 'price_per_unit_threshold', count(*), sum(hashtextextended(concat_ws('|', h.org_type, h.least_saving), 0)) from mo_data.price_per_unit_threshold h
        union all
        select 'generic_exclusion', count(*), sum(hashtextextended(x.pattern, 0)) from mo_data.generic_exclusion x
        union all
        select 'generic_equivalent', count(*), sum(hashtextextended(concat_ws('|', e.generic_code, e.primary_code), 0)) from mo_data.generic_equivalent e
    ) t (name, n, hashed)
    union all
    select 'rule:' || k.kpi_id,
        md5(concat_ws('|', coalesce(k.hide_from::text, '-'), coalesce(k.hide_to::text, '-'), coalesce(k.round_to::text, '-'),
            coalesce(k.hide_denominator_below::text, '-'), k.parts_add_up, k.on_front_page, k.time_basis, k.counts_from_april))
    from mo_data.kpi k where k.is_active
    $$;
revoke all on function mo_data.refresh_reference_now() from public;
comment on function mo_data.refresh_reference_now() is
    'Fingerprints, now, of what changes figures without being loaded month by month: organisations, memberships, groups, weights, '
    'settings, targets, KPI definitions, small-number rules and what else decides how figures are shown, and what a site decides in tables of its own (code sets, cohorts, monitoring intervals, alert windows, '
    'formulary, supervision intervals, switch programmes, bank holidays, roles, how prices per unit are compared) and may edit by hand.';

create or replace function mo_data.refresh_pending()
    returns table (kpi_id text, month date, batch_ids integer[])
    language sql stable
    set search_path = pg_catalog, pg_temp
    set jit = off -- the number of months is not known to the planner: it would compile for seconds
    as $$
    with unseen as materialized (
        select b.batch_id, b.source, s.target_table, b.months, coalesce(b.changed_from, '-infinity') as changed_from,
            case when s.touches not like '%..%' and isfinite(b.changed_from) then b.changed_from end as to_come
        from mo_data.load_batch b join mo_data.source s using (source)
        where b.state <> 'failed' and not exists (select from mo_data.refresh_batch s where s.batch_id = b.batch_id)
    ), changed as materialized (
        select n.item from mo_data.refresh_reference_now() n
            left join mo_data.refresh_reference s on s.item = n.item where s.fingerprint is distinct from n.fingerprint
    ), span as materialized (
        select * from mo_data.kpi_span()
    ), month as (
        select s.kpi_id, m::date as month, s.last_month, true as is_due
        from span s cross join lateral generate_series(s.first_month::timestamp, s.last_month::timestamp, interval '1 month') m
        union all -- published once, and no longer what its sources cover: withdrawn
        select p.kpi_id, p.month, null, false
        from mo_data.kpi_month p
        where not exists (select from span s where s.kpi_id = p.kpi_id and p.month between s.first_month and s.last_month)
    ), reach as materialized ( -- once a KPI, not once a month
        select * from mo_data.kpi_reach
    ), universe as materialized (
        select k.kpi_id, m.month, m.last_month, m.is_due, k.sources, h.look_back_months, k.look_ahead_months, t.tables
        from month m
            join mo_data.kpi k using (kpi_id)
            join reach h using (kpi_id)
            join lateral (select array_agg(distinct s.target_table) as tables from mo_data.source s where s.source = any (k.sources)) t on true
        where k.is_active
            and not exists (select from mo_data.kpi_final f where f.kpi_id = m.kpi_id and f.before > m.month) -- its records were removed
    ), dirty as (
        select u.kpi_id, u.month, b.batch_id
        from universe u
            join unseen b on b.target_table = any (u.tables)
            cross join lateral unnest(b.months) as m (month)
        where u.month >= m.month - make_interval(months => u.look_ahead_months)
            and (b.source = 'list_size' or u.month <= m.month + make_interval(months => u.look_back_months))
        union all
        select u.kpi_id, u.month, b.batch_id
        from universe u join unseen b on b.target_table = any (u.tables)
        where b.months = '{}' and u.month >= b.changed_from and b.source not in ('organisations', 'pcn_members')
        union all -- what is dated after the day of its load: no month has it yet, but figures that look ahead have
        select u.kpi_id, u.month, b.batch_id
        from universe u join unseen b on b.target_table = any (u.tables)
        where u.look_ahead_months > 0 and u.month >= b.to_come - make_interval(months => u.look_ahead_months)
        union all
        select u.kpi_id, u.month, null
        from universe u join changed c
            on c.item = 'kpi:' || u.kpi_id
                or c.item in ('organisation', 'organisation_parent') and u.sources && '{organisations,pcn_members}'
                or c.item = 'weight' and 'list_size' = any (u.sources)
                or c.item like 'table:%' and substr(c.item, 7) = any (u.tables)
                or c.item = 'table:arrs_role' and 'staff_post' = any (u.tables)
                or exists (
                    select from mo_data.setting s
                    where c.item = 'setting:' || s.name and (s.kpi_id = u.kpi_id or s.kpi_id is null and starts_with(s.meaning, u.kpi_id || ':')))
        union all
        select u.kpi_id, u.month, null
        from universe u
        where u.is_due is distinct from exists (select from mo_data.kpi_month p where p.kpi_id = u.kpi_id and p.month = u.month)
    ), published as (
        select coalesce(max(r.as_at), '-infinity') as at from mo_data.refresh_run r
        where r.kind = 'incremental' and r.published_at is not null -- not of months asked for, nor the refresh that asks
    ), fallen as materialized ( -- once, not once a month
        select f.kpi_id, f.month from published p cross join lateral mo_data.alert_fallen_due(p.at) f
    ), clock as ( -- figures that change as time passes ride along with whatever else is due, and alone once a day
        select u.kpi_id, u.month
        from published p
            cross join universe u
            join mo_data.kpi k using (kpi_id)
        where k.follows_clock and u.is_due
            and (u.month >= least(u.last_month, date_trunc('month', p.at at time zone 'Europe/London') - interval '1 month')
                    - make_interval(months => u.look_back_months)
                or (u.kpi_id, u.month) in (select f.kpi_id, f.month from fallen f))
            and (exists (select from dirty) or current_date > p.at::date)
    )
    select d.kpi_id, d.month, coalesce(array_agg(distinct d.batch_id order by d.batch_id) filter (where d.batch_id is not null), '{}')
    from (select y.kpi_id, y.month, y.batch_id from dirty y union all select c.kpi_id, c.month, null from clock c) d
    group by d.kpi_id, d.month
    $$;
revoke all on function mo_data.refresh_pending() from public;
comment on function mo_data.refresh_pending() is
    'The (KPI, month) pairs that loads since the last refresh, or a change of organisations, memberships, weights, settings, definitions or '
    'tables of local decisions (edited by hand or loaded), can have '
    'changed, and by which loads. A month''s data reaches its own figure and, with look_back_months, those after it and, with '
    'look_ahead_months, those before it; KPIs that follow the clock have here what could still change at the last refresh (its latest '
    'look_back_months + 1 months) and months of alerts that have fallen due or whose day of closing has come since; a list size reaches '
    'every later month, because the latest list counts; events of months to come reach figures that look ahead to them; a file without months reaches every month from its changed_from; organisation and '
    'membership files reach all months, but only when they changed anything. Only months that a KPI has (mo_data.kpi_span) are counted: one '
    'that it newly has is here, and so is one published before that it has no longer, to be withdrawn.';
