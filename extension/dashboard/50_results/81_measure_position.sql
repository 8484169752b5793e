-- Deciles and percentiles of measures over all organisations of a level, and what an organisation would save at another value.
create or replace function mo_data.measure_compared(kpi_id text, months date[])
    returns table (month date, org_type text, org_key integer, numerator double precision, denominator double precision, value double precision)
    language sql stable rows 10000
    begin atomic
        select r.month, r.org_type, r.org_key, mo_data.rounded_numerator(r.numerator, r.denominator, k.interval_method, k.round_to), r.denominator,
            mo_data.shown_value(r.hidden, r.value, r.numerator, r.denominator, k.unit, k.per, k.interval_method, k.round_to)
        from mo_data.kpi_result r
            join mo_data.kpi k on k.kpi_id = r.kpi_id
        where r.kpi_id = measure_compared.kpi_id and r.month = any (months) and r.breakdown = '' and r.value is not null
            and r.org_type in ('practice', 'pcn', 'sub_icb', 'icb', 'region') and r.hidden = 0;
    end;
revoke all on function mo_data.measure_compared(text, date[]) from public;
comment on function mo_data.measure_compared(text, date[]) is
    'Figures of a measure that are compared with those of their level, as readers see them: rounded where it rounds; deciles and percentiles of the '
    'numbers themselves would tell them. Part of refresh().';

create or replace function mo_data.measure_position_replace(run_id integer, kpi_id text, months date[])
    returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
    set enable_nestloop = off -- row counts cannot be estimated here, and hash joins on all keys are right at every size
    set enable_mergejoin = off
    set jit = off
    as $$
declare
    started timestamptz := clock_timestamp();
    rows_written bigint;
begin
    if not exists (select from mo_data.kpi k where k.kpi_id = measure_position_replace.kpi_id and k.family = 'prescribing_measure') then
        return;
    end if;
    delete from mo_data.measure_decile d where d.kpi_id = measure_position_replace.kpi_id and d.month = any (months);
    delete from mo_data.measure_position p where p.kpi_id = measure_position_replace.kpi_id and p.month = any (months);
    with unit_cost as (
        select s.month, s.num_cost / nullif(s.num_quantity, 0) as numerator_unit_cost,
            (s.den_cost - s.num_cost) / nullif(s.den_quantity - s.num_quantity, 0) as other_unit_cost
        from (
            select p.month, sum(p.num_cost) as num_cost, sum(p.den_cost) as den_cost, sum(p.num_quantity) as num_quantity, sum(p.den_quantity) as den_quantity
            from ( -- practices with neither hidden: a saving would tell the sum of all
                select r.month, max(g.numerator) filter (where r.breakdown = 'actual_cost') as num_cost,
                    max(r.denominator) filter (where r.breakdown = 'actual_cost') as den_cost,
                    max(g.numerator) filter (where r.breakdown = 'quantity') as num_quantity,
                    max(r.denominator) filter (where r.breakdown = 'quantity') as den_quantity
                from mo_data.kpi_result r
                    join mo_data.kpi k on k.kpi_id = r.kpi_id
                    cross join lateral (select mo_data.rounded_numerator(r.numerator, r.denominator, k.interval_method, k.round_to) as numerator) g
                where r.kpi_id = measure_position_replace.kpi_id and r.month = any (months) and r.org_type = 'practice' and r.breakdown in ('quantity', 'actual_cost')
                group by r.month, r.org_key
                having max(r.hidden) = 0
            ) p
            group by p.month
        ) s
    )
    insert into mo_data.measure_decile (
        kpi_id, month, org_type, org_count, total_numerator, total_denominator, numerator_unit_cost, other_unit_cost, decile)
    select measure_position_replace.kpi_id, r.month, r.org_type, count(r.value), sum(r.numerator), sum(r.denominator), max(u.numerator_unit_cost),
        max(u.other_unit_cost), percentile_cont(array[0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]) within group (order by r.value)
    from mo_data.measure_compared(kpi_id, months) r
        left join unit_cost u on u.month = r.month
    group by r.month, r.org_type;
    insert into mo_data.measure_position (kpi_id, month, org_key, percentile)
    select measure_position_replace.kpi_id, r.month, r.org_key, 100 * percent_rank() over (partition by r.month, r.org_type order by r.value)
    from mo_data.measure_compared(kpi_id, months) r;
    get diagnostics rows_written = row_count;
    perform mo_data.refresh_note(run_id, 'positions', kpi_id, months[1], months[cardinality(months)], rows_written, started);
end
    $$;
revoke all on function mo_data.measure_position_replace(integer, text, date[]) from public;
comment on function mo_data.measure_position_replace(integer, text, date[]) is
    'Replaces deciles and percentiles of a measure for the months given, over all organisations of each level that have a value; those '
    'that are hidden (small numbers) are out. Does nothing for other KPIs. Part of refresh().';

create or replace function mo_data.measure_saving_at(
    target double precision, is_percentage boolean, numerator double precision, denominator double precision, per double precision,
    num_quantity double precision, den_quantity double precision, num_cost double precision, den_cost double precision,
    numerator_unit_cost double precision, other_unit_cost double precision)
    returns double precision
    language sql immutable parallel safe
    begin atomic
        select case
            when not is_percentage then numerator - target * denominator / per
            else den_cost - den_quantity * (
                target * case when num_quantity is null then null when num_quantity > 0 then num_cost / num_quantity
                    else coalesce(numerator_unit_cost, case when target = 0 then 0 end) end
                + (1 - target) * case when den_quantity - num_quantity <> 0 then (den_cost - num_cost) / (den_quantity - num_quantity)
                    else coalesce(other_unit_cost, case when target = 1 then 0 end) end)
        end;
    end;
comment on function mo_data.measure_saving_at(
    double precision, boolean, double precision, double precision, double precision, double precision, double precision, double precision,
    double precision, double precision, double precision) is
    'Pounds an organisation would have saved in a month at a target value of a cost-based measure, as OpenPrescribing works it out; below 0: '
    'it would have spent more. Cost over a population: numerator - target x denominator / per. A percentage: the cost of the denominator, '
    'less its quantity at the target''s mixture of the two prices a unit that the organisation paid; where it bought none of one, at the '
    'price that all practices paid whose parts are not hidden. Null where a part or a price that counts is not known, or hidden.';
