-- Results at every level, with their peers: replaced month by month when a refresh publishes.
create table mo_data.organisation_key (
    org_key integer generated always as identity primary key,
    org_type varchar(10) not null,
    org_code varchar(12) not null,
    pcn_code varchar(12),
    sub_icb_code varchar(12),
    icb_code varchar(12),
    region_code varchar(12),
    nation_code varchar(12),
    unique (org_code, org_type)
);
comment on table mo_data.organisation_key is
    'A number for every organisation and site group that never changes, and to whom it belonged when last refreshed. Rows are never deleted.';
comment on column mo_data.organisation_key.org_key is 'The number.';
comment on column mo_data.organisation_key.org_type is 'practice, pcn, sub_icb, icb, region, nation or group.';
comment on column mo_data.organisation_key.org_code is 'Code of the organisation or group.';
comment on column mo_data.organisation_key.pcn_code is 'PCN at the last refresh. Null: none.';
comment on column mo_data.organisation_key.sub_icb_code is 'Sub-ICB at the last refresh. Null: none.';
comment on column mo_data.organisation_key.icb_code is 'ICB at the last refresh. Null: none.';
comment on column mo_data.organisation_key.region_code is 'Region at the last refresh. Null: none.';
comment on column mo_data.organisation_key.nation_code is 'Nation at the last refresh. Null: none.';

-- No foreign keys: only refreshes write here (mo.rolled_up_into), and two look-ups a row were a sixth of its time.
create table mo_data.kpi_result (
    kpi_id varchar(40) not null,
    month date not null,
    org_key integer not null,
    org_type varchar(10) not null,
    org_code varchar(12) not null,
    breakdown varchar(100) not null default '',
    numerator double precision not null,
    denominator double precision not null,
    value double precision,
    value_lower double precision,
    value_upper double precision,
    pcn_code varchar(12),
    icb_code varchar(12),
    peer_group varchar(12),
    peer_n integer,
    peer_median double precision,
    peer_median_without_self double precision,
    peer_rank integer,
    peer_decile integer,
    peer_percentile double precision,
    previous_month_value double precision,
    previous_month_numerator double precision,
    previous_year_value double precision,
    previous_year_numerator double precision,
    run_id integer not null,
    target double precision,
    hidden smallint not null default 0 check (hidden between 0 and 2),
    previous_month_hidden smallint not null default 0,
    previous_year_hidden smallint not null default 0,
    period_start timestamp(0) generated always as (month::timestamp(0)) stored,
    primary key (org_key, kpi_id, month, breakdown)
);
create index kpi_result_month on mo_data.kpi_result (kpi_id, month, org_type);
create index kpi_result_code on mo_data.kpi_result (org_code, kpi_id, month) where breakdown = ''; -- what pages ask for; and what is left
create index kpi_result_part on mo_data.kpi_result (org_code, kpi_id) where breakdown <> '';
create index kpi_result_period on mo_data.kpi_result (period_start);
comment on table mo_data.kpi_result is
    'Results: one row a KPI, month, organisation of any level and breakdown, with interval, peers and what it was before. Organisations '
    'above the practice are sums over those that belonged to them on the month''s last day.';
comment on column mo_data.kpi_result.kpi_id is 'KPI.';
comment on column mo_data.kpi_result.month is 'First day of the month.';
comment on column mo_data.kpi_result.org_key is 'Organisation, as a number (organisation_key).';
comment on column mo_data.kpi_result.org_type is 'practice, pcn, sub_icb, icb, region, nation or group.';
comment on column mo_data.kpi_result.org_code is 'Code of the organisation or group.';
comment on column mo_data.kpi_result.breakdown is 'Part of the KPI; empty: the KPI itself.';
comment on column mo_data.kpi_result.numerator is 'Sum of numerators.';
comment on column mo_data.kpi_result.denominator is 'Sum of denominators.';
comment on column mo_data.kpi_result.value is 'Numerator over denominator times per; the numerator where the KPI is a count. Null: denominator 0.';
comment on column mo_data.kpi_result.value_lower is 'Lower end of the 95 % interval. Null: the KPI has none.';
comment on column mo_data.kpi_result.value_upper is 'Upper end of the 95 % interval. Null: the KPI has none.';
comment on column mo_data.kpi_result.pcn_code is 'PCN on the month''s last day. Null: none.';
comment on column mo_data.kpi_result.icb_code is 'ICB on the month''s last day. Null: none.';
comment on column mo_data.kpi_result.peer_group is
    'The ICB for practices and PCNs, ENG for sub-ICBs and ICBs. Null: not compared (no value, not a GP practice, no ICB, region and above).';
comment on column mo_data.kpi_result.peer_n is 'Peers whose figure readers see, itself included. Null, as all of its peers'' figures: more than one in five are hidden.';
comment on column mo_data.kpi_result.peer_median is 'Median of the values of peers that readers see, its own included.';
comment on column mo_data.kpi_result.peer_median_without_self is 'Median of the values of the other peers that readers see. Null: there are none, or it is hidden itself.';
comment on column mo_data.kpi_result.peer_rank is 'Rank by value among the peers that readers see, 1 the lowest; equal values share a rank. Null: it is hidden itself.';
comment on column mo_data.kpi_result.peer_decile is 'Tenth of the peers by rank, 1 the lowest values, as mo.decile. Null: fewer than ten peers.';
comment on column mo_data.kpi_result.peer_percentile is 'Percent rank times 100: 0 the lowest, 100 the highest; 0 when alone.';
comment on column mo_data.kpi_result.previous_month_value is 'Its value of the month before. Null: none.';
comment on column mo_data.kpi_result.previous_month_numerator is 'Its numerator of the month before. Null: none.';
comment on column mo_data.kpi_result.previous_year_value is 'Its value of the same month a year before. Null: none.';
comment on column mo_data.kpi_result.previous_year_numerator is 'Its numerator of the same month a year before. Null: none.';
comment on column mo_data.kpi_result.run_id is 'The refresh that wrote the row.';
comment on column mo_data.kpi_result.target is 'Target for value: its own or that of the nearest organisation it belonged to. Null: none.';
comment on column mo_data.kpi_result.hidden is
    'Whether readers see it: 0 shown, 1 hidden because a number is small, 2 hidden so that another cannot be had by subtraction (result_hidden).';
comment on column mo_data.kpi_result.previous_month_hidden is 'hidden of the month before; 0 when there is none.';
comment on column mo_data.kpi_result.previous_year_hidden is 'hidden of the same month a year before; 0 when there is none.';
comment on column mo_data.kpi_result.period_start is 'Month as a timestamp, for tools that filter with a date and time.';

create table mo_data.kpi_latest (
    org_key integer not null references mo_data.organisation_key,
    kpi_id varchar(40) not null,
    month date,
    trend_spark varchar(12),
    run_id integer not null references mo_data.refresh_run,
    spc_mean double precision,
    spc_lower double precision,
    spc_upper double precision,
    spc_cause varchar(30),
    is_behind boolean not null default false,
    primary key (org_key, kpi_id)
);
comment on table mo_data.kpi_latest is
    'The latest month each organisation has of each KPI that its level is measured by, with the sparkline of the twelve months to it and, of '
    'KPIs on the front page, the control chart of all its months.';
comment on column mo_data.kpi_latest.org_key is 'Organisation (organisation_key).';
comment on column mo_data.kpi_latest.kpi_id is 'KPI.';
comment on column mo_data.kpi_latest.month is 'First day of its latest month. Null: it has none.';
comment on column mo_data.kpi_latest.trend_spark is 'Twelve block characters, oldest first; a blank is a month without a value to show.';
comment on column mo_data.kpi_latest.run_id is 'The refresh that wrote the row.';
comment on column mo_data.kpi_latest.spc_mean is 'Mean of all its months that may be shown. Null: no control chart (see kpi_has_chart), or fewer than 12 months.';
comment on column mo_data.kpi_latest.spc_lower is 'Lower process limit (mo.xmr_lower) of these months.';
comment on column mo_data.kpi_latest.spc_upper is 'Upper process limit (mo.xmr_upper) of these months.';
comment on column mo_data.kpi_latest.spc_cause is 'Cause of the latest month (mo.special_cause). Null: no chart, or its figure is hidden.';
comment on column mo_data.kpi_latest.is_behind is
    'The KPI has later months, of which it has no figure: there was nothing to count, or its data have not come. False without a month.';

create table mo_data.kpi_coverage (
    kpi_id text not null references mo_data.kpi,
    org_type text not null check (org_type in ('practice', 'pcn')),
    icb_code text not null,
    first_month date,
    last_month date not null,
    run_id integer not null references mo_data.refresh_run,
    primary key (kpi_id, org_type, icb_code)
);
comment on table mo_data.kpi_coverage is
    'The ICBs whose practices or PCNs a KPI has had figures of, and from when to when. There, an organisation without a record in a published '
    'month has 0; elsewhere, where nothing may have been loaded, it has no figure.';
comment on column mo_data.kpi_coverage.kpi_id is 'KPI.';
comment on column mo_data.kpi_coverage.org_type is 'What its figures are of: practice or pcn.';
comment on column mo_data.kpi_coverage.icb_code is 'ICB they belonged to on a month''s last day.';
comment on column mo_data.kpi_coverage.first_month is 'First month with anything in a numerator, or the one in which it opened where an ICB had that of whom it is made. Null: none yet.';
comment on column mo_data.kpi_coverage.last_month is 'Last month with a record; the one before it opened where there is none since.';
comment on column mo_data.kpi_coverage.run_id is 'The refresh that first found one.';

create table mo_data.calendar_day (
    day date primary key,
    financial_year varchar(7) not null,
    financial_year_sort integer not null,
    financial_quarter integer not null,
    financial_month integer not null,
    month_start date not null
);
comment on table mo_data.calendar_day is 'Days of whole NHS financial years, without gaps, from the first figure to the end of next year.';
comment on column mo_data.calendar_day.day is 'The day.';
comment on column mo_data.calendar_day.financial_year is 'NHS financial year, such as 2026/27.';
comment on column mo_data.calendar_day.financial_year_sort is 'Calendar year in which it begins.';
comment on column mo_data.calendar_day.financial_quarter is '1 (April to June) to 4.';
comment on column mo_data.calendar_day.financial_month is '1 (April) to 12 (March).';
comment on column mo_data.calendar_day.month_start is 'First day of its month.';
