-- Local decisions that definitions leave open, as rows.
create table mo_data.setting (
    name text primary key,
    value double precision not null check (value between '-1e15' and '1e15'),
    unit text not null,
    meaning text not null,
    is_national boolean not null default false,
    kpi_id text
);
comment on table mo_data.setting is
    'Numbers that no national definition fixes and a site decides. The shipped values are suggestions; a change dirties the KPIs that use them.';
comment on column mo_data.setting.name is 'Name of the setting.';
comment on column mo_data.setting.value is 'Its value.';
comment on column mo_data.setting.unit is 'Unit of the value.';
comment on column mo_data.setting.meaning is 'What it decides, and for which KPI.';
comment on column mo_data.setting.is_national is 'The value comes from a national definition.';
comment on column mo_data.setting.kpi_id is
    'KPI that is counted with it: a change of its value has the KPI counted again. Null: the KPI whose id and a colon begin its meaning, else none.';
