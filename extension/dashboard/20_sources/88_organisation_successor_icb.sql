-- ICBs that merged, were split or were taken over on 1 April 2026, confirmed ones only (a file of organisation_successor brings later ones and
-- those of practices and PCNs). What a site has entered itself stays.
insert into mo_data.organisation_successor (org_code, successor_code, kind, effective_from, source)
select v.org_code, v.successor_code, v.kind, date '2026-04-01', 'RCPCH nhs-organisations documentation (checked against the ODS API); NHSBSA Open Data Portal news 10 April 2026'
from (values
    ('QHG', 'S1Y5D', 'merger'),
    ('QUE', 'S1Y5D', 'merger'),
    ('QM7', 'S1Y5D', 'split'),
    ('QM7', 'D7T5G', 'split'),
    ('QH8', 'D7T5G', 'merger'),
    ('QJG', 'D7T5G', 'split'),
    ('QJG', 'T6Y0W', 'split'),
    ('QMM', 'T6Y0W', 'merger'),
    ('QNQ', 'S0E4D', 'split'),
    ('QNQ', 'S9B9J', 'split'),
    ('QNQ', 'QRL', 'acquisition'),
    ('QU9', 'S0E4D', 'merger'),
    ('QXU', 'S9B9J', 'merger'),
    ('QNX', 'S9B9J', 'merger'),
    ('QMJ', 'Z9B2Z', 'merger'),
    ('QRV', 'Z9B2Z', 'merger')
) as v (org_code, successor_code, kind)
on conflict do nothing;
