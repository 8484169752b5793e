-- What prescribing saves or would save: cheaper presentations of the same medicine, and switches that were made.
create or replace view mo_dashboard.price_per_unit_saving with (security_barrier = true) as
    select
        s.month::date as month_start,
        k.org_key::integer as org_key,
        k.org_type::varchar(10) as org_type,
        k.org_code::varchar(12) as org_code,
        k.org_name::varchar(255) as org_name,
        s.generic_code::varchar(15) as generic_code,
        coalesce(case left(s.generic_code, 9) when '0601060D0' then 'Glucose blood testing reagents' when '0601060U0' then 'Urine testing reagents' end,
            b.name, s.generic_code)::varchar(255) as presentation_name,
        s.quantity::double precision as quantity,
        (s.nic / s.quantity)::double precision as price_per_unit,
        p.target_price::double precision as target_price_per_unit,
        round(s.saving::numeric, 2)::numeric(14, 2) as saving,
        m.run_id::integer as run_id
    from mo_data.price_per_unit_saving s
        left join mo_data.organisation_named k on k.org_key = s.org_key
        join mo_data.price_per_unit p on p.month = s.month and p.generic_code = s.generic_code
        join mo_data.price_per_unit_month m on m.month = s.month
        left join mo_data.bnf_presentation b on b.bnf_code = s.generic_code
    where (select r.sees_all from mo_data.my_reach r) or ((select y.keys from mo_data.my_organisation_keys y))[s.org_key];
comment on view mo_dashboard.price_per_unit_saving is
    'One row a month, organisation and generic presentation where its practices would save at least the threshold of its level '
    '(OpenPrescribing: 10 pounds a practice, 200 a sub-ICB, 50,000 England) by paying what the cheapest tenth of practices pays for it or its brands, at list price '
    '(NIC). The latest months only (setting price_per_unit_months). Do not add levels.';
comment on column mo_dashboard.price_per_unit_saving.month_start is 'First day of the month.';
comment on column mo_dashboard.price_per_unit_saving.org_key is 'Key of dim_organisation.';
comment on column mo_dashboard.price_per_unit_saving.org_type is 'practice, pcn, sub_icb, icb, region or nation.';
comment on column mo_dashboard.price_per_unit_saving.org_code is 'ODS code of the organisation.';
comment on column mo_dashboard.price_per_unit_saving.org_name is 'Name of the organisation.';
comment on column mo_dashboard.price_per_unit_saving.generic_code is 'BNF code of the generic presentation that stands for itself and its brands.';
comment on column mo_dashboard.price_per_unit_saving.presentation_name is 'Name of it; its code where no file has named it.';
comment on column mo_dashboard.price_per_unit_saving.quantity is 'Quantity of it and its brands.';
comment on column mo_dashboard.price_per_unit_saving.price_per_unit is 'NIC in pounds a unit that the organisation paid.';
comment on column mo_dashboard.price_per_unit_saving.target_price_per_unit is 'NIC in pounds a unit at the 10th percentile of practices.';
comment on column mo_dashboard.price_per_unit_saving.saving is 'Pounds that its practices would save in the month; practices below the target add nothing.';
comment on column mo_dashboard.price_per_unit_saving.run_id is 'Number of the refresh that worked it out.';

create or replace view mo_dashboard.switch_saving as
    select
        x.programme_code::varchar(40) as programme_code,
        x.title::varchar(255) as programme_title,
        x.kpi_id::varchar(40) as kpi_id,
        x.month::date as month_start,
        x.org_key::integer as org_key,
        x.org_type::varchar(10) as org_type,
        x.org_code::varchar(12) as org_code,
        n.org_name::varchar(255) as org_name,
        x.quantity_to::double precision as quantity_to,
        x.quantity_both::double precision as quantity_both,
        x.baseline_share::double precision as baseline_share,
        (x.quantity_to / nullif(x.quantity_both, 0))::double precision as share_to,
        x.price_from::double precision as price_from,
        x.price_to::double precision as price_to,
        (x.quantity_to - x.baseline_share * x.quantity_both)::double precision as quantity_switched,
        round(case when x.quantity_to - x.baseline_share * x.quantity_both = 0 then 0
            else (x.quantity_to - x.baseline_share * x.quantity_both) * (x.price_from - x.price_to) end::numeric, 2)::numeric(14, 2) as realised_saving,
        x.run_id::integer as run_id
    from (
            select w.*, b.share as baseline_share, coalesce(w.cost_to / nullif(w.quantity_to, 0), b.price_to) as price_to,
                coalesce((w.cost_both - w.cost_to) / nullif(w.quantity_both - w.quantity_to, 0), b.price_from) as price_from
            from (
                    select f.*, -- the months before the programme, those in which nothing is hidden: a denominator is shown beside a hidden numerator
                        sum(f.quantity_to) filter (where f.is_base) over programme as base_to, sum(f.quantity_both) filter (where f.is_base) over programme as base_both,
                        sum(f.cost_to) filter (where f.is_base) over programme as base_cost_to, sum(f.cost_both) filter (where f.is_base) over programme as base_cost_both
                    from (select g.*, g.is_before and g.quantity_to is not null and g.cost_to is not null as is_base from (
                            select p.programme_code, p.title, s.kpi_id, s.month, s.org_key, s.org_type, s.org_code, max(s.run_id) as run_id, -- quantity may stand since an earlier one than cost
                                s.month >= r.first_month and s.month < coalesce(p.ends_on, '9999-12-31') as is_running,
                                s.month < r.first_month and s.month >= (r.first_month - make_interval(months => t.months))::date as is_before,
                                max(s.numerator) filter (where s.breakdown = 'quantity') as quantity_to,
                                max(s.denominator) filter (where s.breakdown = 'quantity') as quantity_both,
                                max(s.numerator) filter (where s.breakdown = 'actual_cost') as cost_to,
                                max(s.denominator) filter (where s.breakdown = 'actual_cost') as cost_both
                            from mo_data.switch_programme p
                                join mo_data.prescribing_measure m on m.pack = 'switch' and m.source = 'Switch programme ' || p.programme_code
                                join mo_data.kpi_shown s on s.kpi_id = m.measure_id and s.breakdown in ('quantity', 'actual_cost')
                                cross join lateral (select date_trunc('month', p.starts_on)::date as first_month) r
                                cross join (select s.value::integer as months from mo_data.setting s where s.name = 'switch_baseline_months') t
                            group by p.programme_code, p.title, p.ends_on, s.kpi_id, s.month, s.org_key, s.org_type, s.org_code, r.first_month, t.months
                        ) g) f
                    window programme as (partition by f.programme_code, f.kpi_id, f.org_key, f.org_type, f.org_code)
                ) w
                cross join lateral (
                    select w.base_to / nullif(w.base_both, 0) as share,
                        (w.base_cost_both - w.base_cost_to) / nullif(w.base_both - w.base_to, 0) as price_from,
                        w.base_cost_to / nullif(w.base_to, 0) as price_to
                ) b
            where w.is_running
        ) x
        left join mo_data.organisation_named n on n.org_key = x.org_key;
comment on view mo_dashboard.switch_saving is
    'One row a switch programme with both BNF prefixes, month from its start, and organisation: the saving that prescribing shows, beside the '
    'patients of KPI switch_completion. realised_saving = (quantity_to - baseline_share x quantity_both) x (price_from - price_to): the quantity '
    'that is the new medicine beyond its share of the months before the programme (setting switch_baseline_months), times the difference of '
    'the prices a unit (actual cost) in the month. Worked out at each level from its own sums: do not add levels.';
comment on column mo_dashboard.switch_saving.programme_code is 'The switch programme.';
comment on column mo_dashboard.switch_saving.programme_title is 'What is switched to what.';
comment on column mo_dashboard.switch_saving.kpi_id is 'Name of the KPI. Key of dim_kpi.';
comment on column mo_dashboard.switch_saving.month_start is 'First day of the month.';
comment on column mo_dashboard.switch_saving.org_key is 'Key of dim_organisation.';
comment on column mo_dashboard.switch_saving.org_type is 'practice, pcn, sub_icb, icb, region, nation or group.';
comment on column mo_dashboard.switch_saving.org_code is 'ODS code, or the code of a site''s own group.';
comment on column mo_dashboard.switch_saving.org_name is 'Name of the organisation.';
comment on column mo_dashboard.switch_saving.quantity_to is 'Quantity of the medicine switched to.';
comment on column mo_dashboard.switch_saving.quantity_both is 'Quantity of both medicines.';
comment on column mo_dashboard.switch_saving.baseline_share is
    'Share of the medicine switched to in the months before the programme, 0 to 1. Null: neither was prescribed then, or those months are not loaded or hidden (months with a suppressed figure are left out).';
comment on column mo_dashboard.switch_saving.share_to is 'Share of the medicine switched to in the month, 0 to 1. Null: neither was prescribed.';
comment on column mo_dashboard.switch_saving.price_from is 'Actual cost in pounds a unit of the medicine switched from: in the month, else in the months before the programme. Null: neither is known.';
comment on column mo_dashboard.switch_saving.price_to is 'Actual cost in pounds a unit of the medicine switched to: in the month, else before the programme. Null: neither is known.';
comment on column mo_dashboard.switch_saving.quantity_switched is 'Quantity of the medicine switched to beyond its baseline share; below 0: switched back. Null: there is no baseline share.';
comment on column mo_dashboard.switch_saving.realised_saving is 'Pounds saved in the month; below 0: spent. Null: there is no baseline or no price.';
comment on column mo_dashboard.switch_saving.run_id is 'Number of the refresh that published the row.';
