-- A view and not a function: a function in a view runs with the reader's rights, and readers may not read these tables.
-- Left join it by org_key: the name is then looked up once an organisation and not once a row, and nothing is where nobody asks for it.
create or replace view mo_data.organisation_named as
    select k.org_key, k.org_type, k.org_code, k.pcn_code, k.sub_icb_code, k.icb_code, k.region_code, k.nation_code,
        coalesce((select o.name from mo_data.organisation o where o.org_code = k.org_code and o.org_type = k.org_type),
            (select max(g.group_name) from mo_data.organisation_group g where g.group_code = k.org_code and k.org_type = 'group'), k.org_code) as org_name
    from mo_data.organisation_key k;
comment on view mo_data.organisation_named is
    'organisation_key with the name that every page and view gives an organisation: its own, else that of the site''s group, else its code.';
comment on column mo_data.organisation_named.org_key is 'The number of the organisation or group.';
comment on column mo_data.organisation_named.org_type is 'practice, pcn, sub_icb, icb, region, nation or group.';
comment on column mo_data.organisation_named.org_code is 'Code of the organisation or group.';
comment on column mo_data.organisation_named.pcn_code is 'PCN at the last refresh. Null: none.';
comment on column mo_data.organisation_named.sub_icb_code is 'Sub-ICB at the last refresh. Null: none.';
comment on column mo_data.organisation_named.icb_code is 'ICB at the last refresh. Null: none.';
comment on column mo_data.organisation_named.region_code is 'Region at the last refresh. Null: none.';
comment on column mo_data.organisation_named.nation_code is 'Nation at the last refresh. Null: none.';
comment on column mo_data.organisation_named.org_name is
    'Name of the organisation; of a group whose rows give several, the last by alphabet; the code where there is no name.';
