-- first_line_new_starts
-- Numerator:   new starts on a medicine that the formulary of that day calls first line in its class (longest matching BNF prefix decides).
-- Denominator: new starts in the class: no issue of the class in the washout before (12 months by setting), at a practice where the patient
--              had been registered for that time, in one registration or in several that leave no day out; only classes that have a first
--              line on the day of the start.
-- Parts:       class. Where: the practice of the start. Month of the start.
-- History:     none: each start brings its previous issue with it, and registrations reach back by themselves.
-- Source:      facts/README.md section 9: no national definition of a new start; needs the GP extract.
-- Without a setting of its own, so that it becomes part of the queries that ask it.
create or replace function mo_data.new_start_counted(from_month date, to_month date)
returns table (new_start_id text, practice_code text, started_on date, class_code text, bnf_code text)
language sql stable parallel safe
begin atomic
    with washout as materialized (select make_interval(months => mo_data.setting_value('new_start_washout_months')::integer) as span)
    select n.new_start_id, n.practice_code, n.started_on, n.class_code, n.bnf_code
    from mo_data.new_start n cross join washout w
        join mo_data.registration r on r.patient_key = n.patient_key and r.practice_code = n.practice_code
            and r.registered_from <= n.started_on and (r.registered_to is null or r.registered_to > n.started_on - w.span)
    where n.started_on between from_month and mo.month_end(to_month)
        and (n.previous_issue_on is null or n.previous_issue_on < n.started_on - w.span)
    group by n.new_start_id, n.practice_code, n.started_on, n.class_code, n.bnf_code, w.span  -- registrations one after another are one time
    having range_agg(daterange(r.registered_from, r.registered_to))
        @> daterange(least((n.started_on - w.span)::date, n.started_on), n.started_on, '[]');
end;
comment on function mo_data.new_start_counted(date, date) is
    'New starts of the months: no issue of the class in the washout before, and registered at the practice for all of it, in one registration or '
    'in several that leave no day out. What first_line_new_starts counts where the class has a first line.';
revoke all on function mo_data.new_start_counted(date, date) from public;

create or replace function mo_data.kpi_first_line_new_starts(from_month date, to_month date)
returns table (org_code text, month date, breakdown text, record_key text, numerator double precision, denominator double precision)
language sql stable parallel safe
set search_path = pg_catalog, pg_temp
as $$
    select s.practice_code, mo.month_start(s.started_on), part.breakdown, 'new_start:' || s.new_start_id,
        coalesce((
            select (f.line = 'first')::integer from mo_data.formulary f
            where f.class_code = s.class_code and starts_with(s.bnf_code, f.bnf_prefix)
                and f.valid_from <= s.started_on and (f.valid_to is null or f.valid_to > s.started_on)
            order by length(f.bnf_prefix) desc, f.valid_from desc limit 1), 0)::double precision, 1::double precision
    from mo_data.new_start_counted(from_month, to_month) s cross join lateral (values (null::text), ('class_' || s.class_code)) part (breakdown)
    where exists (
        select from mo_data.formulary f
        where f.class_code = s.class_code and f.line = 'first'
            and f.valid_from <= s.started_on and (f.valid_to is null or f.valid_to > s.started_on))
$$;
comment on function mo_data.kpi_first_line_new_starts(date, date) is
    'Records of first_line_new_starts: one a new start in a class that has a first line, in the whole and in its class.';
revoke all on function mo_data.kpi_first_line_new_starts(date, date) from public;

-- The line of each medicine and day once, not of each start and part.
create or replace function mo_data.kpi_first_line_new_starts_total(from_month date, to_month date)
returns table (org_code text, month date, breakdown text, numerator double precision, denominator double precision)
language sql stable parallel safe cost 100000
set search_path = pg_catalog, pg_temp
set enable_nestloop = off  -- starts meet registrations and lines in hash joins at every size
set enable_mergejoin = off
set jit = off
as $$
    with start as materialized (
        select c.practice_code, c.started_on, c.class_code, c.bnf_code, count(*) as starts
        from mo_data.new_start_counted(from_month, to_month) c
        group by c.practice_code, c.started_on, c.class_code, c.bnf_code
    ),
    medicine as materialized (
        select m.*, coalesce((
            select f.line = 'first' from mo_data.formulary f
            where f.class_code = m.class_code and starts_with(m.bnf_code, f.bnf_prefix)
                and f.valid_from <= m.started_on and (f.valid_to is null or f.valid_to > m.started_on)
            order by length(f.bnf_prefix) desc, f.valid_from desc limit 1), false) as is_first
        from (select distinct s.class_code, s.bnf_code, s.started_on from start s) m
        where exists (
            select from mo_data.formulary f
            where f.class_code = m.class_code and f.line = 'first'
                and f.valid_from <= m.started_on and (f.valid_to is null or f.valid_to > m.started_on))
    )
    select s.practice_code, mo.month_start(s.started_on), case when grouping(s.class_code) = 0 then 'class_' || s.class_code end,
        coalesce(sum(s.starts) filter (where m.is_first), 0)::double precision, sum(s.starts)::double precision
    from start s join medicine m using (class_code, bnf_code, started_on)
    group by grouping sets ((s.practice_code, mo.month_start(s.started_on)), (s.practice_code, mo.month_start(s.started_on), s.class_code))
$$;
comment on function mo_data.kpi_first_line_new_starts_total(date, date) is
    'Sums of the records of first_line_new_starts, counted without making the records.';
revoke all on function mo_data.kpi_first_line_new_starts_total(date, date) from public;

call mo_data.register_kpi(
    kpi_id => 'first_line_new_starts', family => 'cost', page_order => 310,
    name => 'New starts on the formulary''s first-line medicine', short_name => 'First-line new starts', unit => 'percent',
    numerator_wording => 'new starts on a first-line medicine', denominator_wording => 'new starts in a formulary class',
    direction => 'higher', interval_method => 'wilson', hide_from => 1, hide_to => 7,
    sources => array['new_start', 'formulary', 'registration'],
    total_function => 'mo_data.kpi_first_line_new_starts_total', expected_lag_days => 14, rps_principle => 2,
    rationale => 'What is started is what is still paid for in five years.',
    reference => 'Local formulary; no national definition of a new start', is_site_kpi => false);
