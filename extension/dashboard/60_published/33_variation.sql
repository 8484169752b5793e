create or replace view mo_dashboard.variation with (security_barrier = true) as
    select
        v.kpi_id::varchar(40) as kpi_id,
        k.name::varchar(255) as kpi_name,
        v.month::date as month_start,
        v.org_type::varchar(10) as org_type,
        v.group_code::varchar(12) as group_code,
        coalesce(g.name, case v.group_code when 'ENG' then 'England' end, v.group_code)::varchar(255) as group_name,
        k.direction::varchar(10) as direction_of_good,
        v.org_count::integer as org_count,
        v.minimum::double precision as minimum,
        v.percentile_5::double precision as percentile_5,
        v.percentile_10::double precision as percentile_10,
        v.lower_quartile::double precision as lower_quartile,
        v.median::double precision as median,
        v.upper_quartile::double precision as upper_quartile,
        v.percentile_90::double precision as percentile_90,
        v.percentile_95::double precision as percentile_95,
        v.maximum::double precision as maximum,
        case when v.percentile_5 > 0 then v.percentile_95 / v.percentile_5 end::double precision as p95_to_p5,
        v.coefficient_of_variation::double precision as coefficient_of_variation,
        v.systematic_component::double precision as systematic_component,
        v.dispersion_phi::double precision as dispersion_phi,
        v.between_area_tau2::double precision as between_area_tau2,
        v.outside_95::integer as outside_95,
        v.outside_998::integer as outside_998,
        v.outside_95_dispersed::integer as outside_95_dispersed,
        v.outside_998_dispersed::integer as outside_998_dispersed,
        y.median::double precision as median_year_ago,
        (v.median - y.median)::double precision as change_on_year,
        case when y.percentile_5 > 0 then y.percentile_95 / y.percentile_5 end::double precision as p95_to_p5_year_ago,
        concat_ws(' ', 'Invites discussion of variation; not performance management.',
            case
                when v.hidden_count > 0 and v.minimum is null then v.hidden_count || ' of ' || v.org_count + v.hidden_count
                    || ' figures are not shown (small, or would give away one that is): no spread is given.'
                when v.hidden_count > 0 then v.hidden_count || ' of ' || v.org_count + v.hidden_count
                    || ' figures are not shown (small, or would give away one that is) and are left out.'
            end,
            case when v.org_count between 1 and 9 and v.minimum is not null then 'Fewer than ten organisations: percentiles say little.' end
        )::varchar(255) as note_label,
        v.run_id::integer as run_id
    from mo_data.kpi_variation v
        join mo_data.kpi k on k.kpi_id = v.kpi_id and k.is_active
        left join mo_data.organisation g on g.org_code = v.group_code
        left join mo_data.kpi_variation y on y.group_code = v.group_code and y.kpi_id = v.kpi_id and y.org_type = v.org_type
            and y.month = (v.month - interval '1 year')::date
    where (select m.sees_all from mo_data.my_reach m)
        or ((
            select jsonb_object_agg(u.group_code, true)
            from mo_data.my_organisation m join mo_data.organisation_key o on o.org_key = m.org_key
                cross join lateral (values (o.icb_code), ('ENG')) u (group_code)
            where u.group_code is not null))[v.group_code] is not null;
comment on view mo_dashboard.variation is
    'The atlas: one row a KPI, month, level and group (an ICB, or England), with the spread of the values of its organisations. A reader of any organisation sees '
    'the ICBs that its organisations belong to now, and England. Invites discussion of variation and is not performance management: nothing here '
    'is good or bad. Filter by kpi_id, org_type and group_code; levels contain each other.';
comment on column mo_dashboard.variation.kpi_id is 'Name of the KPI. Key of dim_kpi.';
comment on column mo_dashboard.variation.kpi_name is 'Full name of the KPI.';
comment on column mo_dashboard.variation.month_start is 'First day of the month.';
comment on column mo_dashboard.variation.org_type is 'practice (GP practices), pcn, sub_icb or icb: what is compared. Look at one level at a time: levels contain each other.';
comment on column mo_dashboard.variation.group_code is 'The ICB the organisations belonged to on the month''s last day, or ENG: all of England.';
comment on column mo_dashboard.variation.group_name is 'Name of that ICB, or England.';
comment on column mo_dashboard.variation.direction_of_good is 'higher, lower or neither. A KPI with neither is never coloured.';
comment on column mo_dashboard.variation.org_count is 'Organisations with a value that is shown: those the statistics are made of. Hidden ones are in note_label.';
comment on column mo_dashboard.variation.minimum is 'Lowest value. Null, like every statistic: more than one in five values are hidden (note_label).';
comment on column mo_dashboard.variation.percentile_5 is '5th percentile (type 7, percentile_cont). Null as minimum.';
comment on column mo_dashboard.variation.percentile_10 is '10th percentile. Null as minimum.';
comment on column mo_dashboard.variation.lower_quartile is '25th percentile. Null as minimum.';
comment on column mo_dashboard.variation.median is '50th percentile. Null as minimum.';
comment on column mo_dashboard.variation.upper_quartile is '75th percentile. Null as minimum.';
comment on column mo_dashboard.variation.percentile_90 is '90th percentile. Null as minimum.';
comment on column mo_dashboard.variation.percentile_95 is '95th percentile. Null as minimum.';
comment on column mo_dashboard.variation.maximum is 'Highest value. Null as minimum.';
comment on column mo_dashboard.variation.p95_to_p5 is '95th percentile over 5th: how many times the one is the other. Null: the 5th percentile is 0 or negative.';
comment on column mo_dashboard.variation.coefficient_of_variation is 'Standard deviation over mean. Null: one organisation, or a mean of 0.';
comment on column mo_dashboard.variation.systematic_component is
    'Variance of observed over expected events beyond chance (McPherson 1982, Diehr 1990); often printed times 100. Null: not a rate of events.';
comment on column mo_dashboard.variation.dispersion_phi is
    'Spread about the average in units of chance (Spiegelhalter 2005, winsorised): 1 is chance alone. Null: no funnel.';
comment on column mo_dashboard.variation.between_area_tau2 is 'Variance between organisations beyond chance, on the scale of the funnel''s transformation. Null: no funnel.';
comment on column mo_dashboard.variation.outside_95 is 'Organisations outside the 95 % funnel limits; about one in twenty is by chance. Null: no funnel.';
comment on column mo_dashboard.variation.outside_998 is 'Organisations outside the 99.8 % funnel limits. Null: no funnel.';
comment on column mo_dashboard.variation.outside_95_dispersed is 'Of outside_95, those also outside limits widened for over-dispersion. Null: no funnel.';
comment on column mo_dashboard.variation.outside_998_dispersed is 'Of outside_998, those also outside limits widened for over-dispersion. Null: no funnel.';
comment on column mo_dashboard.variation.median_year_ago is 'Median of the same month a year before. Null: not known.';
comment on column mo_dashboard.variation.change_on_year is 'Median less that of the same month a year before. Null: one of them is not known.';
comment on column mo_dashboard.variation.p95_to_p5_year_ago is 'p95_to_p5 of the same month a year before. Null: not known.';
comment on column mo_dashboard.variation.note_label is 'How to read the row, and how many figures are too small to be in it.';
comment on column mo_dashboard.variation.run_id is 'Number of the refresh that published the row.';
