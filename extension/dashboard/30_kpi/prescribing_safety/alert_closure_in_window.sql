-- alert_closure_in_window
-- Numerator:   alerts of the classes in the KPI (alert_window.in_kpi; shipped: classes 1 and 2) that a practice closed within their window.
-- Denominator: alerts due: closed in the window, closed late, or open past the deadline. One still inside its window is not due; one closed
--              only before issue, or without an issue time, is invalid and in no summary.
-- Deadline:    the alert's own, else its class's window on the London day of issue. Of several closures the earliest at or after issue and
--              not after the as-at time counts. The as-at time is now: an alert still inside its window joins its month of issue when it
--              falls due, so the figure follows the clock.
-- Left out:    alerts of a class without a window, or with one in working days that ends beyond the years of which bank holidays are loaded,
--              that carry no deadline of their own (data_status names them); practices that have not logged the alert.
-- Where:       the practice whose log it is. Month: that of the London day of issue.
-- Parts:       class_1, class_2 ... . The whole is all classes in the KPI together.
-- Source:      design convention 5a.3; facts/mhra_alert_classes.csv.
create or replace function mo_data.alert_in_kpi(issued_from timestamptz, issued_before timestamptz)
returns table (alert_ref text, alert_class text, title text, issued_at timestamptz, issued_on date, deadline timestamptz)
language sql stable parallel safe
set search_path = pg_catalog, pg_temp
as $$
    select a.alert_ref, a.alert_class, a.title, a.issued_at, d.issued_on,
        coalesce(a.deadline_at, case when w.window_unit <> 'working_days' or t.day < holiday.known_before and d.issued_on >= holiday.known_from then t.at end)
    from (
            select array_agg(h.day order by h.day) as days, date_trunc('year', min(h.day))::date as known_from,
                (date_trunc('year', max(h.day)) + interval '1 year')::date as known_before
            from mo_data.bank_holiday h where h.division = 'england-and-wales'
        ) holiday
        cross join mo_data.alert a
        cross join lateral (select (a.issued_at at time zone 'Europe/London')::date as issued_on) d
        cross join lateral (
            select w.window_value, w.window_unit, w.in_kpi from mo_data.alert_window w
            where w.alert_class = a.alert_class and w.valid_from <= d.issued_on
            order by w.valid_from desc limit 1) w
        cross join lateral (select mo.alert_deadline(a.issued_at, w.window_value, w.window_unit, coalesce(holiday.days, '{}')) as at) c
        cross join lateral (select c.at, (c.at at time zone 'Europe/London')::date as day) t
    where w.in_kpi and a.issued_at >= issued_from and a.issued_at < issued_before and isfinite(a.issued_at)
$$;
comment on function mo_data.alert_in_kpi(timestamptz, timestamptz) is
    'Alerts of the classes in the KPI issued in a span of time, with their deadline: their own, else their class''s on the London day of issue. Null: none is set, '
    'or it is in working days and beyond the years whose bank holidays are loaded.';
revoke all on function mo_data.alert_in_kpi(timestamptz, timestamptz) from public;

create or replace function mo_data.kpi_alert_closure_in_window(from_month date, to_month date)
returns table (org_code text, month date, breakdown text, record_key text, numerator double precision, denominator double precision)
language sql stable parallel safe
set search_path = pg_catalog, pg_temp
as $$
    with issued as (
        select a.* from mo_data.alert_in_kpi(from_month::timestamp at time zone 'Europe/London',
            (to_month + interval '1 month') at time zone 'Europe/London') a
    ),
    handled as (
        select i.alert_ref, i.alert_class, i.issued_on, l.practice_code, mo.alert_status(i.issued_at,
            coalesce(
                min(l.closed_at) filter (where l.closed_at >= i.issued_at and l.closed_at <= now()),
                min(l.closed_at) filter (where isfinite(l.closed_at))),
            i.deadline, now()) as status
        from issued i join mo_data.alert_action l on l.alert_ref = i.alert_ref
        where isfinite(i.deadline)
        group by i.alert_ref, i.alert_class, i.issued_on, i.issued_at, i.deadline, l.practice_code
    )
    select h.practice_code, mo.month_start(h.issued_on), part.breakdown, 'alert:' || h.alert_ref,
        (h.status = 'closed_in_window')::integer::double precision, 1::double precision
    from handled h cross join lateral (values (null::text), ('class_' || lower(h.alert_class))) part (breakdown)
    where h.status in ('closed_in_window', 'closed_late', 'open_overdue')
$$;
comment on function mo_data.kpi_alert_closure_in_window(date, date) is
    'Records of alert_closure_in_window: one an alert and practice it was due at, once in the whole and once in its class.';
revoke all on function mo_data.kpi_alert_closure_in_window(date, date) from public;

-- A national alert may give a year: its month of issue changes long after the latest months, which are always counted again. So it does when the day
-- comes that a log gave for closing it.
create or replace function mo_data.alert_fallen_due(since timestamptz)
returns table (kpi_id text, month date)
language sql stable parallel safe
set search_path = pg_catalog, pg_temp
as $$
    select distinct 'alert_closure_in_window', mo.month_start(a.issued_on)
    from mo_data.alert_in_kpi('-infinity', now()) a
    where a.deadline > since and a.deadline <= now()
        or a.alert_ref in (select l.alert_ref from mo_data.alert_action l where l.closed_at > since and l.closed_at <= now())
$$;
comment on function mo_data.alert_fallen_due(timestamptz) is
    'Months of issue of alerts in the KPI whose deadline has passed, or that were closed, since then. Part of mo_data.refresh_pending().';
revoke all on function mo_data.alert_fallen_due(timestamptz) from public;

call mo_data.register_kpi(
    kpi_id => 'alert_closure_in_window', family => 'prescribing_safety', page_order => 200,
    name => 'MHRA class 1 and 2 alerts closed within their window', short_name => 'Alerts closed in window',
    unit => 'percent', numerator_wording => 'alerts closed within their window', denominator_wording => 'alerts due',
    direction => 'higher', interval_method => 'wilson', sources => array['alert_action', 'alert', 'alert_window', 'bank_holidays'],
    look_back_months => 3, look_ahead_months => 3, follows_clock => true, expected_lag_days => 14, rps_principle => 3,
    rationale => 'A recall not acted on in time leaves patients with a defective medicine.',
    reference => 'MHRA Guide to Defective Medicinal Products; windows per class are set in alert_window', is_site_kpi => false);
