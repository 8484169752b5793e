-- Patients registered at a practice, by sex and age band, as published monthly.
create table mo_data.list_size (
    month date not null check (extract(day from month) = 1),
    practice_code text not null,
    sex text not null check (sex in ('M', 'F', 'I', 'U')),
    age_from smallint not null check (age_from between 0 and 120),
    age_to smallint check (age_to >= age_from and age_to <= 120),
    patients integer not null check (patients >= 0),
    batch_id integer not null,
    primary key (practice_code, month, sex, age_from)
);
comment on table mo_data.list_size is
    'Registered patients: one row a practice, month, sex and age band. Only bands; published totals are in list_size_total.';
comment on column mo_data.list_size.month is 'First day of the month of the extract.';
comment on column mo_data.list_size.practice_code is 'Practice of registration.';
comment on column mo_data.list_size.sex is 'M, F, I (indeterminate) or U (unknown).';
comment on column mo_data.list_size.age_from is 'Youngest age of the band, in years.';
comment on column mo_data.list_size.age_to is 'Oldest age of the band. Null: open (75 and over).';
comment on column mo_data.list_size.patients is 'Patients registered in the band.';
comment on column mo_data.list_size.batch_id is 'The load the row came with.';

create table mo_data.list_size_total (
    month date not null check (extract(day from month) = 1),
    org_type text not null,
    org_code text not null,
    sex text not null,
    age_band text not null,
    patients integer not null check (patients >= 0),
    batch_id integer not null,
    primary key (month, org_type, org_code, sex, age_band)
);
comment on table mo_data.list_size_total is
    'Totals as published (sex ALL or age ALL, or an organisation above the practice), kept apart so that they are never counted twice.';
comment on column mo_data.list_size_total.month is 'First day of the month of the extract.';
comment on column mo_data.list_size_total.org_type is 'ORG_TYPE as published (GP, CCG, ICB ...).';
comment on column mo_data.list_size_total.org_code is 'ORG_CODE as published.';
comment on column mo_data.list_size_total.sex is 'ALL, M, F, I or U.';
comment on column mo_data.list_size_total.age_band is 'ALL or the age band as published.';
comment on column mo_data.list_size_total.patients is 'Patients registered.';
comment on column mo_data.list_size_total.batch_id is 'The load the row came with.';
