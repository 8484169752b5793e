-- Prescribing measures: values with their place among all organisations of the level, deciles, and what would be saved.
create or replace view mo_data.measure_decile_shown as
    select d.kpi_id, d.month, d.org_type, d.org_count, d.numerator_unit_cost, d.other_unit_cost,
        case when v.all_of_it then d.total_numerator end as total_numerator, case when v.all_of_it then d.total_denominator end as total_denominator,
        case when v.all_of_it or d.org_count >= 5 then d.decile end as decile
    from mo_data.measure_decile d
        join mo_data.kpi k on k.kpi_id = d.kpi_id and k.is_active
        cross join (select m.sees_all as all_of_it from mo_data.my_reach m) v;
comment on view mo_data.measure_decile_shown is
    'measure_decile as the session''s login may see it: totals of a level only for who sees every organisation, deciles of fewer than five '
    'organisations too, because they would tell the value of one.';
comment on column mo_data.measure_decile_shown.kpi_id is 'Measure.';
comment on column mo_data.measure_decile_shown.month is 'First day of the month.';
comment on column mo_data.measure_decile_shown.org_type is 'Level.';
comment on column mo_data.measure_decile_shown.org_count is 'Organisations with a value.';
comment on column mo_data.measure_decile_shown.numerator_unit_cost is 'Pounds a unit of the numerator, all practices whose quantity and cost are not hidden.';
comment on column mo_data.measure_decile_shown.other_unit_cost is 'Pounds a unit of the rest of the denominator, of the same practices.';
comment on column mo_data.measure_decile_shown.total_numerator is 'Sum of numerators. Null: not for this login.';
comment on column mo_data.measure_decile_shown.total_denominator is 'Sum of denominators. Null: not for this login.';
comment on column mo_data.measure_decile_shown.decile is 'The 10th to 90th percentile. Null: not for this login.';

create or replace view mo_dashboard.measure_value as
    select
        s.kpi_id::varchar(40) as kpi_id,
        m.title::varchar(255) as kpi_name,
        s.month::date as month_start,
        s.org_key::integer as org_key,
        s.org_type::varchar(10) as org_type,
        s.org_code::varchar(12) as org_code,
        n.org_name::varchar(255) as org_name,
        s.numerator::double precision as numerator,
        s.denominator::double precision as denominator,
        s.value::double precision as value,
        case when s.is_hidden then 'suppressed' when s.value is null then 'no_data' else 'ok' end::varchar(10) as value_status,
        mo_data.display_value(s.value, s.unit, s.per, s.decimals)::varchar(40) as display_value,
        case when s.value is not null then p.percentile end::double precision as level_percentile,
        d.org_count::integer as level_count,
        d.decile[1]::double precision as level_decile_10,
        d.decile[5]::double precision as level_median,
        d.decile[9]::double precision as level_decile_90,
        m.direction::varchar(10) as direction_of_good,
        m.pack::varchar(30) as measure_pack,
        s.run_id::integer as run_id
    from mo_data.kpi_shown s
        join mo_data.prescribing_measure m on m.measure_id = s.kpi_id
        left join mo_data.measure_position p on p.org_key = s.org_key and p.kpi_id = s.kpi_id and p.month = s.month
        left join mo_data.measure_decile_shown d on d.kpi_id = s.kpi_id and d.month = s.month and d.org_type = s.org_type
        left join mo_data.organisation_named n on n.org_key = s.org_key
    where s.breakdown = '';
comment on view mo_dashboard.measure_value is
    'One row a prescribing measure, month and organisation, with its place among all organisations of its level that are loaded, whatever their '
    'ICB, as OpenPrescribing gives it; peer_comparison has its place within its ICB. Supports discussion of variation and is not performance '
    'management: a percentile is not a verdict.';
comment on column mo_dashboard.measure_value.kpi_id is 'Name of the KPI. Key of dim_kpi.';
comment on column mo_dashboard.measure_value.kpi_name is 'Full name of the KPI.';
comment on column mo_dashboard.measure_value.month_start is 'First day of the month.';
comment on column mo_dashboard.measure_value.org_key is 'Key of dim_organisation.';
comment on column mo_dashboard.measure_value.org_type is 'practice, pcn, sub_icb, icb, region, nation or group.';
comment on column mo_dashboard.measure_value.org_code is 'ODS code, or the code of a site''s own group.';
comment on column mo_dashboard.measure_value.org_name is 'Name of the organisation.';
comment on column mo_dashboard.measure_value.numerator is 'What was counted (numerator_wording in dim_kpi). Null: suppressed.';
comment on column mo_dashboard.measure_value.denominator is 'What it is divided by (denominator_wording in dim_kpi).';
comment on column mo_dashboard.measure_value.value is 'Numerator / denominator times rate_per; percent as 0 to 1. Null: see value_status.';
comment on column mo_dashboard.measure_value.value_status is 'ok, suppressed (small number), no_data (nothing to divide by).';
comment on column mo_dashboard.measure_value.display_value is 'Value as it is printed. Null: no value.';
comment on column mo_dashboard.measure_value.level_percentile is
    'Percent rank among all organisations of its level times 100: 0 the lowest value, 100 the highest, 0 when alone. Null: no value, or a '
    'level that is not compared.';
comment on column mo_dashboard.measure_value.level_count is 'Organisations of its level with a value that is not suppressed. Null: there are none, or a level that is not compared.';
comment on column mo_dashboard.measure_value.level_decile_10 is '10th percentile of its level. Null: a level that is not compared, or, for logins that do not see them all, fewer than five organisations.';
comment on column mo_dashboard.measure_value.level_median is 'Median of its level. Null: a level that is not compared, or, for logins that do not see them all, fewer than five organisations.';
comment on column mo_dashboard.measure_value.level_decile_90 is '90th percentile of its level. Null: a level that is not compared, or, for logins that do not see them all, fewer than five organisations.';
comment on column mo_dashboard.measure_value.direction_of_good is 'higher, lower or neither. A KPI with neither is never coloured.';
comment on column mo_dashboard.measure_value.measure_pack is 'local, openprescribing, nhse_opportunity, innovation, switch or formulary.';
comment on column mo_dashboard.measure_value.run_id is 'Number of the refresh that published the row.';

create or replace view mo_dashboard.measure_decile as
    select
        d.kpi_id::varchar(40) as kpi_id,
        d.month::date as month_start,
        d.org_type::varchar(10) as org_type,
        d.org_count::integer as level_count,
        d.total_numerator::double precision as total_numerator,
        d.total_denominator::double precision as total_denominator,
        d.decile[1]::double precision as level_decile_10,
        d.decile[2]::double precision as level_decile_20,
        d.decile[3]::double precision as level_decile_30,
        d.decile[4]::double precision as level_decile_40,
        d.decile[5]::double precision as level_median,
        d.decile[6]::double precision as level_decile_60,
        d.decile[7]::double precision as level_decile_70,
        d.decile[8]::double precision as level_decile_80,
        d.decile[9]::double precision as level_decile_90
    from mo_data.measure_decile_shown d;
comment on view mo_dashboard.measure_decile is
    'One row a prescribing measure, month and level: deciles over all organisations of the level that are loaded (type 7, as percentile_cont and '
    'OpenPrescribing), those without a value left out.';
comment on column mo_dashboard.measure_decile.kpi_id is 'Name of the KPI. Key of dim_kpi.';
comment on column mo_dashboard.measure_decile.month_start is 'First day of the month.';
comment on column mo_dashboard.measure_decile.org_type is 'practice, pcn, sub_icb, icb or region.';
comment on column mo_dashboard.measure_decile.level_count is 'Organisations of the level with a value.';
comment on column mo_dashboard.measure_decile.total_numerator is 'Sum of numerators of the level''s organisations with a value that is not suppressed. Null: the login does not see every organisation.';
comment on column mo_dashboard.measure_decile.total_denominator is 'Sum of denominators of the level''s organisations with a value that is not suppressed. Null: the login does not see every organisation.';
comment on column mo_dashboard.measure_decile.level_decile_10 is '10th percentile. Null: fewer than five organisations, for logins that do not see them all.';
comment on column mo_dashboard.measure_decile.level_decile_20 is '20th percentile. Null: fewer than five organisations, for logins that do not see them all.';
comment on column mo_dashboard.measure_decile.level_decile_30 is '30th percentile. Null: fewer than five organisations, for logins that do not see them all.';
comment on column mo_dashboard.measure_decile.level_decile_40 is '40th percentile. Null: fewer than five organisations, for logins that do not see them all.';
comment on column mo_dashboard.measure_decile.level_median is 'Median of the level. Null: fewer than five organisations, for logins that do not see them all.';
comment on column mo_dashboard.measure_decile.level_decile_60 is '60th percentile. Null: fewer than five organisations, for logins that do not see them all.';
comment on column mo_dashboard.measure_decile.level_decile_70 is '70th percentile. Null: fewer than five organisations, for logins that do not see them all.';
comment on column mo_dashboard.measure_decile.level_decile_80 is '80th percentile. Null: fewer than five organisations, for logins that do not see them all.';
comment on column mo_dashboard.measure_decile.level_decile_90 is '90th percentile. Null: fewer than five organisations, for logins that do not see them all.';

create or replace view mo_dashboard.measure_saving as
    select
        s.kpi_id::varchar(40) as kpi_id,
        m.title::varchar(255) as kpi_name,
        s.month::date as month_start,
        s.org_key::integer as org_key,
        s.org_type::varchar(10) as org_type,
        s.org_code::varchar(12) as org_code,
        n.org_name::varchar(255) as org_name,
        s.value::double precision as value,
        mo_data.display_value(s.value, s.unit, s.per, s.decimals)::varchar(40) as display_value,
        d.decile[5]::double precision as level_median,
        t.best::double precision as level_best_decile,
        round(mo_data.measure_saving_at(d.decile[5], m.is_percentage, s.numerator, s.denominator, s.per, q.numerator, q.denominator, c.numerator,
            c.denominator, d.numerator_unit_cost, d.other_unit_cost)::numeric, 2)::numeric(14, 2) as saving_at_median,
        round(mo_data.measure_saving_at(t.best, m.is_percentage, s.numerator, s.denominator, s.per, q.numerator, q.denominator, c.numerator,
            c.denominator, d.numerator_unit_cost, d.other_unit_cost)::numeric, 2)::numeric(14, 2) as saving_at_best_decile,
        m.direction::varchar(10) as direction_of_good,
        s.run_id::integer as run_id
    from mo_data.kpi_shown s
        join mo_data.prescribing_measure m on m.measure_id = s.kpi_id and m.is_cost_based
        left join mo_data.measure_decile_shown d on d.kpi_id = s.kpi_id and d.month = s.month and d.org_type = s.org_type
        cross join lateral (select case when m.direction = 'higher' then d.decile[9] else d.decile[1] end as best) t
        left join mo_data.kpi_shown q on q.org_key = s.org_key and q.kpi_id = s.kpi_id and q.month = s.month and q.breakdown = 'quantity'
        left join mo_data.kpi_shown c on c.org_key = s.org_key and c.kpi_id = s.kpi_id and c.month = s.month and c.breakdown = 'actual_cost'
        left join mo_data.organisation_named n on n.org_key = s.org_key
    where s.breakdown = '' and s.value is not null and d.decile is not null;
comment on view mo_dashboard.measure_saving is
    'One row a cost-based measure, month and organisation: what it would have saved that month with the median value of its level, or with that of '
    'the best tenth (10th percentile where lower is good, 90th where higher is), by OpenPrescribing''s formula. Below 0: it would have spent '
    'more. Do not add levels, or measures that count the same medicine. For discussion: not every saving can be had.';
comment on column mo_dashboard.measure_saving.kpi_id is 'Name of the KPI. Key of dim_kpi.';
comment on column mo_dashboard.measure_saving.kpi_name is 'Full name of the KPI.';
comment on column mo_dashboard.measure_saving.month_start is 'First day of the month.';
comment on column mo_dashboard.measure_saving.org_key is 'Key of dim_organisation.';
comment on column mo_dashboard.measure_saving.org_type is 'practice, pcn, sub_icb, icb or region.';
comment on column mo_dashboard.measure_saving.org_code is 'ODS code of the organisation.';
comment on column mo_dashboard.measure_saving.org_name is 'Name of the organisation.';
comment on column mo_dashboard.measure_saving.value is 'Numerator / denominator times rate_per; percent as 0 to 1.';
comment on column mo_dashboard.measure_saving.display_value is 'Value as it is printed.';
comment on column mo_dashboard.measure_saving.level_median is 'Median of its level.';
comment on column mo_dashboard.measure_saving.level_best_decile is '10th percentile of its level where lower is good or neither is, 90th where higher is.';
comment on column mo_dashboard.measure_saving.saving_at_median is 'Pounds it would have saved in the month at level_median; below 0: it would have spent more.';
comment on column mo_dashboard.measure_saving.saving_at_best_decile is 'Pounds it would have saved in the month at level_best_decile.';
comment on column mo_dashboard.measure_saving.direction_of_good is 'higher, lower or neither. A KPI with neither is never coloured.';
comment on column mo_dashboard.measure_saving.run_id is 'Number of the refresh that published the row.';
