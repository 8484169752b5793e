-- How far the figures of a KPI look back: what its definition says, or more where a site's intervals reach further. In one place, because what a late
-- file has counted again, which months have enough history, and what a purge would take away must be of one mind.
create or replace view mo_data.kpi_reach as
    select k.kpi_id, greatest(k.look_back_months, s.days / 28, m.months + m.days / 28, (d.days + 27) / 28) as look_back_months,
        greatest(k.history_months, (s.days + 30) / 31, r.months + (r.days + 30) / 31) as history_months
    from mo_data.kpi k
        cross join lateral (
            select max(least(x.interval_days, 36500)) as days from mo_data.supervision_requirement x where 'supervision_requirement' = any (k.sources)) s
        cross join lateral (
            select max(least(q.interval_months, 1200)) as months, max(least(coalesce(q.interval_days, 0) + q.grace_days, 36600)) as days
            from mo_data.monitoring_requirement q join mo_data.cohort c on c.cohort_code = q.cohort_code and c.is_on
            where q.is_on and 'monitoring_requirement' = any (k.sources)) r
        cross join lateral ( -- a patient's own interval counts again what it reaches; for one patient nobody waits
            select greatest(r.months, case when max(c.interval_months) > 1200 then 1200 else max(c.interval_months) end) as months, r.days
            from mo_data.cohort_member c where c.interval_months is not null and 'monitoring_requirement' = any (k.sources)) m
        cross join lateral (
            select max(least(greatest(x.value, 0), 36500))::integer as days from mo_data.setting x where x.name = 'reconciliation_days' and 'discharge' = any (k.sources)) d;
comment on view mo_data.kpi_reach is
    'How many months the figures of a KPI look back: kpi.look_back_months and history_months, or more where a site has set longer intervals '
    '(supervision, drug monitoring, days to reconcile a letter).';
comment on column mo_data.kpi_reach.kpi_id is 'KPI.';
comment on column mo_data.kpi_reach.look_back_months is 'How many months before a month its figure depends on: which figures a late load can change.';
comment on column mo_data.kpi_reach.history_months is 'Months of its driver that a figure needs before its own month.';
