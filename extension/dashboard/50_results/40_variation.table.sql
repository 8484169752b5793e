-- The spread of each KPI over organisations, month by month: written by refresh() from results that may be shown.
create table mo_data.kpi_variation (
    kpi_id varchar(40) not null,
    month date not null,
    org_type varchar(10) not null,
    group_code varchar(12) not null,
    org_count integer not null,
    hidden_count integer not null,
    average double precision,
    minimum double precision,
    percentile_5 double precision,
    percentile_10 double precision,
    lower_quartile double precision,
    median double precision,
    upper_quartile double precision,
    percentile_90 double precision,
    percentile_95 double precision,
    maximum double precision,
    coefficient_of_variation double precision,
    systematic_component double precision,
    dispersion_phi double precision,
    between_area_tau2 double precision,
    outside_95 integer,
    outside_998 integer,
    outside_95_dispersed integer,
    outside_998_dispersed integer,
    run_id integer not null references mo_data.refresh_run,
    primary key (group_code, kpi_id, month, org_type)
);
comment on table mo_data.kpi_variation is
    'One row a KPI, month, level and group (an ICB, or ENG for all): how its organisations'' values spread. Made of values that may be shown; where '
    'more than one in five are hidden, nothing but the numbers of organisations.';
comment on column mo_data.kpi_variation.kpi_id is 'KPI.';
comment on column mo_data.kpi_variation.month is 'First day of the month.';
comment on column mo_data.kpi_variation.org_type is 'What is compared: practice (GP practices), pcn, sub_icb or icb.';
comment on column mo_data.kpi_variation.group_code is 'The ICB they belonged to on the month''s last day, or ENG for all of England.';
comment on column mo_data.kpi_variation.org_count is 'Organisations with a value that may be shown: those the statistics are made of.';
comment on column mo_data.kpi_variation.hidden_count is 'Organisations left out because their number is small.';
comment on column mo_data.kpi_variation.average is 'Sum of numerators over sum of denominators: the centre of the funnel. Null: the KPI has no funnel.';
comment on column mo_data.kpi_variation.minimum is 'Lowest value.';
comment on column mo_data.kpi_variation.percentile_5 is '5th percentile, type 7 (percentile_cont), as are the others.';
comment on column mo_data.kpi_variation.percentile_10 is '10th percentile.';
comment on column mo_data.kpi_variation.lower_quartile is '25th percentile.';
comment on column mo_data.kpi_variation.median is '50th percentile.';
comment on column mo_data.kpi_variation.upper_quartile is '75th percentile.';
comment on column mo_data.kpi_variation.percentile_90 is '90th percentile.';
comment on column mo_data.kpi_variation.percentile_95 is '95th percentile.';
comment on column mo_data.kpi_variation.maximum is 'Highest value.';
comment on column mo_data.kpi_variation.coefficient_of_variation is 'Standard deviation (of a sample) over mean. Null: one organisation, or a mean of 0.';
comment on column mo_data.kpi_variation.systematic_component is
    'Variance beyond chance of observed over expected (mo.systematic_component_of_variation). Null: not a rate of events.';
comment on column mo_data.kpi_variation.dispersion_phi is 'Spread about the average in units of chance, 1 is chance alone (mo.funnel_…_phi). Null: no funnel.';
comment on column mo_data.kpi_variation.between_area_tau2 is 'Variance between organisations beyond chance (mo.funnel_…_tau2). Null: no funnel.';
comment on column mo_data.kpi_variation.outside_95 is 'Organisations outside the 95 % funnel limits. Null: no funnel.';
comment on column mo_data.kpi_variation.outside_998 is 'Of these, outside the 99.8 % limits.';
comment on column mo_data.kpi_variation.outside_95_dispersed is 'Of outside_95, those also outside the 95 % limits that allow for over-dispersion.';
comment on column mo_data.kpi_variation.outside_998_dispersed is 'Of outside_998, those also outside the 99.8 % limits that do.';
comment on column mo_data.kpi_variation.run_id is 'The refresh that wrote the row.';
