-- The kinds of file the loader knows.
insert into mo_data.source (source, system, title, cadence, expected_lag_days, target_table, sort) values
    ('organisations', 'NHS England ODS', 'Practices and prescribing cost centres (epraccur)', 'monthly', null, 'organisation', 10),
    ('pcn_members', 'NHS England ODS', 'PCNs and their practices (ePCN)', 'monthly', null, 'organisation_parent', 20),
    ('list_size', 'NHS Digital', 'Patients registered at a practice by age and sex', 'monthly', 15, 'list_size', 30),
    ('bank_holidays', 'gov.uk', 'Bank holidays', 'annual', null, 'bank_holiday', 40),
    ('prescribing', 'NHSBSA EPD and ePACT2', 'Prescribing by practice and presentation', 'monthly', 62, 'prescribing', 50)
on conflict (source) do update set
    system = excluded.system, title = excluded.title, cadence = excluded.cadence,
    target_table = excluded.target_table, sort = excluded.sort;
