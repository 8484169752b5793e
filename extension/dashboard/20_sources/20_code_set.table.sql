-- Sets of codes: what counts as a structured medication review, a full blood count, a titration contact.
create table mo_data.code_set (
    code_set text not null,
    code text collate "C" not null,
    term text not null,
    status text not null,
    is_on boolean not null default false,
    source text,
    batch_id integer,
    primary key (code_set, code),
    check (status in ('confirmed', 'secondary', 'not_confirmed', 'local')),
    check (code ~ '^([0-9]{6,18}|LOCAL:.{1,60})$')
);
create index code_set_code on mo_data.code_set (code, code_set);
comment on table mo_data.code_set is
    'Codes that count as one thing. Shipped rows are confirmed ones; anything not confirmed nationally is shipped switched off or not at all, and a site switches it on.';
comment on column mo_data.code_set.code_set is 'Name of the set, such as SMR_DONE.';
comment on column mo_data.code_set.code is 'SNOMED CT concept id as text, or a site''s own code beginning LOCAL:.';
comment on column mo_data.code_set.term is 'What the code means.';
comment on column mo_data.code_set.status is 'confirmed, secondary, not_confirmed or local: how sure it is that the code belongs here.';
comment on column mo_data.code_set.is_on is 'Counted. Codes that are not confirmed are off until a site switches them on.';
comment on column mo_data.code_set.source is 'Where the code is known from. Null: not said.';
comment on column mo_data.code_set.batch_id is 'The load the row came with. Null: shipped or entered by hand.';

create table mo_data.cohort (
    cohort_code text primary key,
    kind text not null,
    name text not null,
    drug_group text,
    attained_by text,
    status text not null,
    is_on boolean not null default false,
    batch_id integer,
    check (kind in ('smr', 'high_risk_drug')),
    check (status in ('confirmed', 'secondary', 'not_confirmed', 'local')),
    check (kind <> 'high_risk_drug' or drug_group is not null)
);
comment on table mo_data.cohort is
    'Groups of patients that a KPI is about: priority cohorts for structured medication reviews, and registers of high-risk drugs.';
comment on column mo_data.cohort.cohort_code is 'Code of the cohort, such as CARE_HOME or HRD_METHOTREXATE.';
comment on column mo_data.cohort.kind is 'smr (a review attains it) or high_risk_drug (its monitoring is counted).';
comment on column mo_data.cohort.name is 'Name of the cohort.';
comment on column mo_data.cohort.drug_group is 'Group of the drug, for breakdowns; null for review cohorts.';
comment on column mo_data.cohort.attained_by is 'Code set whose event attains the cohort; null for registers, which have monitoring_requirement.';
comment on column mo_data.cohort.status is 'confirmed, secondary, not_confirmed or local.';
comment on column mo_data.cohort.is_on is 'Counted.';
comment on column mo_data.cohort.batch_id is 'The load the row came with. Null: shipped or entered by hand.';

create table mo_data.monitoring_requirement (
    cohort_code text not null,
    test_code_set text not null,
    phase text not null,
    from_day integer not null default 0,
    to_day integer,
    interval_months integer,
    interval_days integer,
    grace_days integer not null default 0,
    status text not null,
    is_on boolean not null default false,
    source text,
    batch_id integer,
    primary key (cohort_code, test_code_set, phase),
    check (to_day > from_day),
    check (num_nonnulls(interval_months, interval_days) = 1),
    check (coalesce(interval_months, interval_days) > 0 and grace_days >= 0),
    check (status in ('confirmed', 'secondary', 'not_confirmed', 'local'))
);
comment on table mo_data.monitoring_requirement is
    'Which tests a drug''s register needs, and how often. All that hold for a patient must be in date.';
comment on column mo_data.monitoring_requirement.cohort_code is 'Register of the drug.';
comment on column mo_data.monitoring_requirement.test_code_set is 'Code set of the test.';
comment on column mo_data.monitoring_requirement.phase is 'maintenance, or an earlier phase after the start.';
comment on column mo_data.monitoring_requirement.from_day is 'First day of the phase, counted from the patient joining the register.';
comment on column mo_data.monitoring_requirement.to_day is 'First day the phase no longer holds. Null: open.';
comment on column mo_data.monitoring_requirement.interval_months is 'Months a test stays in date. Null: interval_days says it.';
comment on column mo_data.monitoring_requirement.interval_days is 'Days a test stays in date. Null: interval_months says it.';
comment on column mo_data.monitoring_requirement.grace_days is 'Days allowed beyond the interval; a local decision.';
comment on column mo_data.monitoring_requirement.status is 'confirmed, secondary, not_confirmed or local.';
comment on column mo_data.monitoring_requirement.is_on is 'Counted.';
comment on column mo_data.monitoring_requirement.source is 'Where the interval is known from. Null: not said.';
comment on column mo_data.monitoring_requirement.batch_id is 'The load the row came with. Null: shipped or entered by hand.';
