create or replace view mo_dashboard.dashboard with (security_barrier = true) as
    select
        p.org_code::varchar(12) as org_code,
        n.org_name::varchar(255) as org_name,
        p.org_type::varchar(10) as org_type,
        p.family_label::varchar(30) as family_label,
        p.kpi_sort::integer as kpi_sort,
        p.kpi_name::varchar(255) as kpi_name,
        p.month_label::varchar(8) as month_label,
        p.display_value::varchar(40) as display_value,
        p.display_target::varchar(40) as display_target,
        p.status_label::varchar(20) as status_label,
        p.rag::varchar(10) as rag,
        p.display_change_on_month::varchar(40) as display_change_on_month,
        p.display_change_on_year::varchar(40) as display_change_on_year,
        p.display_peer_median::varchar(40) as display_peer_median,
        p.display_position::varchar(40) as display_position,
        p.trend_spark::varchar(12) as trend_spark,
        p.exception_text::varchar(255) as exception_text,
        p.data_to::date as data_to,
        p.next_data_due::date as next_data_due,
        p.kpi_id::varchar(40) as kpi_id,
        p.org_key::integer as org_key,
        p.month_start::date as month_start,
        p.numerator::double precision as numerator,
        p.denominator::double precision as denominator,
        p.value::double precision as value,
        p.value_status::varchar(10) as value_status,
        p.target::double precision as target,
        p.value_lower::double precision as value_lower,
        p.value_upper::double precision as value_upper,
        p.change_on_month::double precision as change_on_month,
        p.change_on_year::double precision as change_on_year,
        p.comparator_value::double precision as comparator_value,
        p.comparator_name::varchar(20) as comparator_name,
        p.peer_median_without_self::double precision as peer_median_without_self,
        p.peer_n::integer as peer_n,
        p.peer_rank::integer as peer_rank,
        p.peer_decile::integer as peer_decile,
        p.direction_of_good::varchar(10) as direction_of_good,
        p.run_id::integer as run_id,
        p.spc_variation_label::varchar(40) as spc_variation_label,
        p.spc_assurance_label::varchar(40) as spc_assurance_label,
        p.display_interval::varchar(40) as display_interval,
        p.kpi_short_name::varchar(30) as kpi_short_name,
        p.family_label_sort::integer as family_label_sort,
        (select l.data_kind_label from mo_data.site_label l)::varchar(20) as data_kind_label,
        p.significance_label::varchar(30) as significance_label,
        p.month_label_sort::integer as month_label_sort
    from mo_data.page_row p
        left join mo_data.organisation_named n on n.org_key = p.org_key
    where p.shown_from <= current_date and p.shown_to > current_date
        and (p.unsuppressed is null -- no operator: see my_organisation_keys
            or case when ((select m.keys from mo_data.my_unsuppressed_keys m))[p.org_key] then p.unsuppressed else not p.unsuppressed end)
        and ((select m.sees_all from mo_data.my_reach m) or ((select m.keys from mo_data.my_organisation_keys m))[p.org_key]);
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
comment on column mo_dashboard.dashboard.display_change_on_month is 'Change on the month before as it is printed; of a percentage in percentage points (pp); no sign: no change in what is printed. Null: not known.';
comment on column mo_dashboard.dashboard.display_change_on_year is 'Change on the same month a year before as it is printed; of a percentage in percentage points (pp); no sign: no change in what is printed. Null: not known.';
comment on column mo_dashboard.dashboard.display_peer_median is 'Median of its peers as it is printed. Null: see peer_n.';
comment on column mo_dashboard.dashboard.display_position is 'Rank among its peers (1 the lowest value) with their number, and from ten peers on the decile. Null: no other peer, or as peer_rank.';
comment on column mo_dashboard.dashboard.trend_spark is 'The twelve months to this one as block characters, oldest first; a blank is a month without a value to show. Null: none of them has one.';
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
    'ok, suppressed (small number), no_data (no figure, or nothing to divide by), not_due (not yet complete: its day has not come), stale (the latest, and the '
    'next was due and is not there).';
comment on column mo_dashboard.dashboard.target is 'Target for value. Null: none is set.';
comment on column mo_dashboard.dashboard.value_lower is 'Lower end of the 95 % interval of value. Null: the KPI has no interval, or see value_status.';
comment on column mo_dashboard.dashboard.value_upper is 'Upper end of the 95 % interval of value. Null: the KPI has no interval, or see value_status.';
comment on column mo_dashboard.dashboard.change_on_month is 'Value less that of the month before. Null: one of them is not known or suppressed.';
comment on column mo_dashboard.dashboard.change_on_year is 'Value less that of the same month a year before. Null: one of them is not known or suppressed.';
comment on column mo_dashboard.dashboard.comparator_value is 'Median of its peers, itself included. Null: see peer_n.';
comment on column mo_dashboard.dashboard.comparator_name is 'ICB median or National median. Null: not compared.';
comment on column mo_dashboard.dashboard.peer_median_without_self is 'Median of the other peers. Null: none, or as peer_rank.';
comment on column mo_dashboard.dashboard.peer_n is 'Peers with a value that is shown, itself included. Null: not compared, or more than one in five are suppressed.';
comment on column mo_dashboard.dashboard.peer_rank is 'Rank among its peers, 1 the lowest value; which end is good is the KPI''s direction_of_good. Null: see peer_n, or suppressed.';
comment on column mo_dashboard.dashboard.peer_decile is 'Tenth of its peers by rank, 1 the lowest values. Null: fewer than ten peers, or as peer_rank. Read it with peer_n.';
comment on column mo_dashboard.dashboard.direction_of_good is 'higher, lower or neither. A KPI with neither is never coloured.';
comment on column mo_dashboard.dashboard.run_id is 'Number of the refresh that published the row.';
comment on column mo_dashboard.dashboard.spc_variation_label is
    'What the control chart says of the month: common cause, special cause: improving, special cause: concerning, or special cause where no '
    'direction is good. Null: fewer than 12 months, no limits, no chart (an annual figure, one that starts again each April), or no figure to judge.';
comment on column mo_dashboard.dashboard.spc_assurance_label is
    'consistently meets target, consistently misses target, or meets and misses target: where the target lies to the process limits. Null: no '
    'target, no good direction, no control chart, or no figure to judge.';
comment on column mo_dashboard.dashboard.display_interval is '95 % interval of the value as it is printed. Null: the KPI has none, or see value_status.';
comment on column mo_dashboard.dashboard.kpi_short_name is 'Name of at most 30 characters.';
comment on column mo_dashboard.dashboard.family_label_sort is 'Order of family_label.';
comment on column mo_dashboard.dashboard.data_kind_label is 'Synthetic data, Real data or Not stated: what the site says its data are.';
comment on column mo_dashboard.dashboard.significance_label is
    'similar where the 95 % interval holds the median of the peers, else higher or lower: read it before the rank. Null: no interval, or not compared.';
comment on column mo_dashboard.dashboard.month_label_sort is 'Order of month_label: year and month as a number, 202604. Null: no data.';
