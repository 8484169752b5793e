-- Review cohorts that are counted.
create or replace view mo_data.smr_cohort as
    select k.cohort_code, k.name, k.attained_by
    from mo_data.cohort k
    where k.kind = 'smr' and k.is_on and exists (select from mo_data.code_set s where s.code_set = k.attained_by and s.is_on);
comment on view mo_data.smr_cohort is
    'Review cohorts that are switched on and attained by a code set that has a code switched on: one without cannot be measured, and is not 0 %.';
comment on column mo_data.smr_cohort.cohort_code is 'Code of the cohort.';
comment on column mo_data.smr_cohort.name is 'Its name.';
comment on column mo_data.smr_cohort.attained_by is 'Code set whose events attain it.';
