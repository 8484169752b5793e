-- Priority cohorts for structured medication reviews (facts/smr_priority_cohorts.csv) and registers of high-risk drugs
-- (facts/hrd_monitoring.csv). What is not confirmed is shipped switched off.
insert into mo_data.cohort (cohort_code, kind, name, drug_group, attained_by, status, is_on) values
    ('CARE_HOME', 'smr', 'Care home residents', null, 'SMR_DONE', 'confirmed', true),
    ('POLYPHARMACY', 'smr', 'Complex and problematic polypharmacy', null, 'SMR_DONE', 'confirmed', true),
    ('HIGH_RISK_MEDS', 'smr', 'Medicines commonly associated with medication errors', null, 'SMR_DONE', 'confirmed', true),
    ('SEVERE_FRAILTY', 'smr', 'Severe frailty', null, 'SMR_DONE', 'confirmed', true),
    ('ADDICTIVE_MEDS', 'smr', 'Potentially addictive medicines', null, 'SMR_DONE', 'confirmed', true),
    ('LEARNING_DISABILITY', 'smr', 'Learning disability (STOMP)', null, 'SMR_DONE', 'secondary', false),
    ('ANTIDEPRESSANTS', 'smr', 'Long-term antidepressants', null, 'SMR_DONE', 'not_confirmed', false),
    ('OVER75_10PLUS', 'smr', 'Age over 75 on 10+ medicines', null, 'SMR_DONE', 'not_confirmed', false),
    ('SMI_MULTI_PSYCHOTROPIC', 'smr', 'SMI on several psychotropics', null, 'SMR_DONE', 'not_confirmed', false),
    ('HRD_METHOTREXATE', 'high_risk_drug', 'Register: Methotrexate', 'DMARD', null, 'confirmed', true),
    ('HRD_AZATHIOPRINE', 'high_risk_drug', 'Register: Azathioprine', 'DMARD', null, 'confirmed', true),
    ('HRD_LEFLUNOMIDE', 'high_risk_drug', 'Register: Leflunomide', 'DMARD', null, 'confirmed', true),
    ('HRD_CICLOSPORIN', 'high_risk_drug', 'Register: Ciclosporin', 'DMARD', null, 'confirmed', true),
    ('HRD_MYCOPHENOLATE', 'high_risk_drug', 'Register: Mycophenolate', 'DMARD', null, 'confirmed', true),
    ('HRD_TACROLIMUS', 'high_risk_drug', 'Register: Tacrolimus', 'DMARD', null, 'confirmed', true),
    ('HRD_LITHIUM', 'high_risk_drug', 'Register: Lithium', 'Lithium', null, 'confirmed', true),
    ('HRD_AMIODARONE', 'high_risk_drug', 'Register: Amiodarone', 'Antiarrhythmic', null, 'confirmed', true),
    ('HRD_DOAC', 'high_risk_drug', 'Register: Direct oral anticoagulants', 'DOAC', null, 'confirmed', true),
    ('HRD_WARFARIN', 'high_risk_drug', 'Register: Warfarin', 'Warfarin', null, 'confirmed', true),
    ('HRD_RAAS', 'high_risk_drug', 'Register: ACE inhibitors and ARBs', 'RAAS', null, 'confirmed', true)
on conflict (cohort_code) do nothing;
