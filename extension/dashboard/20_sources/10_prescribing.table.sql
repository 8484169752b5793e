-- Prescribing by practice, presentation and quantity per item, a partition a month. Partitions are made as months arrive.
create table mo_data.prescribing (
    month date not null,
    practice_code text collate "C" not null,
    bnf_code text collate "C" not null,
    items integer not null,
    quantity double precision,
    total_quantity double precision,
    nic_e5 bigint,
    actual_cost_e5 bigint,
    adq_usage double precision,
    snomed_code bigint,
    unidentified boolean not null default false,
    batch_id integer not null
) partition by list (month);
comment on table mo_data.prescribing is
    'Prescribing as NHSBSA publishes it: one row a month, practice, BNF presentation and quantity per item. Always sum items, '
    'total_quantity and costs; a sum of quantity means nothing. Money is in 0.00001 pounds, exactly as published; the view '
    'prescribing_gbp shows pounds.';
comment on column mo_data.prescribing.month is 'First day of the month of dispensing and submission.';
comment on column mo_data.prescribing.practice_code is 'Practice or other prescribing cost centre as published, known to organisation or not.';
comment on column mo_data.prescribing.bnf_code is 'BNF presentation code: 15 characters, 11 for appliances (chapters 20 and above).';
comment on column mo_data.prescribing.items is 'Prescription items.';
comment on column mo_data.prescribing.quantity is 'Quantity per item. Null: not in the file.';
comment on column mo_data.prescribing.total_quantity is 'Quantity times items. Null: not in the file.';
comment on column mo_data.prescribing.nic_e5 is 'Net ingredient cost in 0.00001 pounds. Null: not in the file.';
comment on column mo_data.prescribing.actual_cost_e5 is 'Actual cost in 0.00001 pounds. Null: not given; left out of figures.';
comment on column mo_data.prescribing.adq_usage is 'Average daily quantity usage. Null: not in the file.';
comment on column mo_data.prescribing.snomed_code is 'SNOMED CT code of the presentation. Null: not in the file.';
comment on column mo_data.prescribing.unidentified is 'The prescriber could not be matched to a practice; left out of organisations'' figures.';
comment on column mo_data.prescribing.batch_id is 'The load the row came with.';

create table mo_data.bnf_presentation (
    bnf_code text collate "C" primary key check (bnf_code ~ '^[0-9A-Z]{2,15}$'),
    name text not null,
    chemical_name text,
    batch_id integer
);
comment on table mo_data.bnf_presentation is 'Names of BNF presentations as they came with prescribing files; the latest name wins.';
comment on column mo_data.bnf_presentation.bnf_code is 'BNF code of the presentation. Characters 1-9 are the chemical substance.';
comment on column mo_data.bnf_presentation.name is 'Name of the presentation.';
comment on column mo_data.bnf_presentation.chemical_name is 'Name of the chemical substance. Null: not in the files so far.';
comment on column mo_data.bnf_presentation.batch_id is 'The load that last wrote the row.';

create view mo_data.prescribing_gbp as
    select
        month, practice_code, bnf_code, items, quantity, total_quantity,
        (nic_e5 / 100000.0)::numeric(18, 5) as nic, (actual_cost_e5 / 100000.0)::numeric(18, 5) as actual_cost,
        adq_usage, snomed_code, unidentified, batch_id
    from mo_data.prescribing;
comment on view mo_data.prescribing_gbp is 'prescribing with money in pounds, for ad-hoc queries.';
comment on column mo_data.prescribing_gbp.month is 'First day of the month of dispensing and submission.';
comment on column mo_data.prescribing_gbp.practice_code is 'Practice or other prescribing cost centre as published.';
comment on column mo_data.prescribing_gbp.bnf_code is 'BNF presentation code.';
comment on column mo_data.prescribing_gbp.items is 'Prescription items.';
comment on column mo_data.prescribing_gbp.quantity is 'Quantity per item. Null: not in the file.';
comment on column mo_data.prescribing_gbp.total_quantity is 'Quantity times items. Null: not in the file.';
comment on column mo_data.prescribing_gbp.nic is 'Net ingredient cost in pounds. Null: not in the file.';
comment on column mo_data.prescribing_gbp.actual_cost is 'Actual cost in pounds. Null: not given.';
comment on column mo_data.prescribing_gbp.adq_usage is 'Average daily quantity usage. Null: not in the file.';
comment on column mo_data.prescribing_gbp.snomed_code is 'SNOMED CT code of the presentation. Null: not in the file.';
comment on column mo_data.prescribing_gbp.unidentified is 'The prescriber could not be matched to a practice.';
comment on column mo_data.prescribing_gbp.batch_id is 'The load the row came with.';
