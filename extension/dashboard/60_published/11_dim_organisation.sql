create or replace view mo_dashboard.dim_organisation as
    select
        k.org_key::integer as org_key,
        k.org_code::varchar(12) as org_code,
        k.org_name::varchar(255) as org_name,
        k.org_type::varchar(10) as org_type,
        s.org_type_label::varchar(20) as org_type_label,
        s.org_type_label_sort::integer as org_type_label_sort,
        k.pcn_code::varchar(12) as current_pcn_code,
        pcn.name::varchar(255) as current_pcn_name,
        k.sub_icb_code::varchar(12) as current_sub_icb_code,
        sub_icb.name::varchar(255) as current_sub_icb_name,
        k.icb_code::varchar(12) as current_icb_code,
        icb.name::varchar(255) as current_icb_name,
        k.region_code::varchar(12) as current_region_code,
        region.name::varchar(255) as current_region_name,
        case when o.org_type = 'practice' and o.prescribing_setting = 4 then 1 else 0 end::smallint as is_gp_practice,
        case when o.org_type = 'practice' and o.prescribing_setting = 4 then 'GP practice' else 'Other' end::varchar(20)
            as gp_practice_label,
        greatest(o.open_from, date '1900-01-01')::date as valid_from,
        least(o.open_to, date '9999-12-31')::date as valid_to,
        case when o.open_from > current_date or o.open_to <= current_date then 0 else 1 end::smallint as is_open,
        case when o.open_from > current_date or o.open_to <= current_date then 'Closed' else 'Open' end::varchar(10) as open_label,
        h.narrative::text as succession_narrative,
        h.latest_on::date as succession_on,
        (left(k.org_name, 240) || coalesce(' (' || nullif(k.org_code, k.org_name) || ')', ''))::varchar(255) as org_label
    from mo_data.organisation_named k
        left join mo_data.organisation o on o.org_code = k.org_code and o.org_type = k.org_type
        left join mo_data.organisation pcn on pcn.org_code = k.pcn_code
        left join mo_data.organisation sub_icb on sub_icb.org_code = k.sub_icb_code
        left join mo_data.organisation icb on icb.org_code = k.icb_code
        left join mo_data.organisation region on region.org_code = k.region_code
        left join mo_data.succession h on h.org_code = k.org_code and k.org_type <> 'group'
        left join (values
            ('practice', 'Practice', 1), ('pcn', 'PCN', 2), ('sub_icb', 'Sub-ICB', 3), ('icb', 'ICB', 4), ('region', 'Region', 5),
            ('nation', 'Nation', 6), ('group', 'Local group', 7)
        ) s (org_type, org_type_label, org_type_label_sort) on s.org_type = k.org_type
    union all
    select
        (-1)::integer, '-'::varchar(12), 'Unknown'::varchar(255), 'unknown'::varchar(10), 'Unknown'::varchar(20), 9::integer,
        null::varchar(12), null::varchar(255), null::varchar(12), null::varchar(255), null::varchar(12), null::varchar(255),
        null::varchar(12), null::varchar(255), 0::smallint, 'Other'::varchar(20), date '1900-01-01', date '9999-12-31', 1::smallint,
        'Open'::varchar(10), null::text, null::date, 'Unknown'::varchar(255);
comment on view mo_dashboard.dim_organisation is
    'One row an organisation of any level, with the organisations it belonged to when the figures were last refreshed (current membership; '
    'fact_kpi carries membership as at the month). Row -1 is Unknown.';
comment on column mo_dashboard.dim_organisation.org_key is 'Key of the organisation: a number that never changes. -1 is Unknown.';
comment on column mo_dashboard.dim_organisation.org_code is 'ODS code, or the code of a site''s own group.';
comment on column mo_dashboard.dim_organisation.org_name is 'Name of the organisation.';
comment on column mo_dashboard.dim_organisation.org_type is 'practice, pcn, sub_icb, icb, region, nation, group or unknown. Look at one level at a time: levels contain each other.';
comment on column mo_dashboard.dim_organisation.org_type_label is 'Level as readers know it. Sort by org_type_label_sort.';
comment on column mo_dashboard.dim_organisation.org_type_label_sort is 'Order of org_type_label, practice first.';
comment on column mo_dashboard.dim_organisation.current_pcn_code is 'PCN it belongs to now. Null: none.';
comment on column mo_dashboard.dim_organisation.current_pcn_name is 'Name of that PCN. Null: none, or its name is not known.';
comment on column mo_dashboard.dim_organisation.current_sub_icb_code is 'Sub-ICB it belongs to now. Null: none.';
comment on column mo_dashboard.dim_organisation.current_sub_icb_name is 'Name of that sub-ICB. Null: none, or its name is not known.';
comment on column mo_dashboard.dim_organisation.current_icb_code is 'ICB it belongs to now, through its PCN where it has one. Null: none.';
comment on column mo_dashboard.dim_organisation.current_icb_name is 'Name of that ICB. Null: none, or its name is not known.';
comment on column mo_dashboard.dim_organisation.current_region_code is 'Region it belongs to now. Null: none.';
comment on column mo_dashboard.dim_organisation.current_region_name is 'Name of that region. Null: none, or its name is not known.';
comment on column mo_dashboard.dim_organisation.is_gp_practice is '1 for a GP practice (prescribing setting 4), which is compared with peers; else 0.';
comment on column mo_dashboard.dim_organisation.gp_practice_label is 'GP practice or Other.';
comment on column mo_dashboard.dim_organisation.valid_from is 'First day it was open; 1900-01-01 when not known.';
comment on column mo_dashboard.dim_organisation.valid_to is 'First day it was no longer open; 9999-12-31 while open.';
comment on column mo_dashboard.dim_organisation.is_open is '1 when open today, else 0.';
comment on column mo_dashboard.dim_organisation.open_label is 'Open or Closed.';
comment on column mo_dashboard.dim_organisation.succession_narrative is
    'Which organisations it follows and which followed it, and when, as sentences. Null: none is known. Narrative.';
comment on column mo_dashboard.dim_organisation.succession_on is 'Day of the last of these changes. Null: none is known.';
comment on column mo_dashboard.dim_organisation.org_label is 'Name and code, by which to choose and to group: one practice in eleven has the name of another.';
