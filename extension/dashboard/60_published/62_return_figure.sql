-- A quarter's figures of PCNs and ICBs, made of the months' shown cells, organisation by organisation.
create or replace view mo_data.return_organisation as
    select k.org_key, k.org_type, k.org_code
    from mo_data.organisation_key k
    where k.org_type in ('pcn', 'icb')
        and ((select m.sees_all from mo_data.my_reach m) or ((select m.keys from mo_data.my_organisation_keys m))[k.org_key]);
comment on view mo_data.return_organisation is 'The PCNs and ICBs that the session''s login sees: those whose returns it reads.';
comment on column mo_data.return_organisation.org_key is 'Organisation (organisation_key).';
comment on column mo_data.return_organisation.org_type is 'pcn or icb.';
comment on column mo_data.return_organisation.org_code is 'Code of the organisation.';

-- What counts from April holds the months before it: three of them added up would count those twice.
create or replace function mo_data.quarter_basis(time_basis text, counts_from_april boolean)
    returns text
    language sql immutable parallel safe
    begin atomic
        select case when time_basis = 'flow' and counts_from_april then 'stock' else time_basis end;
    end;
comment on function mo_data.quarter_basis(text, boolean) is
    'How a quarter is made of months: flow: they add up; stock and annual: the last one counts, also of what counts from April. For the published views.';

create or replace view mo_data.return_cell as
    select
        r.org_key, r.org_type, r.org_code, r.kpi_id, r.breakdown, r.month, date_trunc('quarter', r.month::timestamp)::date as quarter_start,
        k.unit, k.per, k.decimals, k.interval_method, mo_data.quarter_basis(k.time_basis, k.counts_from_april) as time_basis, k.round_to, h.is_hidden,
        r.breakdown = '' and mo_data.kpi_has_chart(k.time_basis, k.counts_from_april) as is_charted,
        g.numerator, case when not h.is_hidden then r.denominator end as denominator, v.value,
        case when h.is_hidden then 'suppressed'
            else coalesce(mo_data.display_value(v.value, k.unit, 1, k.decimals),
                to_char(nullif(g.numerator, 0)::numeric, 'FM999,999,999,990'), '-') end as display_value,
        r.target, r.peer_group, r.peer_median,
        case when not h.is_hidden then r.peer_rank end as peer_rank,
        r.peer_n
    from mo_data.kpi_result r
        join mo_data.kpi k on k.kpi_id = r.kpi_id and k.is_active
        join mo_data.return_section x on x.family = k.family
        cross join lateral ( -- the rule again besides what was stored, as in kpi_shown
            select r.hidden > 0 or mo_data.small_reason(k.unit, k.interval_method, r.numerator, r.denominator, k.hide_from, k.hide_to,
                k.hide_denominator_below) > 0 as is_hidden
            offset 0
        ) h
        cross join lateral (
            select case when not h.is_hidden then mo_data.rounded_numerator(r.numerator, r.denominator, k.interval_method, k.round_to) end
                as numerator
            offset 0
        ) g
        cross join lateral (
            select case when h.is_hidden then null when k.round_to > 1 then mo_data.result_value(k.unit, k.per, g.numerator, r.denominator)
                else r.value end as value
            offset 0
        ) v
    where r.org_type in ('pcn', 'icb');
comment on view mo_data.return_cell is
    'The months'' figures that returns are made of: small numbers, what is hidden beside them and roundings as in kpi_shown, but for '
    'everybody, also for a login with sees_unsuppressed, because a return leaves the organisation. Whose it may see, its readers ask '
    '(return_organisation).';
comment on column mo_data.return_cell.org_key is 'Organisation (organisation_key).';
comment on column mo_data.return_cell.org_type is 'pcn or icb.';
comment on column mo_data.return_cell.org_code is 'Code of the organisation.';
comment on column mo_data.return_cell.kpi_id is 'KPI.';
comment on column mo_data.return_cell.breakdown is 'Part of the KPI; empty: the KPI itself.';
comment on column mo_data.return_cell.month is 'First day of the month.';
comment on column mo_data.return_cell.quarter_start is 'First day of its quarter.';
comment on column mo_data.return_cell.unit is 'Unit of the KPI.';
comment on column mo_data.return_cell.per is 'What a rate is per.';
comment on column mo_data.return_cell.decimals is 'Decimals in display text.';
comment on column mo_data.return_cell.interval_method is 'Interval method of the KPI.';
comment on column mo_data.return_cell.time_basis is 'flow, stock or annual, as quarter_basis.';
comment on column mo_data.return_cell.round_to is 'What its numerators are rounded to. Null: they are not.';
comment on column mo_data.return_cell.is_hidden is 'The figure is hidden: its number is small, or another that is could be had from it.';
comment on column mo_data.return_cell.is_charted is
    'A series of it can have a special cause: a whole KPI that is neither annual nor adds up from April.';
comment on column mo_data.return_cell.numerator is 'Numerator, rounded where the KPI says so. Null: suppressed.';
comment on column mo_data.return_cell.denominator is 'Denominator. Null: suppressed.';
comment on column mo_data.return_cell.value is 'Value of the month. Null: suppressed, or nothing to divide by.';
comment on column mo_data.return_cell.display_value is
    'The month''s figure as printed within a sentence; the numerator where there is nothing to divide by; - where there is nothing at all.';
comment on column mo_data.return_cell.target is 'Target of the month.';
comment on column mo_data.return_cell.peer_group is 'With whom it is compared.';
comment on column mo_data.return_cell.peer_median is 'Median of its peers in the month.';
comment on column mo_data.return_cell.peer_rank is 'Rank among its peers in the month.';
comment on column mo_data.return_cell.peer_n is 'Number of its peers in the month.';

create or replace view mo_data.return_figure as
    select
        o.org_key, o.org_type, o.org_code, f.kpi_id, f.quarter_start, f.last_month, f.month_count, f.is_hidden, f.numerator, f.denominator,
        f.value, mo_data.result_lower(f.interval_method, f.per, f.numerator, f.counted_in) as value_lower,
        mo_data.result_upper(f.interval_method, f.per, f.numerator, f.counted_in) as value_upper, f.target, f.peer_group,
        f.peer_median, f.peer_rank, f.peer_n, f.months_text, f.month_names,
        f.latest_before, f.value_year_before, f.month_count_year_before, f.last_month_year_before, f.last_numerator, f.last_denominator,
        f.last_value, f.cause, f.usual_mean, f.usual_lower, f.usual_upper
    from mo_data.return_organisation o
        cross join lateral ( -- one organisation at a time: what is asked of one reads no other, and all take as long as each
            with cell as materialized (
                select c.kpi_id, c.month, c.quarter_start, c.time_basis, c.unit, c.is_hidden, c.numerator, c.denominator, c.value, c.display_value,
                    c.target, c.peer_group, c.peer_median, c.peer_rank, c.peer_n,
                    lead(c.quarter_start) over series is distinct from c.quarter_start as is_last,
                    case when c.is_charted then mo.special_cause(c.value, c.month) over series end as cause,
                    mo.xmr_mean(c.value) over series as xmr_mean, mo.xmr_lower(c.value, c.month) over series as xmr_lower,
                    mo.xmr_upper(c.value, c.month) over series as xmr_upper
                from mo_data.return_cell c
                where c.org_key = o.org_key and c.breakdown = ''
                window series as (partition by c.kpi_id order by c.month)
            ), quarter as materialized (
                select
                    c.kpi_id, c.quarter_start, max(c.month) as last_month, count(c.month)::integer as month_count,
                    bool_or(c.is_hidden and (c.is_last or c.time_basis = 'flow')) as is_hidden,
                    case when c.time_basis <> 'flow' then max(c.numerator) filter (where c.is_last) when not bool_or(c.is_hidden)
                        then sum(c.numerator) end as numerator,
                    case when c.time_basis <> 'flow' then max(c.denominator) filter (where c.is_last) when not bool_or(c.is_hidden)
                        then sum(c.denominator) end as denominator,
                    case when c.time_basis <> 'flow' or c.unit <> 'count' then max(c.target) filter (where c.is_last) -- a month's target is for a month's count
                        when count(c.target) = count(*) then sum(c.target) end as target,
                    max(c.peer_group) filter (where c.is_last) as peer_group,
                    max(c.peer_median) filter (where c.is_last) as peer_median,
                    max(c.peer_rank) filter (where c.is_last) as peer_rank,
                    max(c.peer_n) filter (where c.is_last) as peer_n,
                    string_agg(to_char(c.month, 'FMMonth') || ' ' || c.display_value, ', ' order by c.month) as months_text,
                    string_agg(to_char(c.month, 'FMMonth'), ' and ' order by c.month) as month_names,
                    max(c.numerator) filter (where c.is_last) as last_numerator,
                    max(c.denominator) filter (where c.is_last) as last_denominator,
                    max(c.value) filter (where c.is_last) as last_value,
                    max(c.cause) filter (where c.is_last) as cause,
                    max(c.xmr_mean) as xmr_mean, max(c.xmr_lower) as xmr_lower, max(c.xmr_upper) as xmr_upper
                from cell c
                group by c.kpi_id, c.quarter_start, c.time_basis, c.unit
            )
            select
                k.kpi_id, p.quarter_start, q.last_month, q.month_count, coalesce(q.is_hidden, false) as is_hidden, q.numerator,
                q.denominator, v.value, q.target, q.peer_group, q.peer_median, q.peer_rank, q.peer_n, q.months_text, q.month_names,
                case when k.time_basis = 'annual'
                    then max(array[q.last_month - date '2000-01-01', v.value]) filter (where v.value is not null) over before
                    end as latest_before,
                max(v.value) over a_year_before as value_year_before, max(q.month_count) over a_year_before as month_count_year_before,
                max(q.last_month) over a_year_before as last_month_year_before, q.last_numerator, q.last_denominator, q.last_value, q.cause,
                q.xmr_mean as usual_mean, greatest(q.xmr_lower, case when k.unit <> 'pounds' then 0 end) as usual_lower,
                least(q.xmr_upper, case when k.interval_method = 'wilson' then 1 end) as usual_upper, k.per,
                case when k.unit = 'count' then 1 else q.denominator end as counted_in,
                case when coalesce(k.round_to, 1) = 1 then k.interval_method end as interval_method
            from (select distinct c.quarter_start from cell c) p -- every KPI has a row in every quarter of which there is anything
                cross join mo_data.kpi k
                join mo_data.return_section r on r.family = k.family
                left join quarter q on q.kpi_id = k.kpi_id and q.quarter_start = p.quarter_start
                cross join lateral (select mo_data.result_value(k.unit, k.per, q.numerator, q.denominator) as value) v
            where k.is_active
            window a_year_before as (partition by k.kpi_id order by p.quarter_start
                    range between interval '1 year' preceding and interval '1 year' preceding),
                before as (partition by k.kpi_id order by p.quarter_start rows between unbounded preceding and 1 preceding)
            offset 0
        ) f;
comment on view mo_data.return_figure is
    'One row a PCN or ICB, quarter and KPI; a KPI without a figure has one too. Flows: the sums of the months'' numerators and '
    'denominators, null when a month is suppressed. '
    'Stocks, annual figures and what counts from April: the last month of the quarter that there is.';
comment on column mo_data.return_figure.org_key is 'Organisation (organisation_key).';
comment on column mo_data.return_figure.org_type is 'pcn or icb.';
comment on column mo_data.return_figure.org_code is 'Code of the organisation.';
comment on column mo_data.return_figure.kpi_id is 'KPI.';
comment on column mo_data.return_figure.quarter_start is 'First day of the quarter.';
comment on column mo_data.return_figure.last_month is 'Last month of the quarter that it has. Null: it has none.';
comment on column mo_data.return_figure.month_count is 'Months of the quarter that it has.';
comment on column mo_data.return_figure.is_hidden is 'The quarter''s figure is suppressed, because a month of it is.';
comment on column mo_data.return_figure.numerator is 'Numerator. Null: suppressed.';
comment on column mo_data.return_figure.denominator is 'Denominator. Null: suppressed.';
comment on column mo_data.return_figure.value is 'Value of the quarter.';
comment on column mo_data.return_figure.value_lower is 'Lower end of its 95 % interval.';
comment on column mo_data.return_figure.value_upper is 'Upper end of its 95 % interval.';
comment on column mo_data.return_figure.target is
    'Target of the last month; of a count that adds up, those of its months together. Null: none is set, or not for each of them.';
comment on column mo_data.return_figure.peer_group is 'With whom it is compared in the last month.';
comment on column mo_data.return_figure.peer_median is 'Median of its peers in the last month.';
comment on column mo_data.return_figure.peer_rank is 'Rank among its peers in the last month.';
comment on column mo_data.return_figure.peer_n is 'Number of its peers in the last month.';
comment on column mo_data.return_figure.months_text is 'The months'' figures in words.';
comment on column mo_data.return_figure.month_names is 'Names of the months it has.';
comment on column mo_data.return_figure.latest_before is
    'Of an annual KPI, the last figure before the quarter: its month as days since 2000-01-01, and its value.';
comment on column mo_data.return_figure.value_year_before is 'Value of the same quarter a year before. Null: none or suppressed.';
comment on column mo_data.return_figure.month_count_year_before is 'Months that one has.';
comment on column mo_data.return_figure.last_month_year_before is 'Last month that one has.';
comment on column mo_data.return_figure.last_numerator is 'Numerator of the last month. Null: suppressed.';
comment on column mo_data.return_figure.last_denominator is 'Denominator of the last month. Null: suppressed.';
comment on column mo_data.return_figure.last_value is 'Value of the last month. Null: suppressed.';
comment on column mo_data.return_figure.cause is
    'Special cause of the last month among all shown months, as mo.special_cause. Null: none to be had.';
comment on column mo_data.return_figure.usual_mean is 'Mean of all shown months.';
comment on column mo_data.return_figure.usual_lower is 'Lower process limit, but for money not below 0.';
comment on column mo_data.return_figure.usual_upper is 'Upper process limit, for proportions not above 1.';

create or replace view mo_data.return_part as
    select
        o.org_key, o.org_type, o.org_code, k.kpi_id, q.quarter_start, p.breakdown, p.is_hidden, p.numerator, p.denominator,
        mo_data.result_value(k.unit, k.per, p.numerator, p.denominator) as value, p.month_count, p.months_text
    from mo_data.return_organisation o
        cross join (select distinct date_trunc('quarter', m.month::timestamp)::date as quarter_start from mo_data.kpi_month m) q
        cross join mo_data.kpi k
        join mo_data.return_section r on r.family = k.family
        cross join lateral ( -- by its key: only the quarter is read
            select
                c.breakdown, max(c.month) as last_month, max(c.whole_last_month) as whole_last_month, count(*)::integer as month_count,
                bool_or(c.is_hidden and (c.is_last or mo_data.quarter_basis(k.time_basis, k.counts_from_april) = 'flow')) as is_hidden,
                case when mo_data.quarter_basis(k.time_basis, k.counts_from_april) <> 'flow' then max(c.numerator) filter (where c.is_last) when not bool_or(c.is_hidden)
                    then sum(c.numerator) end as numerator,
                case when mo_data.quarter_basis(k.time_basis, k.counts_from_april) <> 'flow' then max(c.denominator) filter (where c.is_last) when not bool_or(c.is_hidden)
                    then sum(c.denominator) end as denominator,
                string_agg(to_char(c.month, 'FMMonth') || ' ' || c.display_value, ', ' order by c.month) as months_text
            from (
                    select x.breakdown, x.month, x.is_hidden, x.numerator, x.denominator,
                        case when x.breakdown = 'in_month' then x.display_value end as display_value, max(x.month) over () as whole_last_month, lead(x.month) over (partition by x.breakdown order by x.month) is null
                            as is_last
                    from mo_data.return_cell x
                    where x.org_key = o.org_key and x.kpi_id = k.kpi_id
                        and x.month between q.quarter_start and (q.quarter_start + interval '2 months')::date
                ) c
            where c.breakdown <> ''
            group by c.breakdown
            offset 0
        ) p
    where k.is_active and (mo_data.quarter_basis(k.time_basis, k.counts_from_april) = 'flow' or p.last_month = p.whole_last_month);
comment on view mo_data.return_part is
    'One row a PCN or ICB, quarter, KPI and part of it that it has, made as return_figure; of a stock those of the last month.';
comment on column mo_data.return_part.org_key is 'Organisation (organisation_key).';
comment on column mo_data.return_part.org_type is 'pcn or icb.';
comment on column mo_data.return_part.org_code is 'Code of the organisation.';
comment on column mo_data.return_part.kpi_id is 'KPI.';
comment on column mo_data.return_part.quarter_start is 'First day of the quarter.';
comment on column mo_data.return_part.breakdown is 'The part, as in kpi_result.';
comment on column mo_data.return_part.is_hidden is 'The quarter''s figure is suppressed, because a month of it is.';
comment on column mo_data.return_part.numerator is 'Numerator. Null: suppressed.';
comment on column mo_data.return_part.denominator is 'Denominator. Null: suppressed.';
comment on column mo_data.return_part.value is 'Value of the quarter.';
comment on column mo_data.return_part.month_count is 'Months of the quarter that it has.';
comment on column mo_data.return_part.months_text is 'Of the part in_month the months'' figures in words, else null.';
