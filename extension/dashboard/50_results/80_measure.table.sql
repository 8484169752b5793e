-- What is worked out of measures when a refresh publishes: deciles and percentiles over all organisations of a level, prices per unit.
create table mo_data.measure_decile (
    kpi_id text not null references mo_data.kpi,
    month date not null,
    org_type text not null check (org_type in ('practice', 'pcn', 'sub_icb', 'icb', 'region')),
    org_count integer not null,
    total_numerator double precision not null,
    total_denominator double precision not null,
    numerator_unit_cost double precision,
    other_unit_cost double precision,
    decile double precision[] not null check (cardinality(decile) = 9),
    primary key (kpi_id, month, org_type)
);
comment on table mo_data.measure_decile is
    'Deciles of a measure over all organisations of a level that have a value, whatever their ICB, as OpenPrescribing gives them.';
comment on column mo_data.measure_decile.kpi_id is 'Measure.';
comment on column mo_data.measure_decile.month is 'First day of the month.';
comment on column mo_data.measure_decile.org_type is 'Level.';
comment on column mo_data.measure_decile.org_count is 'Organisations with a value that is not hidden.';
comment on column mo_data.measure_decile.total_numerator is 'Sum of numerators of the organisations that have a value and are not hidden.';
comment on column mo_data.measure_decile.total_denominator is 'Sum of denominators of the organisations that have a value and are not hidden.';
comment on column mo_data.measure_decile.numerator_unit_cost is
    'Pounds a unit of what the numerator counts, over all practices whose quantity and cost are not hidden; only of cost-based percentages. Null: none was prescribed.';
comment on column mo_data.measure_decile.other_unit_cost is 'Pounds a unit of what the denominator counts and the numerator does not, of the same practices.';
comment on column mo_data.measure_decile.decile is 'The 10th to 90th percentile (type 7, percentile_cont).';

create table mo_data.measure_position (
    kpi_id text not null,
    month date not null,
    org_key integer not null references mo_data.organisation_key,
    percentile double precision not null check (percentile between 0 and 100),
    primary key (org_key, kpi_id, month)
);
create index measure_position_month on mo_data.measure_position (kpi_id, month);
comment on table mo_data.measure_position is 'Where an organisation stands among all of its level, whatever their ICB.';
comment on column mo_data.measure_position.kpi_id is 'Measure.';
comment on column mo_data.measure_position.month is 'First day of the month.';
comment on column mo_data.measure_position.org_key is 'Organisation (organisation_key).';
comment on column mo_data.measure_position.percentile is 'Percent rank times 100: 0 the lowest value, 100 the highest; 0 when alone. Organisations without a value are out.';

create table mo_data.price_per_unit_month (
    month date primary key,
    fingerprint text not null,
    run_id integer not null references mo_data.refresh_run
);
comment on table mo_data.price_per_unit_month is 'Months whose prices per unit have been worked out, and of what.';
comment on column mo_data.price_per_unit_month.month is 'First day of the month.';
comment on column mo_data.price_per_unit_month.fingerprint is 'MD5 of the loads, memberships and rules it was worked out of.';
comment on column mo_data.price_per_unit_month.run_id is 'The refresh that did it.';

create table mo_data.price_per_unit (
    month date not null,
    generic_code text collate "C" not null,
    practices integer not null,
    target_price double precision not null,
    primary key (month, generic_code)
);
comment on table mo_data.price_per_unit is 'The target price of a unit of each generic presentation, with its brands, in a month.';
comment on column mo_data.price_per_unit.month is 'First day of the month.';
comment on column mo_data.price_per_unit.generic_code is 'BNF code of the generic presentation.';
comment on column mo_data.price_per_unit.practices is 'GP practices that prescribed it.';
comment on column mo_data.price_per_unit.target_price is 'NIC in pounds a unit at the target percentile of practices (the 10th).';

create table mo_data.price_per_unit_saving (
    month date not null,
    org_key integer not null references mo_data.organisation_key,
    generic_code text collate "C" not null,
    quantity double precision not null,
    nic double precision not null,
    saving double precision not null,
    primary key (org_key, month, generic_code)
);
comment on table mo_data.price_per_unit_saving is
    'What organisations would save if their practices paid the target price, where it is at least price_per_unit_threshold.';
comment on column mo_data.price_per_unit_saving.month is 'First day of the month.';
comment on column mo_data.price_per_unit_saving.org_key is 'Organisation (organisation_key).';
comment on column mo_data.price_per_unit_saving.generic_code is 'BNF code of the generic presentation.';
comment on column mo_data.price_per_unit_saving.quantity is 'Quantity of the presentation and its brands.';
comment on column mo_data.price_per_unit_saving.nic is 'Net ingredient cost of it, in pounds.';
comment on column mo_data.price_per_unit_saving.saving is 'Sum over its practices of NIC less quantity times target price, where that is above 0; in pounds.';
