-- Organisations and who belongs to whom, dated. Ranges are half-open: valid_from holds, valid_to no longer does.
-- btree_gist (contrib) lets an exclusion constraint refuse two overlapping parents of one kind.
create extension if not exists btree_gist with schema mo_data;

create table mo_data.organisation (
    org_code text primary key check (org_code ~ '^[0-9A-Z]{1,12}$'),
    org_type text not null check (org_type in ('practice', 'pcn', 'sub_icb', 'icb', 'region', 'nation')),
    name text not null,
    prescribing_setting smallint check (prescribing_setting between 0 and 99),
    ods_status text check (ods_status in ('A', 'C', 'D', 'P')),
    postcode text,
    open_from date not null default date '1900-01-01',
    open_to date check (open_to > open_from),
    batch_id integer
);
comment on table mo_data.organisation is
    'One row an organisation: practices and other prescribing cost centres, PCNs, sub-ICBs, ICBs, regions, the nation (ENG).';
comment on column mo_data.organisation.org_code is 'ODS code. Any shape: since April 2026 ICB codes need not begin with Q.';
comment on column mo_data.organisation.org_type is 'practice (any prescribing cost centre), pcn, sub_icb, icb, region or nation.';
comment on column mo_data.organisation.name is 'Name as the ODS gives it.';
comment on column mo_data.organisation.prescribing_setting is
    'ODS prescribing setting of a practice; 4 is a GP practice, and only those are compared with peers. Null: not known.';
comment on column mo_data.organisation.ods_status is 'A active, C closed, D dormant, P proposed. Null: not known.';
comment on column mo_data.organisation.postcode is 'Postcode of the organisation. Null: not known.';
comment on column mo_data.organisation.open_from is 'First day it was open; 1900-01-01 when not known.';
comment on column mo_data.organisation.open_to is 'First day it was no longer open (the day after the ODS close date). Null: still open.';
comment on column mo_data.organisation.batch_id is 'The load that last wrote the row. Null: shipped with the layer or entered by hand.';

create table mo_data.organisation_parent (
    org_code text not null references mo_data.organisation on update cascade,
    parent_type text not null check (parent_type in ('pcn', 'sub_icb', 'icb', 'region', 'nation')),
    parent_code text not null references mo_data.organisation (org_code) on update cascade,
    valid_from date not null default date '1900-01-01',
    valid_to date check (valid_to > valid_from),
    batch_id integer,
    primary key (org_code, parent_type, valid_from),
    constraint organisation_parent_overlap
        exclude using gist (org_code with =, parent_type with =, daterange(valid_from, valid_to) with &&)
);
create index organisation_parent_parent on mo_data.organisation_parent (parent_code, valid_from);
comment on table mo_data.organisation_parent is
    'Who belonged to whom and when: practice to PCN and to sub-ICB, PCN to its lead sub-ICB, sub-ICB to ICB, ICB to region, region to '
    'nation. One parent of a kind on any day: overlaps are refused by a constraint, and reported by the loader.';
comment on column mo_data.organisation_parent.org_code is 'The organisation that belongs.';
comment on column mo_data.organisation_parent.parent_type is 'Kind of the parent, the same as its org_type.';
comment on column mo_data.organisation_parent.parent_code is 'The organisation it belongs to.';
comment on column mo_data.organisation_parent.valid_from is 'First day of membership; 1900-01-01 when not known.';
comment on column mo_data.organisation_parent.valid_to is 'First day it no longer holds. Null: holds still.';
comment on column mo_data.organisation_parent.batch_id is 'The load that last wrote the row. Null: entered by hand.';

create table mo_data.organisation_successor (
    org_code text not null,
    successor_code text not null,
    kind text not null check (kind in ('merger', 'split', 'acquisition', 'rename', 'recode')),
    effective_from date not null,
    source text,
    batch_id integer,
    primary key (org_code, successor_code, effective_from)
);
comment on table mo_data.organisation_successor is
    'Which organisation followed which. A split organisation has several successors, and its figures cannot be carried to one.';
comment on column mo_data.organisation_successor.org_code is 'The organisation that ended or changed.';
comment on column mo_data.organisation_successor.successor_code is 'The organisation that followed it.';
comment on column mo_data.organisation_successor.kind is 'merger, split, acquisition (by one that was there before), rename or recode.';
comment on column mo_data.organisation_successor.effective_from is 'First day of the successor.';
comment on column mo_data.organisation_successor.source is 'Where this is known from.';
comment on column mo_data.organisation_successor.batch_id is 'The load the row came with. Null: shipped or entered by hand.';

create table mo_data.organisation_group (
    group_code text not null check (group_code ~ '^[0-9A-Za-z_-]{1,12}$'),
    org_code text not null,
    group_name text not null,
    valid_from date not null default date '1900-01-01',
    valid_to date check (valid_to > valid_from),
    batch_id integer,
    primary key (group_code, org_code, valid_from)
);
comment on table mo_data.organisation_group is
    'A site''s own groupings of practices (a federation, a locality), usable as a level beside PCN and ICB.';
comment on column mo_data.organisation_group.group_code is 'Short code of the group, chosen by the site.';
comment on column mo_data.organisation_group.org_code is 'Practice in the group.';
comment on column mo_data.organisation_group.group_name is 'Name of the group as pages show it.';
comment on column mo_data.organisation_group.valid_from is 'First day in the group.';
comment on column mo_data.organisation_group.valid_to is 'First day no longer in it. Null: still in it.';
comment on column mo_data.organisation_group.batch_id is 'The load the row came with. Null: shipped or entered by hand.';
