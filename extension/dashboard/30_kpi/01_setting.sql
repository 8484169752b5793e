-- Shipped settings; a site's values stay.
insert into mo_data.setting (name, value, unit, meaning, is_national, kpi_id) values
    ('reconciliation_days', 7, 'days', 'reconciliation_7_days: days from receipt of a discharge letter (NICE QS120 statement 5: one week)', true, 'reconciliation_7_days'),
    ('deprescribing_link_days', 28, 'days', 'deprescribing_per_smr: a stop without a recorded link counts to a review at most this many days before it', false, 'deprescribing_per_smr'),
    ('new_start_washout_months', 12, 'months', 'first_line_new_starts: no issue of the class in this many months before a start', false, 'first_line_new_starts'),
    ('status_min_denominator', 5, 'count', 'status of every KPI: a figure over a smaller denominator is neither on nor off target: too few', false, null)
on conflict (name) do update set kpi_id = excluded.kpi_id where setting.kpi_id is distinct from excluded.kpi_id;

create or replace function mo_data.setting_value(name text) returns double precision
language sql stable strict parallel safe
set search_path = pg_catalog, pg_temp
as $$ select s.value from mo_data.setting s where s.name = setting_value.name $$;
comment on function mo_data.setting_value(text) is 'The value of a setting; null when there is none of that name.';
revoke all on function mo_data.setting_value(text) from public;
