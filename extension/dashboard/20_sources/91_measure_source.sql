-- Files of measures, and what is shipped of price per unit.
insert into mo_data.source (source, system, title, cadence, expected_lag_days, target_table, sort) values
    ('measures', 'OpenPrescribing', 'Definitions of prescribing measures', 'as_needed', null, 'prescribing_measure', 600),
    ('published_measure_value', 'OpenPrescribing', 'Published values of prescribing measures', 'as_needed', null, 'published_measure_value', 610),
    ('innovation_medicine', 'Local decisions', 'NICE-approved medicines whose uptake is followed', 'as_needed', null, 'innovation_medicine', 620),
    ('generic_equivalent', 'Local decisions', 'Generic presentations that count as one', 'as_needed', null, 'generic_equivalent', 630)
on conflict (source) do update set
    system = excluded.system, title = excluded.title, cadence = excluded.cadence,
    target_table = excluded.target_table, sort = excluded.sort;

update mo_data.source s
set replaces = r.replaces, touches = r.touches
from (values
    ('published_measure_value', 'each:measure_id', 'month'),
    ('innovation_medicine', 'whole', null),
    ('generic_equivalent', 'whole', null)
) as r (source, replaces, touches)
where r.source = s.source and s.replaces is null;

insert into mo_data.price_per_unit_threshold (org_type, least_saving, status, source) values
    ('practice', 10, 'confirmed', 'OpenPrescribing, price per unit'),
    ('pcn', 10, 'local', 'OpenPrescribing has no PCN threshold: that of a practice'),
    ('sub_icb', 200, 'confirmed', 'OpenPrescribing, price per unit (CCG)'),
    ('icb', 200, 'local', 'OpenPrescribing has no ICB threshold: that of a sub-ICB'),
    ('region', 200, 'local', 'OpenPrescribing has no region threshold: that of a sub-ICB'),
    ('nation', 50000, 'confirmed', 'OpenPrescribing, price per unit (all standard practices)')
on conflict (org_type) do nothing;

insert into mo_data.generic_exclusion (pattern, reason, source)
select e.pattern, 'quantities of the presentations of this group are not in one unit', 'OpenPrescribing, price per unit, issue ' || e.issue
from (values
    ('0302000C0____BE', 10), ('0302000C0____BF', 10), ('0302000C0____BH', 10), ('0302000C0____BG', 10), ('0904010H0%', 9),
    ('1311070S0____AA', 9), ('1311020L0____BS', 9), ('0301020S0____AA', 12), ('190700000BBCJA0', 12), ('0604011L0BGAAAH', 12),
    ('1502010J0____BY', 12), ('1201010F0AAAAAA', 12), ('0107010S0AAAGAG', 12), ('060016000BBAAA0', 14), ('190201000AABJBJ', 14),
    ('190201000AABKBK', 14), ('190201000AABLBL', 14), ('190201000AABMBM', 14), ('190201000AABNBN', 14), ('190202000AAADAD', 14),
    ('190700000AABABA', 9)
) as e (pattern, issue)
on conflict (pattern) do nothing;
