-- The figures as they were published at a past moment.
create or replace function mo_data.kpi_value_as_known(at timestamptz)
    returns table (
        kpi_id text, month date, org_code text, breakdown text, numerator double precision, denominator double precision, run_id integer)
    language sql stable
    begin atomic
        with later as (
            select r.run_id from mo_data.refresh_run r where not coalesce(r.published_at <= kpi_value_as_known.at, false)
        ), undone as ( -- of each figure changed since, what the first change replaced
            select distinct on (c.kpi_id, c.month, c.breakdown, c.org_code)
                c.kpi_id, c.month, c.org_code, c.breakdown, c.old_numerator, c.old_denominator, c.old_run_id
            from mo_data.kpi_value_change c
            where c.run_id in (select l.run_id from later l)
            order by c.kpi_id, c.month, c.breakdown, c.org_code, c.run_id
        )
        select u.kpi_id, u.month, u.org_code, u.breakdown, u.old_numerator, u.old_denominator, u.old_run_id
        from undone u
        where u.old_run_id is not null and u.old_run_id not in (select l.run_id from later l)
        union all
        select v.kpi_id, v.month, v.org_code, v.breakdown, v.numerator, v.denominator, v.run_id
        from mo_data.kpi_value v
        where v.run_id not in (select l.run_id from later l);
    end;
revoke all on function mo_data.kpi_value_as_known(timestamptz) from public;
comment on function mo_data.kpi_value_as_known(timestamptz) is
    'kpi_value as it was published at a moment: figures of refreshes published by then, with every later restatement undone.';
