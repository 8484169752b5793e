create or replace view mo_dashboard.peer_comparison as
    select
        s.kpi_id::varchar(40) as kpi_id,
        k.name::varchar(255) as kpi_name,
        s.month::date as month_start,
        s.org_type::varchar(10) as org_type,
        s.org_code::varchar(12) as org_code,
        coalesce(o.name, s.org_code)::varchar(255) as org_name,
        s.peer_group::varchar(12) as peer_group_code,
        coalesce(g.name, case s.peer_group when 'ENG' then 'England' end, s.peer_group)::varchar(255) as peer_group_name,
        s.numerator::double precision as numerator,
        s.denominator::double precision as denominator,
        s.value::double precision as value,
        case when s.is_hidden then 'suppressed' else 'ok' end::varchar(10) as value_status,
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
        s.run_id::integer as run_id
    from mo_data.kpi_shown s
        join mo_data.kpi k on k.kpi_id = s.kpi_id
        left join mo_data.organisation o on o.org_code = s.org_code
        left join mo_data.organisation g on g.org_code = s.peer_group
    where s.breakdown = '' and s.peer_group is not null;
comment on view mo_dashboard.peer_comparison is
    'One row a KPI, month and organisation that is compared: GP practices and PCNs within their ICB, sub-ICBs and ICBs nationally. '
    'Supports discussion of variation and is not performance management: a rank is not a verdict.';
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
comment on column mo_dashboard.peer_comparison.value_status is 'ok or suppressed (small number).';
comment on column mo_dashboard.peer_comparison.display_value is 'Value as it is printed. Null: suppressed.';
comment on column mo_dashboard.peer_comparison.comparator_value is 'Median of its peers, itself included.';
comment on column mo_dashboard.peer_comparison.peer_median_without_self is 'Median of the other peers. Null: there are none.';
comment on column mo_dashboard.peer_comparison.difference_from_others is 'Value less the median of the other peers.';
comment on column mo_dashboard.peer_comparison.peer_n is 'Peers with a value, itself included.';
comment on column mo_dashboard.peer_comparison.peer_rank is 'Rank among its peers, 1 the lowest value; which end is good is direction_of_good.';
comment on column mo_dashboard.peer_comparison.peer_decile is 'Tenth of its peers by rank, 1 the lowest values. Null: fewer than ten peers. Read it with peer_n.';
comment on column mo_dashboard.peer_comparison.peer_percentile is 'Percent rank among its peers times 100: 0 the lowest, 100 the highest, 0 when alone.';
comment on column mo_dashboard.peer_comparison.value_lower is 'Lower end of the 95 % interval of value. Null: the KPI has no interval.';
comment on column mo_dashboard.peer_comparison.value_upper is 'Upper end of the 95 % interval of value. Null: the KPI has no interval.';
comment on column mo_dashboard.peer_comparison.direction_of_good is 'higher, lower or neither. A KPI with neither is never coloured.';
comment on column mo_dashboard.peer_comparison.org_key is 'Key of dim_organisation.';
comment on column mo_dashboard.peer_comparison.run_id is 'Number of the refresh that published the row.';
