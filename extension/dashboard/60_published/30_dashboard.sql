create or replace view mo_dashboard.dashboard with (security_barrier = true) as
    select
        d.org_code::varchar(12) as org_code,
        d.org_name::varchar(255) as org_name,
        d.org_type::varchar(10) as org_type,
        d.family_label::varchar(30) as family_label,
        d.kpi_sort::integer as kpi_sort,
        d.kpi_name::varchar(255) as kpi_name,
        d.month_label::varchar(8) as month_label,
        coalesce(mo_data.display_value(d.value, d.unit, d.per, d.decimals), e.status_label)::varchar(40) as display_value,
        coalesce(mo_data.display_value(d.target, d.unit, d.per, d.decimals), 'no target')::varchar(40) as display_target,
        coalesce(e.status_label, t.status_label)::varchar(20) as status_label,
        case when e.status_label is null then t.rag else 'grey' end::varchar(10) as rag,
        (case when d.value - d.previous_month_value >= 0 then '+' else '' end
            || replace(mo_data.display_value(d.value - d.previous_month_value, d.unit, 1, d.decimals), '%', ' pp'))::varchar(40) as display_change_on_month,
        (case when d.value - d.previous_year_value >= 0 then '+' else '' end
            || replace(mo_data.display_value(d.value - d.previous_year_value, d.unit, 1, d.decimals), '%', ' pp'))::varchar(40) as display_change_on_year,
        mo_data.display_value(d.peer_median, d.unit, d.per, d.decimals)::varchar(40) as display_peer_median,
        (case when d.peer_n >= 10 then 'decile ' || d.peer_decile || ', ' else '' end
            || case when d.peer_n > 1 then 'rank ' || d.peer_rank || ' of ' || d.peer_n end)::varchar(40) as display_position,
        d.trend_spark::varchar(12) as trend_spark,
        nullif(concat_ws(' ', e.state_text, f.target_text, f.cause_text), '')::varchar(255) as exception_text,
        d.data_to::date as data_to,
        d.next_data_due::date as next_data_due,
        d.kpi_id::varchar(40) as kpi_id,
        d.org_key::integer as org_key,
        d.month_start::date as month_start,
        d.numerator::double precision as numerator,
        d.denominator::double precision as denominator,
        d.value::double precision as value,
        e.value_status::varchar(10) as value_status,
        d.target::double precision as target,
        d.value_lower::double precision as value_lower,
        d.value_upper::double precision as value_upper,
        (d.value - d.previous_month_value)::double precision as change_on_month,
        (d.value - d.previous_year_value)::double precision as change_on_year,
        d.peer_median::double precision as comparator_value,
        d.comparator_name::varchar(20) as comparator_name,
        d.peer_median_without_self::double precision as peer_median_without_self,
        d.peer_n::integer as peer_n,
        d.peer_rank::integer as peer_rank,
        d.peer_decile::integer as peer_decile,
        d.direction_of_good::varchar(10) as direction_of_good,
        d.run_id::integer as run_id,
        f.spc_variation_label::varchar(40) as spc_variation_label,
        f.spc_assurance_label::varchar(40) as spc_assurance_label,
        mo_data.display_interval(d.value_lower, d.value_upper, d.unit, d.per, d.decimals)::varchar(40) as display_interval,
        d.kpi_short_name::varchar(30) as kpi_short_name,
        d.family_label_sort::integer as family_label_sort,
        coalesce((select case s.data_kind when 'synthetic' then 'Synthetic data' when 'real' then 'Real data' end from mo_data.site s),
            'Not stated')::varchar(20) as data_kind_label,
        mo_data.significance_label(d.value_lower, d.value_upper, d.peer_median)::varchar(30) as significance_label,
        (extract(year from d.month_start) * 100 + extract(month from d.month_start))::integer as month_label_sort
    from (
            select
                k.org_code, coalesce(o.name, k.org_code) as org_name, k.org_type, c.family_label, c.family_label_sort, c.kpi_sort, c.kpi_name,
                c.kpi_short_name, c.unit, c.rate_per as per, c.decimals::smallint as decimals, c.direction_of_good, c.kpi_id, k.org_key,
                l.month as month_start, to_char(l.month, 'Mon YYYY') as month_label, l.trend_spark, l.spc_lower, l.spc_upper, l.spc_cause,
                s.numerator, s.denominator, s.value, s.value_lower, s.value_upper, s.previous_month_value, s.previous_year_value,
                s.peer_median, s.peer_median_without_self, s.peer_n, s.peer_rank, s.peer_decile, s.is_hidden, s.target, l.run_id,
                case when s.peer_group is null then null when k.org_type in ('practice', 'pcn') then 'ICB median'
                    else 'National median' end as comparator_name,
                (l.month + interval '1 month')::date - 1 as data_to,
                mo_data.figure_due(l.month, c.time_basis, c.expected_lag_days, r.replaces) as figure_due,
                mo_data.next_figure_due(l.month, c.time_basis, c.expected_lag_days) as next_data_due
            from mo_data.kpi_latest l
                join mo_data.organisation_key k on k.org_key = l.org_key
                join mo_dashboard.dim_kpi c on c.kpi_id = l.kpi_id and c.is_on_front_page = 1
                left join mo_data.kpi p on p.kpi_id = l.kpi_id
                left join mo_data.source r on r.source = p.sources[1]
                left join mo_data.organisation o on o.org_code = k.org_code and o.org_type = k.org_type
                -- offset 0 here: the key goes into the barrier row by row, or all results would be read to join one page; below: an expression is
                -- worked out once, not copied into every column that uses it, which took ten times as long to plan as to run
                left join lateral (
                    select x.* from mo_data.kpi_shown x
                    where x.org_key = l.org_key and x.kpi_id = l.kpi_id and x.month = l.month and x.breakdown = '' offset 0
                ) s on true
            where (select m.sees_all from mo_data.my_reach m) or l.org_key = any (array(select m.org_key from mo_data.my_organisation m))
        ) d
        cross join lateral (
            select v.value_status, case v.value_status when 'ok' then null when 'stale' then null else replace(v.value_status, '_', ' ') end as status_label,
                case
                    when d.month_start is null then 'No data have been loaded for it.'
                    when v.value_status = 'suppressed' then 'The number is too small to show.'
                    when v.value_status = 'not_due' then d.month_label || ' is not due until ' || to_char(d.figure_due, 'DD Mon YYYY')
                        || case when d.value is null then '.' else ' and may change.' end
                    when v.value_status = 'no_data' then 'There is nothing to divide by in ' || d.month_label || '.'
                    when v.value_status = 'stale' then 'Data end in ' || d.month_label || '; the next month was due on '
                        || to_char(d.next_data_due, 'DD Mon YYYY') || '.'
                end as state_text
            from (select mo_data.value_status(d.is_hidden, d.value, d.figure_due, d.next_data_due, current_date) as value_status offset 0) v
            offset 0
        ) e
        left join mo_data.setting m on m.name = 'status_min_denominator'
        cross join lateral (
            select x.status_label, x.rag from mo_data.target_status(d.direction_of_good, d.unit, d.value, d.value_lower, d.value_upper, d.denominator,
                d.target, m.value) x offset 0
        ) t
        cross join lateral (
            select g.spc_variation_label,
                case when g.spc_variation_label is not null
                    then mo_data.spc_assurance_label(d.spc_lower, d.spc_upper, d.target, d.direction_of_good) end as spc_assurance_label,
                case when e.status_label is null then case t.status_label
                    when 'off target' then 'Off target (' || mo_data.display_value(d.target, d.unit, d.per, d.decimals) || ').'
                    when 'too few' then 'Too few to judge against the target.'
                end end as target_text,
                'S' || substr(replace(g.spc_variation_label, ': ', ', '), 2) || ': ' || mo_data.spc_cause_text(d.spc_cause) || '.' as cause_text
            from (select case when e.value_status in ('ok', 'stale') then mo_data.spc_variation_label(d.spc_cause, d.direction_of_good) end
                as spc_variation_label offset 0) g
            offset 0
        ) f;
comment on view mo_dashboard.dashboard is
    'The single page: one row an organisation and front-page KPI, for its latest complete month, ready to print. Supports discussion of '
    'variation and is not performance management. Sort by org_code, kpi_sort.';
comment on column mo_dashboard.dashboard.org_code is 'ODS code, or the code of a site''s own group.';
comment on column mo_dashboard.dashboard.org_name is 'Name of the organisation.';
comment on column mo_dashboard.dashboard.org_type is 'practice, pcn, sub_icb, icb, region, nation or group. Look at one level at a time: levels contain each other.';
comment on column mo_dashboard.dashboard.family_label is 'Family as readers know it. Sort by family_label_sort.';
comment on column mo_dashboard.dashboard.kpi_sort is 'Row on the page: the order of KPI names.';
comment on column mo_dashboard.dashboard.kpi_name is 'Full name of the KPI.';
comment on column mo_dashboard.dashboard.month_label is 'Month as text, such as Apr 2026. Sort by month_label_sort. Null: no data.';
comment on column mo_dashboard.dashboard.display_value is 'Value as it is printed; no data, not due or suppressed where there is none to print.';
comment on column mo_dashboard.dashboard.display_target is 'Target as it is printed; no target where none is set.';
comment on column mo_dashboard.dashboard.status_label is
    'on target, off target, or not clearly off (its 95 % interval holds the target); no target, no data, not due, suppressed, no good '
    'direction, or too few to say (setting status_min_denominator).';
comment on column mo_dashboard.dashboard.rag is 'green: on target; amber: not clearly off; red: off target; grey: all that is neither, see status_label.';
comment on column mo_dashboard.dashboard.display_change_on_month is 'Change on the month before as it is printed; of a percentage in percentage points (pp). Null: not known.';
comment on column mo_dashboard.dashboard.display_change_on_year is 'Change on the same month a year before as it is printed; of a percentage in percentage points (pp). Null: not known.';
comment on column mo_dashboard.dashboard.display_peer_median is 'Median of its peers as it is printed. Null: not compared.';
comment on column mo_dashboard.dashboard.display_position is 'Rank among its peers (1 the lowest value) with their number, and from ten peers on the decile. Null: no other peer.';
comment on column mo_dashboard.dashboard.trend_spark is 'The twelve months to this one as block characters, oldest first; a blank is a month without a value to show.';
comment on column mo_dashboard.dashboard.exception_text is
    'What to know before using the figure: no data, suppressed, not due or stale; off target or too few; a special cause. Null: nothing.';
comment on column mo_dashboard.dashboard.data_to is 'Last day the figure covers. Null: no data.';
comment on column mo_dashboard.dashboard.next_data_due is 'Day by which the next figure (of the next month, or of the next financial year) is expected. Null: no data.';
comment on column mo_dashboard.dashboard.kpi_id is 'Name of the KPI. Key of dim_kpi.';
comment on column mo_dashboard.dashboard.org_key is 'Key of dim_organisation.';
comment on column mo_dashboard.dashboard.month_start is 'First day of the month. Null: no data.';
comment on column mo_dashboard.dashboard.numerator is 'What was counted (numerator_wording in dim_kpi). Null: suppressed or no data.';
comment on column mo_dashboard.dashboard.denominator is 'What it is divided by (denominator_wording in dim_kpi). Null: no data.';
comment on column mo_dashboard.dashboard.value is 'Numerator / denominator times rate_per; percent as 0 to 1; the numerator for a count. Null: see value_status.';
comment on column mo_dashboard.dashboard.value_status is
    'ok, suppressed (small number), no_data (nothing to divide by), not_due (not yet complete: its day has not come), stale (the latest, and the '
    'next was due and is not there).';
comment on column mo_dashboard.dashboard.target is 'Target for value. Null: none is set.';
comment on column mo_dashboard.dashboard.value_lower is 'Lower end of the 95 % interval of value. Null: the KPI has no interval.';
comment on column mo_dashboard.dashboard.value_upper is 'Upper end of the 95 % interval of value. Null: the KPI has no interval.';
comment on column mo_dashboard.dashboard.change_on_month is 'Value less that of the month before.';
comment on column mo_dashboard.dashboard.change_on_year is 'Value less that of the same month a year before.';
comment on column mo_dashboard.dashboard.comparator_value is 'Median of its peers, itself included. Null: not compared.';
comment on column mo_dashboard.dashboard.comparator_name is 'ICB median or National median. Null: not compared.';
comment on column mo_dashboard.dashboard.peer_median_without_self is 'Median of the other peers. Null: none, or not compared.';
comment on column mo_dashboard.dashboard.peer_n is 'Peers with a value, itself included. Null: not compared.';
comment on column mo_dashboard.dashboard.peer_rank is 'Rank among its peers, 1 the lowest value; which end is good is the KPI''s direction_of_good.';
comment on column mo_dashboard.dashboard.peer_decile is 'Tenth of its peers by rank, 1 the lowest values. Null: fewer than ten peers. Read it with peer_n.';
comment on column mo_dashboard.dashboard.direction_of_good is 'higher, lower or neither. A KPI with neither is never coloured.';
comment on column mo_dashboard.dashboard.run_id is 'Number of the refresh that published the row.';
comment on column mo_dashboard.dashboard.spc_variation_label is
    'What the control chart says of the month: common cause, special cause: improving, special cause: concerning, or special cause where no '
    'direction is good. Null: fewer than 12 months, no chart (an annual figure, one that starts again each April), or no figure to judge.';
comment on column mo_dashboard.dashboard.spc_assurance_label is
    'consistently meets target, consistently misses target, or meets and misses target: where the target lies to the process limits. Null: no '
    'target, no good direction, or no control chart.';
comment on column mo_dashboard.dashboard.display_interval is '95 % interval of the value as it is printed. Null: the KPI has none.';
comment on column mo_dashboard.dashboard.kpi_short_name is 'Name of at most 30 characters.';
comment on column mo_dashboard.dashboard.family_label_sort is 'Order of family_label.';
comment on column mo_dashboard.dashboard.data_kind_label is 'Synthetic data, Real data or Not stated: what the site says its data are.';
comment on column mo_dashboard.dashboard.significance_label is
    'similar where the 95 % interval holds the median of the peers, else higher or lower: read it before the rank. Null: no interval, or not compared.';
comment on column mo_dashboard.dashboard.month_label_sort is 'Order of month_label: year and month as a number, 202604.';
