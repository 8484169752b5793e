-- Switch programmes, the formulary, and local targets.
create table mo_data.switch_programme (
    programme_code text primary key,
    title text not null,
    from_bnf_prefix text,
    to_bnf_prefix text,
    starts_on date not null,
    ends_on date,
    batch_id integer,
    check (ends_on > starts_on)
);
comment on table mo_data.switch_programme is
    'A planned change of one medicine to another.';
comment on column mo_data.switch_programme.programme_code is 'Code of the programme.';
comment on column mo_data.switch_programme.title is 'What is switched to what.';
comment on column mo_data.switch_programme.from_bnf_prefix is 'BNF prefix switched from. Null: not given.';
comment on column mo_data.switch_programme.to_bnf_prefix is 'BNF prefix switched to. Null: not given.';
comment on column mo_data.switch_programme.starts_on is 'First day.';
comment on column mo_data.switch_programme.ends_on is 'First day it is over. Null: open.';
comment on column mo_data.switch_programme.batch_id is 'The load the row came with. Null: entered by hand.';

create table mo_data.switch_plan (
    programme_code text not null,
    practice_code text not null,
    month date not null,
    planned_patients integer not null,
    batch_id integer,
    primary key (programme_code, practice_code, month),
    check (extract(day from month) = 1),
    check (planned_patients >= 0)
);
comment on table mo_data.switch_plan is
    'How many patients a practice plans to have switched in a month of a programme.';
comment on column mo_data.switch_plan.programme_code is 'The programme.';
comment on column mo_data.switch_plan.practice_code is 'Practice the row belongs to.';
comment on column mo_data.switch_plan.month is 'Month of the plan.';
comment on column mo_data.switch_plan.planned_patients is 'Patients planned to be switched in that month.';
comment on column mo_data.switch_plan.batch_id is 'The load the row came with. Null: entered by hand.';

create table mo_data.switch_action (
    programme_code text not null,
    practice_code text not null,
    patient_key integer not null check (patient_key > 0),
    switched_on date not null,
    reversed_on date,
    batch_id integer,
    primary key (programme_code, practice_code, patient_key, switched_on),
    check (reversed_on >= switched_on)
);
comment on table mo_data.switch_action is
    'Patients switched. One patient counts once a programme.';
comment on column mo_data.switch_action.programme_code is 'The programme.';
comment on column mo_data.switch_action.practice_code is 'Practice the row belongs to.';
comment on column mo_data.switch_action.patient_key is 'Patient: a number standing for a pseudonym made outside the database.';
comment on column mo_data.switch_action.switched_on is 'Day of the switch.';
comment on column mo_data.switch_action.reversed_on is 'Day it was reversed. Null: it holds.';
comment on column mo_data.switch_action.batch_id is 'The load the row came with. Null: entered by hand.';

create table mo_data.formulary (
    class_code text not null,
    bnf_prefix text collate "C" not null,
    line text not null,
    valid_from date not null default date '1900-01-01',
    valid_to date,
    batch_id integer,
    primary key (class_code, bnf_prefix, valid_from),
    check (line in ('first', 'second', 'not_recommended')),
    check (valid_to > valid_from)
);
comment on table mo_data.formulary is
    'Which medicines of a class are first line, dated.';
comment on column mo_data.formulary.class_code is 'Class.';
comment on column mo_data.formulary.bnf_prefix is 'BNF prefix of the medicine.';
comment on column mo_data.formulary.line is 'first, second or not_recommended.';
comment on column mo_data.formulary.valid_from is 'First day.';
comment on column mo_data.formulary.valid_to is 'First day it no longer holds. Null: open.';
comment on column mo_data.formulary.batch_id is 'The load the row came with. Null: entered by hand.';

create table mo_data.cohort_target (
    pcn_code text not null,
    cohort_code text not null,
    year_start date not null,
    target_patients integer not null,
    agreed_with text,
    batch_id integer,
    primary key (pcn_code, cohort_code, year_start),
    check (extract(month from year_start) = 4 and extract(day from year_start) = 1),
    check (target_patients >= 0)
);
comment on table mo_data.cohort_target is
    'How many patients of a cohort a PCN has agreed to review in a financial year. Local: there is no national target.';
comment on column mo_data.cohort_target.pcn_code is 'PCN.';
comment on column mo_data.cohort_target.cohort_code is 'Cohort; ALL for all cohorts together.';
comment on column mo_data.cohort_target.year_start is '1 April of the financial year.';
comment on column mo_data.cohort_target.target_patients is 'Patients to be reviewed in the year.';
comment on column mo_data.cohort_target.agreed_with is 'Who agreed it. Null: not recorded.';
comment on column mo_data.cohort_target.batch_id is 'The load the row came with. Null: entered by hand.';

create table mo_data.cohort_target_profile (
    pcn_code text not null,
    year_start date not null,
    financial_month smallint not null,
    cumulative_share double precision not null,
    batch_id integer,
    primary key (pcn_code, year_start, financial_month),
    check (financial_month between 1 and 12),
    check (cumulative_share between 0 and 1)
);
comment on table mo_data.cohort_target_profile is
    'Share of the year''s target expected by the end of each month; without rows it is linear.';
comment on column mo_data.cohort_target_profile.pcn_code is 'PCN.';
comment on column mo_data.cohort_target_profile.year_start is '1 April of the financial year.';
comment on column mo_data.cohort_target_profile.financial_month is '1 (April) to 12 (March).';
comment on column mo_data.cohort_target_profile.cumulative_share is 'Share of the target by the end of the month, 0 to 1.';
comment on column mo_data.cohort_target_profile.batch_id is 'The load the row came with. Null: entered by hand.';

create table mo_data.kpi_target (
    kpi_id text not null,
    org_code text not null,
    valid_from date not null,
    valid_to date,
    target double precision not null,
    set_by text,
    batch_id integer,
    primary key (kpi_id, org_code, valid_from),
    check (valid_to > valid_from),
    check (target between '-1e15' and '1e15')
);
comment on table mo_data.kpi_target is
    'Targets of KPIs by organisation and period. An organisation without one inherits that of the nearest organisation it belongs to.';
comment on column mo_data.kpi_target.kpi_id is 'KPI.';
comment on column mo_data.kpi_target.org_code is 'Organisation the target was set for.';
comment on column mo_data.kpi_target.valid_from is 'First month it is for.';
comment on column mo_data.kpi_target.valid_to is 'First month it is no longer for. Null: open.';
comment on column mo_data.kpi_target.target is 'Target, as the KPI''s value is (0.9 for 90 %).';
comment on column mo_data.kpi_target.set_by is 'Who set it. Null: not recorded.';
comment on column mo_data.kpi_target.batch_id is 'The load the row came with. Null: entered by hand.';
