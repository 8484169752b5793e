create or replace view mo_dashboard.peer_comparison with (security_barrier = true) as -- averages of other groups stand beside kpi_shown
    select
        s.kpi_id::varchar(40) as kpi_id,
        k.name::varchar(255) as kpi_name,
        s.month::date as month_start,
        s.org_type::varchar(10) as org_type,
        s.org_code::varchar(12) as org_code,
        n.org_name::varchar(255) as org_name,
        s.peer_group::varchar(12) as peer_group_code,
        coalesce(g.name, case s.peer_group when 'ENG' then 'England' end, s.peer_group)::varchar(255) as peer_group_name,
        s.numerator::double precision as numerator,
        s.denominator::double precision as denominator,
        s.value::double precision as value,
        mo_data.value_status(s.is_hidden, s.value, mo_data.figure_due(s.month, k.time_basis, k.expected_lag_days, d.replaces),
            case when l.month = s.month then mo_data.next_figure_due(s.month, k.time_basis, k.expected_lag_days) end, current_date)::varchar(10)
            as value_status,
        mo_data.display_value(s.value, s.unit, s.per, s.decimals)::varchar(40) as display_value,
        s.peer_median::double precision as comparator_value,
        s.peer_median_without_self::double precision as peer_median_without_self,
        (s.value - s.peer_median_without_self)::double precision as difference_from_others,
        s.peer_n::integer as peer_n,
        s.peer_rank::integer as peer_rank,
        s.peer_decile::integer as peer_decile,
        s.peer_percentile::double precision as peer_percentile,
        s.value_lower::double precision as value_lower,
        s.value_upper::double precision as value_upper,
        k.direction::varchar(10) as direction_of_good,
        s.org_key::integer as org_key,
        s.run_id::integer as run_id,
        (v.average * k.per)::double precision as funnel_average,
        mo_data.funnel_limit(f.kind, 'lower', 0.95, v.average, s.denominator, k.per)::double precision as funnel_lower_95,
        mo_data.funnel_limit(f.kind, 'upper', 0.95, v.average, s.denominator, k.per)::double precision as funnel_upper_95,
        mo_data.funnel_limit(f.kind, 'lower', 0.998, v.average, s.denominator, k.per)::double precision as funnel_lower_998,
        mo_data.funnel_limit(f.kind, 'upper', 0.998, v.average, s.denominator, k.per)::double precision as funnel_upper_998,
        replace(replace(mo_data.funnel_position(f.kind, s.numerator, s.denominator, v.average, 0), '_998', ' 99.8 %'), '_95', ' 95 %')::varchar(30)
            as funnel_label,
        mo_data.significance_label(s.value_lower, s.value_upper, s.peer_median)::varchar(30) as significance_label,
        (left(n.org_name, 240) || coalesce(' (' || nullif(s.org_code, n.org_name) || ')', ''))::varchar(255) as org_label
    from mo_data.kpi_shown s
        join mo_data.kpi k on k.kpi_id = s.kpi_id
        left join mo_data.source d on d.source = k.sources[1]
        left join mo_data.kpi_latest l on l.org_key = s.org_key and l.kpi_id = s.kpi_id
        left join mo_data.organisation_named n on n.org_key = s.org_key
        left join mo_data.organisation g on g.org_code = s.peer_group
        left join mo_data.kpi_variation v on v.group_code = s.peer_group and v.kpi_id = s.kpi_id and v.month = s.month and v.org_type = s.org_type
        cross join lateral (select mo_data.funnel_kind(k.interval_method, k.unit) as kind) f
    where s.breakdown = '' and s.peer_group is not null;
comment on view mo_dashboard.peer_comparison is
    'One row a KPI, month and organisation that is compared: GP practices and PCNs within their ICB, sub-ICBs and ICBs nationally. '
    'Supports discussion of variation and is not performance management: a rank is not a verdict. Read significance_label and funnel_label '
    'before peer_rank: of organisations that are similar or within, first and last differ by chance.';
comment on column mo_dashboard.peer_comparison.kpi_id is 'Name of the KPI. Key of dim_kpi.';
comment on column mo_dashboard.peer_comparison.kpi_name is 'Full name of the KPI.';
comment on column mo_dashboard.peer_comparison.month_start is 'First day of the month.';
comment on column mo_dashboard.peer_comparison.org_type is 'practice, pcn, sub_icb or icb.';
comment on column mo_dashboard.peer_comparison.org_code is 'ODS code of the organisation.';
comment on column mo_dashboard.peer_comparison.org_name is 'Name of the organisation.';
comment on column mo_dashboard.peer_comparison.peer_group_code is 'The ICB within which it is compared on the month''s last day; ENG for sub-ICBs and ICBs.';
comment on column mo_dashboard.peer_comparison.peer_group_name is 'Name of that ICB or nation.';
comment on column mo_dashboard.peer_comparison.numerator is 'What was counted (numerator_wording in dim_kpi). Null: suppressed.';
comment on column mo_dashboard.peer_comparison.denominator is 'What it is divided by (denominator_wording in dim_kpi).';
comment on column mo_dashboard.peer_comparison.value is 'Numerator / denominator times rate_per; percent as 0 to 1; the numerator for a count. Null: suppressed.';
comment on column mo_dashboard.peer_comparison.value_status is
    'ok, suppressed (small number), not_due (not yet complete: its day has not come), stale (the latest, and the next was due and is not there).';
comment on column mo_dashboard.peer_comparison.display_value is 'Value as it is printed. Null: suppressed.';
comment on column mo_dashboard.peer_comparison.comparator_value is 'Median of its peers, itself included. Null: see peer_n.';
comment on column mo_dashboard.peer_comparison.peer_median_without_self is 'Median of the other peers. Null: none, or as peer_rank.';
comment on column mo_dashboard.peer_comparison.difference_from_others is 'Value less the median of the other peers. Null: one of them is not known or suppressed.';
comment on column mo_dashboard.peer_comparison.peer_n is 'Peers with a value that is shown, itself included. Null: not compared, or more than one in five are suppressed.';
comment on column mo_dashboard.peer_comparison.peer_rank is 'Rank among its peers, 1 the lowest value; which end is good is direction_of_good. Null: see peer_n, or suppressed.';
comment on column mo_dashboard.peer_comparison.peer_decile is 'Tenth of its peers by rank, 1 the lowest values. Null: fewer than ten peers, or as peer_rank. Read it with peer_n.';
comment on column mo_dashboard.peer_comparison.peer_percentile is 'Percent rank among its peers times 100: 0 the lowest, 100 the highest, 0 when alone. Null: see peer_n, or suppressed.';
comment on column mo_dashboard.peer_comparison.value_lower is 'Lower end of the 95 % interval of value. Null: the KPI has no interval, or see value_status.';
comment on column mo_dashboard.peer_comparison.value_upper is 'Upper end of the 95 % interval of value. Null: the KPI has no interval, or see value_status.';
comment on column mo_dashboard.peer_comparison.direction_of_good is 'higher, lower or neither. A KPI with neither is never coloured.';
comment on column mo_dashboard.peer_comparison.org_key is 'Key of dim_organisation.';
comment on column mo_dashboard.peer_comparison.run_id is 'Number of the refresh that published the row.';
comment on column mo_dashboard.peer_comparison.funnel_average is
    'Sum of numerators over sum of denominators of its peers, in the units of value: the centre of the funnel. Null: the KPI has no funnel, or '
    'more than one in five of its peers are hidden.';
comment on column mo_dashboard.peer_comparison.funnel_lower_95 is 'Lower 95 % funnel limit for its denominator. Null as funnel_average.';
comment on column mo_dashboard.peer_comparison.funnel_upper_95 is 'Upper 95 % funnel limit for its denominator. Null as funnel_average.';
comment on column mo_dashboard.peer_comparison.funnel_lower_998 is 'Lower 99.8 % funnel limit for its denominator. Null as funnel_average.';
comment on column mo_dashboard.peer_comparison.funnel_upper_998 is 'Upper 99.8 % funnel limit for its denominator. Null as funnel_average.';
comment on column mo_dashboard.peer_comparison.funnel_label is
    'within, above 95 %, below 95 %, above 99.8 % or below 99.8 %: where it stands in the funnel, the farthest limit it is beyond. Neither good nor '
    'bad. Null as funnel_average, or suppressed.';
comment on column mo_dashboard.peer_comparison.significance_label is
    'similar where the 95 % interval holds the median of the peers, else higher or lower: read it before the rank. Null: no interval, or not compared.';
comment on column mo_dashboard.peer_comparison.org_label is 'Name and code, by which to choose and to group: one practice in eleven has the name of another.';
