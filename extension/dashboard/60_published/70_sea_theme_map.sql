create or replace view mo_dashboard.sea_theme_map with (security_barrier = true) as
    select distinct -- the hidden harms of a theme are one row: which of them there were is not told
        c.quarter_start::date as quarter_start,
        ('Q' || mo.financial_quarter(c.quarter_start) || ' ' || mo.financial_year(c.quarter_start))::varchar(10) as quarter_label,
        (extract(year from mo.financial_year_start(c.quarter_start)) * 10 + mo.financial_quarter(c.quarter_start))::integer
            as quarter_label_sort,
        c.org_key::integer as org_key,
        k.org_type::varchar(10) as org_type,
        k.org_code::varchar(12) as org_code,
        k.org_name::varchar(255) as org_name,
        c.theme_code::varchar(40) as theme_code,
        coalesce(t.label, case c.theme_code when '-' then 'No theme recorded' else c.theme_code end)::varchar(255) as theme_label,
        h.harm_label::varchar(20) as harm_label,
        h.harm_label_sort::integer as harm_label_sort,
        case when s.is_hidden then null when r.round_to is null or u.unsuppressed then c.events
            else mo.suppress_count(n => c.events, hide_from => 0, hide_to => 0, round_to => r.round_to) end::integer as events,
        case when s.is_hidden then 'suppressed' else 'ok' end::varchar(10) as value_status,
        m.months_published::integer as months_published
    from mo_data.sea_theme_cell c
        left join mo_data.organisation_named k on k.org_key = c.org_key
        left join mo_data.sea_theme t on t.theme_code = c.theme_code
        left join mo_data.kpi r on r.kpi_id = 'sea_raised'
        cross join lateral (
            select c.org_key = any (array(select a.org_key from mo_data.my_unsuppressed a)) as unsuppressed
            offset 0 -- worked out once, not copied into every column that uses it
        ) u
        cross join lateral ( -- a rule that has been tightened holds at once for what is small itself
            select not u.unsuppressed and (c.is_hidden or coalesce(c.events between r.hide_from and r.hide_to, false)) as is_hidden
            offset 0
        ) s
        join (values ('fatal', 'Fatal', 1), ('severe', 'Severe', 2), ('moderate', 'Moderate', 3), ('low', 'Low', 4), ('none', 'None', 5),
            ('not_assessed', 'Not assessed', 6), ('hidden', 'Not shown', 7)) h (harm_code, harm_label, harm_label_sort)
            on h.harm_code = case when s.is_hidden then 'hidden' else c.harm_code end
        left join (
            select date_trunc('quarter', p.month)::date as quarter_start, count(*) as months_published
            from mo_data.kpi_month p where p.kpi_id = 'sea_raised' group by 1
        ) m on m.quarter_start = c.quarter_start
    where ((select a.sees_all from mo_data.my_reach a) or ((select a.keys from mo_data.my_organisation_keys a))[c.org_key])
        and not (s.is_hidden and coalesce(r.hide_from = 0, false)); -- where zeros are hidden too, a row without a number would say that it is not 0
comment on view mo_dashboard.sea_theme_map is
    'One row an organisation, quarter, theme and harm: significant events raised. Organisations by membership on the last day of the month an event '
    'was raised in. An event with several themes is in each, so themes do not add up; fact_kpi has the events as such (sea_raised). No row: no '
    'event. Few events may mean poor reporting: supports discussion of variation and is not performance management.';
comment on column mo_dashboard.sea_theme_map.quarter_start is 'First day of the quarter of the financial year.';
comment on column mo_dashboard.sea_theme_map.quarter_label is 'Quarter of the financial year, such as Q1 2026/27. Sort by quarter_label_sort.';
comment on column mo_dashboard.sea_theme_map.quarter_label_sort is 'Order of quarter_label: year and quarter as a number, 20261.';
comment on column mo_dashboard.sea_theme_map.org_key is 'Key of dim_organisation.';
comment on column mo_dashboard.sea_theme_map.org_type is 'practice, pcn, sub_icb, icb, region, nation or group. Look at one level at a time: levels contain each other.';
comment on column mo_dashboard.sea_theme_map.org_code is 'ODS code, or the code of a site''s own group.';
comment on column mo_dashboard.sea_theme_map.org_name is 'Name of the organisation.';
comment on column mo_dashboard.sea_theme_map.theme_code is 'Code of the theme; - where the event has none.';
comment on column mo_dashboard.sea_theme_map.theme_label is 'What the theme means.';
comment on column mo_dashboard.sea_theme_map.harm_label is
    'The worse of physical and psychological harm (LFPSE): Fatal, Severe, Moderate, Low, None, Not assessed; Not shown: '
    'what of the theme is suppressed, of any harm. Sort by harm_label_sort.';
comment on column mo_dashboard.sea_theme_map.harm_label_sort is 'Order of harm_label, the worst first.';
comment on column mo_dashboard.sea_theme_map.events is 'Significant events. Null: suppressed.';
comment on column mo_dashboard.sea_theme_map.value_status is 'ok, suppressed (a small number, or one that would give a small one away: rule of sea_raised).';
comment on column mo_dashboard.sea_theme_map.months_published is 'Months of the quarter that are published: 3 when it is complete.';
