-- Maintenance monitoring of high-risk drugs (facts/hrd_monitoring.csv, confirmed rows; earlier phases hang on stability, which no code tells).
-- A register counts only when every test it needs has codes that are switched on; until then it is left out, never shown as 0 %.
insert into mo_data.monitoring_requirement (cohort_code, test_code_set, phase, from_day, to_day, interval_months, status, is_on, source) values
    ('HRD_METHOTREXATE', 'FBC', 'maintenance', 0, null, 3, 'confirmed', true, 'Specialist Pharmacy Service drug monitoring; BSR'),
    ('HRD_METHOTREXATE', 'LFT', 'maintenance', 0, null, 3, 'confirmed', true, 'Specialist Pharmacy Service drug monitoring; BSR'),
    ('HRD_METHOTREXATE', 'UE', 'maintenance', 0, null, 3, 'confirmed', true, 'Specialist Pharmacy Service drug monitoring; BSR'),
    ('HRD_AZATHIOPRINE', 'FBC', 'maintenance', 0, null, 3, 'confirmed', true, 'Specialist Pharmacy Service drug monitoring; BSR'),
    ('HRD_AZATHIOPRINE', 'LFT', 'maintenance', 0, null, 3, 'confirmed', true, 'Specialist Pharmacy Service drug monitoring; BSR'),
    ('HRD_AZATHIOPRINE', 'UE', 'maintenance', 0, null, 3, 'confirmed', true, 'Specialist Pharmacy Service drug monitoring; BSR'),
    ('HRD_LEFLUNOMIDE', 'FBC', 'maintenance', 0, null, 3, 'confirmed', true, 'Specialist Pharmacy Service drug monitoring; BSR'),
    ('HRD_LEFLUNOMIDE', 'LFT', 'maintenance', 0, null, 3, 'confirmed', true, 'Specialist Pharmacy Service drug monitoring; BSR'),
    ('HRD_LEFLUNOMIDE', 'UE', 'maintenance', 0, null, 3, 'confirmed', true, 'Specialist Pharmacy Service drug monitoring; BSR'),
    ('HRD_CICLOSPORIN', 'FBC', 'maintenance', 0, null, 1, 'confirmed', true, 'NHS Highland; BSR'),
    ('HRD_CICLOSPORIN', 'LFT', 'maintenance', 0, null, 1, 'confirmed', true, 'NHS Highland; BSR'),
    ('HRD_CICLOSPORIN', 'UE', 'maintenance', 0, null, 1, 'confirmed', true, 'NHS Highland; BSR'),
    ('HRD_MYCOPHENOLATE', 'FBC', 'maintenance', 0, null, 1, 'confirmed', true, 'NHS Highland; BSR'),
    ('HRD_MYCOPHENOLATE', 'LFT', 'maintenance', 0, null, 1, 'confirmed', true, 'NHS Highland; BSR'),
    ('HRD_MYCOPHENOLATE', 'UE', 'maintenance', 0, null, 1, 'confirmed', true, 'NHS Highland; BSR'),
    ('HRD_TACROLIMUS', 'FBC', 'maintenance', 0, null, 1, 'confirmed', true, 'NHS Highland; BSR'),
    ('HRD_TACROLIMUS', 'LFT', 'maintenance', 0, null, 1, 'confirmed', true, 'NHS Highland; BSR'),
    ('HRD_TACROLIMUS', 'UE', 'maintenance', 0, null, 1, 'confirmed', true, 'NHS Highland; BSR'),
    ('HRD_LITHIUM', 'LITHIUM_LEVEL', 'first year', 0, 365, 3, 'confirmed', true, 'SPS; NICE CG185'),
    ('HRD_LITHIUM', 'LITHIUM_LEVEL', 'maintenance', 365, null, 6, 'confirmed', true, 'SPS; NICE CG185'),
    ('HRD_LITHIUM', 'UE', 'maintenance', 0, null, 6, 'confirmed', true, 'SPS; NICE CG185'),
    ('HRD_LITHIUM', 'TFT', 'maintenance', 0, null, 6, 'confirmed', true, 'SPS; NICE CG185'),
    ('HRD_LITHIUM', 'CALCIUM', 'maintenance', 0, null, 6, 'confirmed', true, 'SPS; NICE CG185'),
    ('HRD_LITHIUM', 'WEIGHT', 'maintenance', 0, null, 6, 'confirmed', true, 'SPS; NICE CG185'),
    ('HRD_AMIODARONE', 'TFT', 'maintenance', 0, null, 6, 'confirmed', true, 'Specialist Pharmacy Service drug monitoring'),
    ('HRD_AMIODARONE', 'LFT', 'maintenance', 0, null, 6, 'confirmed', true, 'Specialist Pharmacy Service drug monitoring'),
    ('HRD_DOAC', 'FBC', 'maintenance', 0, null, 12, 'confirmed', true, 'Specialist Pharmacy Service drug monitoring'),
    ('HRD_DOAC', 'LFT', 'maintenance', 0, null, 12, 'confirmed', true, 'Specialist Pharmacy Service drug monitoring'),
    ('HRD_DOAC', 'UE', 'maintenance', 0, null, 12, 'confirmed', true, 'Specialist Pharmacy Service drug monitoring'),
    ('HRD_WARFARIN', 'INR', 'maintenance', 0, null, 3, 'confirmed', true, 'PINCER trial: 12 weeks at most'),
    ('HRD_RAAS', 'UE', 'maintenance', 0, null, 12, 'confirmed', true, 'Specialist Pharmacy Service drug monitoring')
on conflict (cohort_code, test_code_set, phase) do nothing;

-- Test sets whose codes are confirmed under another name.
insert into mo_data.code_set (code_set, code, term, status, is_on, source)
select w.test_code_set, s.code, s.term, s.status, s.is_on, s.source
from (values ('LITHIUM_LEVEL', 'PINCER_LITHIUM_LEVEL'), ('UE', 'PINCER_ELECTROLYTES'), ('UE', 'PINCER_EGFR'), ('UE', 'PINCER_RENAL')) w (test_code_set, code_set)
    join mo_data.code_set s on s.code_set = w.code_set
on conflict (code_set, code) do nothing;
