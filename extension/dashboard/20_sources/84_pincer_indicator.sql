-- PINCER indicators (facts/pincer_indicators.csv).
insert into mo_data.pincer_indicator (indicator_code, primis_id, family, title) values
    ('A', 'GI_P3A', 'GI bleed', 'Age 65+ on oral NSAID without gastroprotection'),
    ('B', 'GI_P3B', 'GI bleed', 'Past peptic ulcer or GI bleed, NSAID, no gastroprotection'),
    ('C', 'GI_P3C', 'GI bleed', 'Past peptic ulcer or GI bleed, antiplatelet, no gastroprotection'),
    ('D', 'GI_P3D', 'GI bleed', 'Anticoagulant with NSAID'),
    ('E', 'GI_P3E', 'GI bleed', 'Anticoagulant with antiplatelet, no gastroprotection'),
    ('F', 'GI_P3F', 'GI bleed', 'Aspirin with another antiplatelet, no gastroprotection'),
    ('G', 'AS_P3G', 'Other prescribing', 'Asthma with non-selective beta-blocker'),
    ('I', 'HF_P3I', 'Other prescribing', 'Heart failure with NSAID'),
    ('K', 'KI_P3K', 'Other prescribing', 'eGFR under 45 with NSAID'),
    ('AC', 'MO_P13', 'Monitoring', 'Age 75+ on ACE inhibitor or loop diuretic without U&E and renal function'),
    ('ME_FBC', 'MO_P15', 'Monitoring', 'Methotrexate without full blood count'),
    ('ME_LFT', 'MO_P15', 'Monitoring', 'Methotrexate without liver function test'),
    ('LI', 'MO_P17', 'Monitoring', 'Lithium without level'),
    ('AM', 'MO_P18', 'Monitoring', 'Amiodarone without thyroid function')
on conflict (indicator_code) do nothing;
