-- What stands out of a series of shown figures. One place: where causes and funnels are stored, this view reads them instead.
create or replace view mo_data.kpi_signal as
    select
        x.org_key, x.org_type, x.org_code, x.kpi_id, x.month, x.value, c.cause,
            mo_data.variation_label(x.direction, c.cause) as spc_variation_label, x.usual_mean,
        case when x.never_negative then greatest(x.usual_lower, 0) else x.usual_lower end as usual_lower,
        case when x.interval_method = 'wilson' then least(x.usual_upper, 1) else x.usual_upper end as usual_upper,
        f.funnel_position, mo_data.funnel_side(x.direction, f.funnel_position) as funnel_side
    from (
            select s.org_key, s.org_type, s.org_code, s.kpi_id, s.month, s.value, s.numerator, s.denominator, s.peer_group, k.direction,
                k.interval_method, k.unit,
                k.hide_from, k.hide_to, k.time_basis <> 'annual' and not k.counts_from_april as is_charted,
                min(s.value) over series >= 0 as never_negative,
                mo.special_cause(s.value) over series as cause, mo.xmr_mean(s.value) over series as usual_mean,
                mo.xmr_lower(s.value) over series as usual_lower, mo.xmr_upper(s.value) over series as usual_upper
            from mo_data.kpi_shown s join mo_data.kpi k on k.kpi_id = s.kpi_id
            where s.breakdown = ''
            window series as (partition by s.org_key, s.org_type, s.org_code, s.kpi_id order by s.month rows between unbounded preceding
                and unbounded following)
        ) x
        cross join lateral (select case when x.is_charted then x.cause end as cause) c
        left join mo_data.kpi_result area -- what is hidden of the area is no average
            on area.kpi_id = x.kpi_id and area.month = x.month and area.breakdown = '' and area.org_code = x.peer_group
                and area.org_type = case when x.org_type in ('practice', 'pcn') then 'icb' else 'nation' end
                and not coalesce(area.numerator between x.hide_from and x.hide_to, false)
        cross join lateral (
            select mo_data.funnel_position(x.unit, x.interval_method, x.numerator, x.denominator, area.numerator,
                area.denominator) as funnel_position
        ) f;
comment on view mo_data.kpi_signal is
    'What stands out: for each shown figure its special cause over all shown months of the organisation, the range that is usual for it, '
    'and '
    'its place in the funnel around its ICB''s figure (England''s for sub-ICBs and ICBs). Figures that only add up through the year, '
    'annual ones, and fewer than 12 months have no cause.';
comment on column mo_data.kpi_signal.org_key is 'Organisation (organisation_key).';
comment on column mo_data.kpi_signal.org_type is 'practice, pcn, sub_icb, icb, region, nation or group.';
comment on column mo_data.kpi_signal.org_code is 'Code of the organisation or group.';
comment on column mo_data.kpi_signal.kpi_id is 'KPI.';
comment on column mo_data.kpi_signal.month is 'First day of the month.';
comment on column mo_data.kpi_signal.value is 'Value of the month. Null: suppressed, or nothing to divide by.';
comment on column mo_data.kpi_signal.cause is 'As mo.special_cause names it.';
comment on column mo_data.kpi_signal.spc_variation_label is
    'common cause, special cause: improving, special cause: concerning, or special cause where no direction is good.';
comment on column mo_data.kpi_signal.usual_mean is 'Mean of the shown months.';
comment on column mo_data.kpi_signal.usual_lower is 'Lower process limit, not below 0 where no figure is.';
comment on column mo_data.kpi_signal.usual_upper is 'Upper process limit, for proportions not above 1.';
comment on column mo_data.kpi_signal.funnel_position is
    'below_998, below_95, within, above_95 or above_998. Null: the KPI has no funnel, or there is no average to show.';
comment on column mo_data.kpi_signal.funnel_side is
    'Beyond the 99.8 % limits: good, concerning, or neither where no direction is good. Null: not beyond them.';
