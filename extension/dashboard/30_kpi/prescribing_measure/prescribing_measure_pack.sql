-- Packs shipped as data: NHS England's medicines optimisation opportunities, and the measures of them that prefix lists express.
--
-- Opportunity 2, low priority prescribing: NHS England's "Items which should not routinely be prescribed in primary care", by OpenPrescribing's
-- definitions of August 2026 (MIT licence, Bennett Institute for Applied Data Science). Where its definition needs a query (bath emollients,
-- immediate release fentanyl, herbal medicines, glucosamine, perindopril arginine, tramadol with paracetamol, needles) it is not here: a prefix list would
-- count something else. Opportunity 8: the list of recommended strips is of September 2023 and has been revised since as a query: off.
-- Opportunities that only second-hand sources name are listed and off.
insert into mo_data.mo_opportunity (opportunity_no, title, has_focus, status, is_on, source) values
    (1, 'Problematic polypharmacy', false, 'confirmed', true, 'NHS England, national medicines optimisation opportunities 2023/24 and 2024/25'),
    (2, 'Low priority prescribing', false, 'confirmed', true, 'NHS England, national medicines optimisation opportunities 2023/24 and 2024/25'),
    (3, 'Uptake of the most cost effective medicines', false, 'confirmed', true, 'NHS England, national medicines optimisation opportunities 2023/24 and 2024/25'),
    (4, 'Secondary care medicines frameworks', true, 'confirmed', true, 'NHS England, national medicines optimisation opportunities 2023/24 and 2024/25'),
    (5, 'Aseptic standardisation', false, 'confirmed', true, 'NHS England, national medicines optimisation opportunities 2023/24 and 2024/25'),
    (6, 'Best value biologics (80% uptake of new ones in 6-12 months)', true, 'confirmed', true, 'NHS England, national medicines optimisation opportunities 2023/24 and 2024/25'),
    (7, 'Antidepressant prescribing', false, 'confirmed', true, 'NHS England, national medicines optimisation opportunities 2023/24 and 2024/25'),
    (8, 'Blood glucose and ketone meters, strips, lancets (80% on recommended products)', true, 'confirmed', true, 'NHS England, national medicines optimisation opportunities 2023/24 and 2024/25'),
    (9, 'AF detection and best value DOAC', true, 'confirmed', true, 'NHS England, national medicines optimisation opportunities 2023/24 and 2024/25'),
    (10, 'Hypertension', false, 'confirmed', true, 'NHS England, national medicines optimisation opportunities 2023/24 and 2024/25'),
    (11, 'Respiratory outcomes and inhaler carbon', false, 'confirmed', true, 'NHS England, national medicines optimisation opportunities 2023/24 and 2024/25'),
    (12, 'Valproate safety', false, 'not confirmed', false, 'from general knowledge'),
    (13, 'Lipid management', false, 'not confirmed', false, 'from general knowledge'),
    (14, 'Antibiotic course length', false, 'not confirmed', false, 'from general knowledge'),
    (15, 'Opioids for chronic pain', false, 'not confirmed', false, 'from general knowledge'),
    (16, 'IV to oral antibiotic switch', false, 'not confirmed', false, 'from general knowledge')
on conflict (opportunity_no) do nothing;

insert into mo_data.prescribing_measure as m (
    measure_id, title, short_title, description, numerator_include, numerator_exclude, numerator_value, numerator_wording, population,
    denominator_wording, per, direction, is_cost_based, pack, tags, source, source_version, reviewed_on, review_due)
select v.measure_id, 'Low priority prescribing: ' || v.what, v.short_title,
    'Cost of ' || v.what || ' per 1,000 registered patients: NHS England advises that it should not routinely be prescribed in primary care.',
    v.include::text[], v.exclude::text[], 'actual_cost', 'Actual cost of ' || v.what || ', in pounds', 'list_size', 'Registered patients', 1000,
    'lower', true, 'nhse_opportunity', '{lowpriority}', 'OpenPrescribing (MIT licence), of NHS England''s low priority prescribing guidance',
    v.reviewed_on, v.reviewed_on::date, v.review_due::date
from (values
    ('lpaliskiren', 'aliskiren', 'Aliskiren cost', '2026-08-04',
        '{0205053A0}', '{}', '2028-08-04'),
    ('lpamiodarone', 'amiodarone', 'Amiodarone cost', '2026-08-04',
        '{0203020D0}', '{}', '2028-08-04'),
    ('lpcoprox', 'co-proxamol', 'Co-proxamol cost', '2026-02-10',
        '{0407010Q0}', '{}', '2028-02-10'),
    ('lpdosulepin', 'dosulepin', 'Dosulepin cost', '2026-08-04',
        '{0403010J0}', '{}', '2028-08-04'),
    ('lpdronedarone', 'dronedarone', 'Dronedarone cost', '2026-08-04',
        '{0203020X0}', '{}', '2028-08-04'),
    ('lphomeopathy', 'homeopathy', 'Homeopathy cost', '2023-09-12',
        '{190203}', '{}', '2025-09-12'),
    ('lplidocaine', 'lidocaine plasters', 'Lidocaine plasters cost', '2026-08-04',
        '{1502010J0%EL}', '{}', '2028-08-04'),
    ('lpliothyronine', 'liothyronine (including Armour Thyroid and liothyronine combination products)', 'Liothyronine cost', '2024-03-05',
        '{0602010M0,0602010Z0}', '{}', '2026-03-05'),
    ('lplutein', 'lutein and antioxidants', 'Lutein and antioxidant cost', '2024-03-05',
        '{091200000BEJYFS,091200000BEXXFR,091200000BFSIA0,091200000BFWUFT,091200000BFWVFT,091000000BBWVBU,091000000BBWJA0,'
        '091000000BBWHA0,190500000BBDPA0,190500000BBDYA0,091000000BBVXBT,091000000BBXRBT,091000000BBVGBT,091000000BBVFBT,'
        '091000000BBTPBU,091200000BFXRFT,091000000BBWYBT,091000000BBWPBT,091000000BBVTBT,091000000BBWQBT,091000000BBWWBT,'
        '091000000BBWSBT,091000000BBVSBT,091000000BBWXBU,091000000BBVRBT,091000000BBWNBT,091000000BBVQBT,091000000BBUQBT,'
        '091000000BBUSBT}', '{}', '2025-03-05'),
    ('lpminocycline', 'minocycline', 'Minocycline cost', '2026-08-04',
        '{0501030P0}', '{}', '2028-08-04'),
    ('lpomega3', 'omega-3 fatty acid compounds (excluding icosapent ethyl [Vazkepa®])', 'Omega-3 cost', '2023-09-18',
        '{0212000AB,0212000V0}', '{}', '2025-09-18'),
    ('lpoxycodone', 'oxycodone and naloxone combination product', 'Oxycodone with naloxone cost', '2024-03-05',
        '{0407020AF}', '{}', '2026-03-05'),
    ('lprubefacients', 'rubefacients, benzydamine, mucopolysaccharide and cooling products', 'Rubefacients cost', '2024-09-17',
        '{1003020}', '{1003020AD,1003020AA,1003020AF,1003020U0,1003020M0,1003020W0,1003020P0,1003020L0,100302010,1003020R0}', '2026-09-17'),
    ('lpsilkgarments', 'silk garments', 'Silk garments cost', '2026-08-04',
        '{2020}', '{}', '2028-08-04'),
    ('lptravelvacs', 'travel vaccines', 'Travel vaccines cost', '2024-03-05',
        '{1404000G0,1404000AS,1404000AR,1404000X0,1404000U0,1404000AA,1404000N0,0802040X0}', '{}', '2026-03-05'),
    ('lptrimipramine', 'trimipramine', 'Trimipramine cost', '2026-08-04',
        '{0403010Y0}', '{}', '2028-08-04')
) as v (measure_id, what, short_title, reviewed_on, include, exclude, review_due)
on conflict (measure_id) do update set
    title = excluded.title, short_title = excluded.short_title, description = excluded.description, numerator_include = excluded.numerator_include,
    numerator_exclude = excluded.numerator_exclude, numerator_wording = excluded.numerator_wording, tags = excluded.tags, source = excluded.source,
    source_version = excluded.source_version, reviewed_on = excluded.reviewed_on, review_due = excluded.review_due
    where m.batch_id is null and m.source_version < excluded.source_version; -- what a site has changed or loaded stays

insert into mo_data.prescribing_measure (
    measure_id, title, short_title, description, numerator_include, numerator_exclude, numerator_value, numerator_wording, denominator_include,
    denominator_value, denominator_wording, is_percentage, direction, pack, tags, source, source_version, reviewed_on, review_due, is_active)
values ('nhse_bgts', 'Blood glucose testing strips not included in NHS England commissioning recommendations', 'Strips not recommended',
    'Share of testing strips that are not among those NHS England recommended in September 2023. The list has been revised since.',
    '{0601060X0,0601060D0}', '{0601060D0EVAAA0,0601060D0CUACA0,0601060X0BBAAA0,0601060D0EKAAA0,0601060D0EHAAA0,0601060D0ENAAA0,0601060D0EUAAA0,'
    '0601060D0CUAAA0,0601060D0EDAAA0,0601060D0EJAAA0,0601060D0CIAAA0,0601060D0CIABA0,0601060D0CUABA0,0601060D0FCAAA0,0601060D0FDAAA0}',
    'items', 'Items of strips not included', '{0601060X0,0601060D0}', 'items', 'Items of all testing strips', true, 'lower',
    'nhse_opportunity', '{diabetes,opportunities}', 'OpenPrescribing (MIT licence), of NHS England''s commissioning recommendations', '2023-09-10',
    '2023-09-10', '2025-09-10', false)
on conflict (measure_id) do nothing;

insert into mo_data.mo_opportunity_measure (opportunity_no, measure_id)
select 2, m.measure_id from mo_data.prescribing_measure m where m.pack = 'nhse_opportunity' and 'lowpriority' = any (m.tags)
union all
select v.opportunity_no, v.measure_id
from (values (8, 'nhse_bgts'), (8, 'nhse_lancets'), (9, 'doacs_nhse'), (11, 'saba'), (11, 'environmental_inhalers'), (11, 'carbon_salbutamol'))
    as v (opportunity_no, measure_id)
on conflict do nothing;

insert into mo_data.setting (name, value, unit, meaning, is_national) values
    ('price_per_unit_months', 3, 'months', 'price_per_unit_saving: how many of the latest months of prescribing it is worked out for', false),
    ('price_per_unit_percentile', 10, 'percent', 'price_per_unit_saving: the percentile of practices'' price per unit that is the target (OpenPrescribing: 10)', false),
    ('switch_baseline_months', 3, 'months', 'switch_saving: months before a programme that say what would have been prescribed without it', false)
on conflict (name) do nothing;
