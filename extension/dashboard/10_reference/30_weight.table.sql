-- Weights of patients by sex and age band, for weighted list sizes.
create table mo_data.weight (
    scheme text not null check (scheme ~ '^[a-z][a-z0-9_]{0,59}$'),
    sex text not null check (sex in ('M', 'F')),
    age_from smallint not null check (age_from >= 0),
    age_to smallint check (age_to >= age_from),
    weight double precision not null check (weight >= 0 and weight < 'infinity'),
    source text,
    batch_id integer,
    primary key (scheme, sex, age_from)
);
comment on table mo_data.weight is
    'Weight of one patient of a sex and age band: ASTRO-PU 2013 on cost and on items are shipped; STAR-PU and local schemes are rows too.';
comment on column mo_data.weight.scheme is 'Name of the weight set, such as astro_pu_cost_2013. Pair cost with cost weights, items with item weights.';
comment on column mo_data.weight.sex is 'M or F; patients of other or unknown sex have no published weight.';
comment on column mo_data.weight.age_from is 'Youngest age of the band, in years.';
comment on column mo_data.weight.age_to is 'Oldest age of the band. Null: open (75 and over).';
comment on column mo_data.weight.weight is 'Weight of one patient.';
comment on column mo_data.weight.source is 'Where the weight was published. Null: not said.';
comment on column mo_data.weight.batch_id is 'The load the row came with. Null: shipped or entered by hand.';
