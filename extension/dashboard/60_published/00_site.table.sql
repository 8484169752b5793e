-- Whose dashboard this is, and whether its figures are about real patients.
create table mo_data.site (
    site_key smallint primary key default 1 check (site_key = 1),
    site_name text not null default '' check (length(site_name) <= 100),
    data_kind text not null default 'not stated' check (data_kind in ('synthetic', 'real', 'not stated'))
);
comment on table mo_data.site is
    'One row: whose dashboard it is, and what its data are. update mo_data.site set site_name = ''…'', data_kind = ''real''; pages say it at once.';
comment on column mo_data.site.site_key is '1: there is one row.';
comment on column mo_data.site.site_name is 'Name of the site, as pages may show it.';
comment on column mo_data.site.data_kind is 'synthetic, real, or not stated until somebody says which. Every page carries it.';
insert into mo_data.site default values;
