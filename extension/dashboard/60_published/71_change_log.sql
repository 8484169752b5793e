create or replace view mo_dashboard.change_log with (security_barrier = true) as
    select
        (c.changed_at at time zone 'UTC')::timestamp(0) as changed_at_utc,
        c.change_label::varchar(40) as change_label,
        c.kpi_id::varchar(40) as kpi_id,
        c.source::varchar(40) as source_name,
        c.org_key::integer as org_key,
        k.org_type::varchar(10) as org_type,
        k.org_code::varchar(12) as org_code,
        k.org_name::varchar(255) as org_name,
        c.month::date as month_start,
        c.old_value::double precision as old_value,
        c.new_value::double precision as new_value,
        c.narrative::text as change_narrative,
        c.run_id::integer as run_id,
        c.change_id::integer as change_id
    from mo_data.change c
        left join mo_data.organisation_named k on k.org_key = c.org_key
    where c.for_readers
        and (c.org_key is null or (select m.sees_all from mo_data.my_reach m)
            or ((select m.keys from mo_data.my_organisation_keys m))[c.org_key]);
comment on view mo_dashboard.change_log is
    'The Changes page: one row a change that the system noticed, of everybody''s definitions and sources and of the reader''s organisations: '
    'definitions and targets changed, figures restated, sources refreshed, returns submitted. Sort by change_id, newest last.';
comment on column mo_dashboard.change_log.changed_at_utc is 'When it was noted, UTC; for figures and definitions the refresh that published them.';
comment on column mo_dashboard.change_log.change_label is
    'definition, target, restated figures, source refreshed, return submitted, data removed or other.';
comment on column mo_dashboard.change_log.kpi_id is 'Name of the KPI. Key of dim_kpi. Null: not of one KPI.';
comment on column mo_dashboard.change_log.source_name is 'Name of the source. Null: not of a source.';
comment on column mo_dashboard.change_log.org_key is 'Key of dim_organisation. Null: it concerns everybody.';
comment on column mo_dashboard.change_log.org_type is 'practice, pcn, sub_icb, icb, region, nation or group. Null: it concerns everybody.';
comment on column mo_dashboard.change_log.org_code is 'ODS code of the organisation, or the code of a site''s own group. Null: it concerns everybody.';
comment on column mo_dashboard.change_log.org_name is 'Name of the organisation. Null: it concerns everybody.';
comment on column mo_dashboard.change_log.month_start is 'First day of the month of the figure. Null: not of one month.';
comment on column mo_dashboard.change_log.old_value is 'Value before, in the unit of the KPI (percent as 0 to 1). Null: not a restated figure. Hidden figures have no row.';
comment on column mo_dashboard.change_log.new_value is 'Value after, in the unit of the KPI. Null: not a restated figure.';
comment on column mo_dashboard.change_log.change_narrative is 'What changed, in a sentence. Narrative.';
comment on column mo_dashboard.change_log.run_id is 'Number of the refresh that noted it. Null: not by a refresh.';
comment on column mo_dashboard.change_log.change_id is 'Number of the change: the order in which they were noted.';
