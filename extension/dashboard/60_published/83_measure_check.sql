-- Our figures of a measure beside the published ones, and why they differ.
create or replace view mo_dashboard.measure_check with (security_barrier = true) as
    select
        x.kpi_id::varchar(40) as kpi_id,
        x.kpi_name::varchar(255) as kpi_name,
        x.month::date as month_start,
        x.org_key::integer as org_key,
        x.org_type::varchar(10) as org_type,
        x.org_code::varchar(12) as org_code,
        n.org_name::varchar(255) as org_name,
        x.numerator::double precision as numerator,
        x.denominator::double precision as denominator,
        x.value::double precision as value,
        x.published_numerator::double precision as published_numerator,
        x.published_denominator::double precision as published_denominator,
        (x.published_numerator / nullif(x.published_denominator, 0) * x.per)::double precision as published_value,
        (x.numerator - x.published_numerator)::double precision as numerator_difference,
        (x.denominator - x.published_denominator)::double precision as denominator_difference,
        e.label::varchar(40) as check_label,
        case e.label
            when 'agrees' then 'The same as published.'
            when 'no figure here' then 'Nothing of this month and organisation has been counted here: its prescribing or list size is not loaded, or it was not open.'
            when 'suppressed' then 'The figure is hidden because its number is small.'
            when 'membership' then 'With the practices that belong to it today, as OpenPrescribing shows every month, our figure is the published one; '
                'here a month counts the practices of its last day.'
            when 'restated since' then 'Our figure as it was before a later refresh changed it is the published one.'
            when 'list size' then 'The numerator is the same; the published denominator is another month''s list or another edition of it.'
            when 'differs' then case when x.is_exact
                then 'Neither membership nor a restatement explains the difference: compare the definition, and which practices are loaded.'
                else 'The measure hides or rounds small numbers here: whether membership or a restatement explains the difference would tell them.' end
        end::text as check_narrative,
        x.published_on::date as published_on
    from (
            select p.*, k.org_key, k.org_type, s.numerator, s.denominator, s.value, s.is_hidden, s.org_key is null as is_missing,
                r.hide_from is null and r.hide_denominator_below is null and coalesce(r.round_to, 1) <= 1 as is_exact,
                coalesce(abs(s.numerator - p.published_numerator) <= p.numerator_slack, false) as numerator_agrees,
                coalesce(abs(s.denominator - p.published_denominator) <= p.denominator_slack, false) as denominator_agrees
            from (
                    select u.*, greatest(0.01, 1e-6 * abs(u.published_numerator)) as numerator_slack,
                        greatest(0.01, 1e-6 * abs(u.published_denominator)) as denominator_slack
                    from (
                            select v.measure_id as kpi_id, m.title as kpi_name, v.month, (v.month + interval '1 month')::date - 1 as last_day, v.org_code, v.published_on, m.per, m.population, v.numerator as published_numerator,
                                v.denominator * case when m.population = 'list_size' then 1000 else 1 end as published_denominator
                            from mo_data.published_measure_value v
                                join mo_data.prescribing_measure m on m.measure_id = v.measure_id and m.is_active
                        ) u
                ) p
                join mo_data.organisation_key k on k.org_code = p.org_code and k.org_type <> 'group'
                left join mo_data.kpi r on r.kpi_id = p.kpi_id
                left join mo_data.kpi_shown s on s.org_key = k.org_key and s.kpi_id = p.kpi_id and s.month = p.month and s.breakdown = ''
            where (select r.sees_all from mo_data.my_reach r) or ((select y.keys from mo_data.my_organisation_keys y))[k.org_key]
        ) x
        left join mo_data.organisation_named n on n.org_key = x.org_key
        left join lateral ( -- only where they differ
            select sum(v.numerator) as numerator, sum(v.denominator) as denominator
            from mo_data.organisation_key b
                join mo_data.kpi_value v on v.org_code = b.org_code and v.kpi_id = x.kpi_id and v.month = x.month and v.breakdown = ''
            where not (x.numerator_agrees and x.denominator_agrees) and not x.is_missing and x.is_exact and b.org_type = 'practice'
                and x.org_code in (b.org_code, b.pcn_code, b.sub_icb_code, b.icb_code, b.region_code, b.nation_code)
        ) today on true
        left join lateral ( -- before each refresh that changed a figure of its practices: all changes since are undone; belonging as in organisation_path_on
            select bool_or(abs(x.numerator - e.numerator - x.published_numerator) <= x.numerator_slack
                and abs(x.denominator - e.denominator - x.published_denominator) <= x.denominator_slack) as is_published
            from (
                    select sum(sum(coalesce(c.new_numerator, 0) - coalesce(c.old_numerator, 0))) over later as numerator,
                        sum(sum(coalesce(c.new_denominator, 0) - coalesce(c.old_denominator, 0))) over later as denominator
                    from mo_data.kpi_value_change c
                        left join mo_data.organisation_parent pcn on pcn.org_code = c.org_code and pcn.parent_type = 'pcn'
                            and pcn.valid_from <= x.last_day and (pcn.valid_to is null or pcn.valid_to > x.last_day)
                            and exists (select from mo_data.organisation o where o.org_code = pcn.parent_code and o.open_from <= x.last_day and (o.open_to is null or o.open_to > x.last_day))
                        left join mo_data.organisation_parent own on own.org_code = c.org_code and own.parent_type = 'sub_icb'
                            and own.valid_from <= x.last_day and (own.valid_to is null or own.valid_to > x.last_day)
                            and exists (select from mo_data.organisation o where o.org_code = own.parent_code and o.open_from <= x.last_day and (o.open_to is null or o.open_to > x.last_day))
                        left join mo_data.organisation_parent lead on lead.org_code = pcn.parent_code and lead.parent_type = 'sub_icb'
                            and lead.valid_from <= x.last_day and (lead.valid_to is null or lead.valid_to > x.last_day)
                            and exists (select from mo_data.organisation o where o.org_code = lead.parent_code and o.open_from <= x.last_day and (o.open_to is null or o.open_to > x.last_day))
                        left join mo_data.organisation_parent icb on icb.org_code = coalesce(lead.parent_code, own.parent_code) and icb.parent_type = 'icb'
                            and icb.valid_from <= x.last_day and (icb.valid_to is null or icb.valid_to > x.last_day)
                            and exists (select from mo_data.organisation o where o.org_code = icb.parent_code and o.open_from <= x.last_day and (o.open_to is null or o.open_to > x.last_day))
                        left join mo_data.organisation_key i on i.org_code = icb.parent_code and i.org_type = 'icb'
                    where not (x.numerator_agrees and x.denominator_agrees) and not x.is_missing and x.is_exact
                        and c.kpi_id = x.kpi_id and c.month = x.month and c.breakdown = ''
                        and x.org_code in (c.org_code, pcn.parent_code, own.parent_code, icb.parent_code, i.region_code, i.nation_code)
                    group by c.kpi_id, c.run_id
                    window later as (partition by c.kpi_id order by c.run_id desc)
                ) e
        ) earlier on true
        cross join lateral (
            select case
                when x.numerator_agrees and x.denominator_agrees then 'agrees'
                when x.published_numerator = 0 and x.published_denominator = 0 and (x.is_missing or x.denominator = 0) then 'agrees'
                when x.is_missing then 'no figure here'
                when x.is_hidden then 'suppressed'
                when not x.is_exact then case when x.numerator_agrees and x.population is not null then 'list size' else 'differs' end
                when abs(coalesce(today.numerator, 0) - x.published_numerator) <= x.numerator_slack -- 0: nobody belongs to it today
                    and abs(coalesce(today.denominator, 0) - x.published_denominator) <= x.denominator_slack then 'membership'
                when earlier.is_published then 'restated since'
                when x.numerator_agrees and x.population is not null then 'list size'
                else 'differs'
            end as label
        ) e;
comment on view mo_dashboard.measure_check is
    'One row a value of a measure that OpenPrescribing (or another) published and that is a measure here: ours beside it, with the difference explained '
    'as far as it can be. Equal is equal to a millionth, or a penny.';
comment on column mo_dashboard.measure_check.kpi_id is 'Name of the KPI. Key of dim_kpi.';
comment on column mo_dashboard.measure_check.kpi_name is 'Full name of the KPI.';
comment on column mo_dashboard.measure_check.month_start is 'First day of the month.';
comment on column mo_dashboard.measure_check.org_key is 'Key of dim_organisation.';
comment on column mo_dashboard.measure_check.org_type is 'practice, pcn, sub_icb, icb, region or nation.';
comment on column mo_dashboard.measure_check.org_code is 'ODS code of the organisation.';
comment on column mo_dashboard.measure_check.org_name is 'Name of the organisation.';
comment on column mo_dashboard.measure_check.numerator is 'What was counted here. Null: no figure here, or suppressed.';
comment on column mo_dashboard.measure_check.denominator is 'What it is divided by here. Null: no figure here.';
comment on column mo_dashboard.measure_check.value is 'Numerator / denominator times rate_per, ours; percent as 0 to 1. Null: none, or suppressed.';
comment on column mo_dashboard.measure_check.published_numerator is 'Numerator as published.';
comment on column mo_dashboard.measure_check.published_denominator is 'Denominator as published; list sizes, published in thousands, in patients.';
comment on column mo_dashboard.measure_check.published_value is 'Value of the published parts. Null: denominator 0.';
comment on column mo_dashboard.measure_check.numerator_difference is 'Ours less the published numerator. Null: no figure here, or suppressed.';
comment on column mo_dashboard.measure_check.denominator_difference is 'Ours less the published denominator. Null: no figure here.';
comment on column mo_dashboard.measure_check.check_label is
    'agrees, membership, restated since, list size, suppressed, no figure here, differs. Membership and restatement are not looked into where the measure hides or rounds small numbers.';
comment on column mo_dashboard.measure_check.check_narrative is 'What the label means. Narrative.';
comment on column mo_dashboard.measure_check.published_on is 'Day it was published or fetched. Null: not given.';
