-- What every page says of its data.
create or replace view mo_data.site_label as
    select coalesce((select case s.data_kind when 'synthetic' then 'Synthetic data' when 'real' then 'Real data' end from mo_data.site s),
        'Not stated') as data_kind_label;
comment on view mo_data.site_label is 'One row: what the site says its data are, in words; published views carry it.';
comment on column mo_data.site_label.data_kind_label is 'Synthetic data, Real data or Not stated.';
