-- Windows of alert classes (facts/mhra_alert_classes.csv). Class 1 is "at once": until a site sets hours for it, only class 1 alerts that carry
-- a deadline of their own are due; data_status names the others. A site changes a window by a row with a later valid_from.
insert into mo_data.alert_window (alert_class, window_value, window_unit, in_kpi, status, source) values
    ('1', null, null, true, 'confirmed', 'MHRA guide: at once, day or night; no number is given, so a site sets one'),
    ('2', 48, 'hours', true, 'confirmed', 'MHRA Guide to Defective Medicinal Products (2021 title scheme) as reproduced by Community Pharmacy England; windows as reproduced by Numark recalls page and Paradigm Shift'),
    ('3', 5, 'days', false, 'confirmed', 'MHRA Guide to Defective Medicinal Products (2021 title scheme) as reproduced by Community Pharmacy England; windows as reproduced by Numark recalls page and Paradigm Shift'),
    ('4', null, null, false, 'confirmed', 'MHRA Guide to Defective Medicinal Products (2021 title scheme) as reproduced by Community Pharmacy England; windows as reproduced by Numark recalls page and Paradigm Shift'),
    ('CLMR', null, null, false, 'confirmed', 'MHRA Guide to Defective Medicinal Products (2021 title scheme) as reproduced by Community Pharmacy England; windows as reproduced by Numark recalls page and Paradigm Shift'),
    ('CLMN', null, null, false, 'confirmed', 'MHRA Guide to Defective Medicinal Products (2021 title scheme) as reproduced by Community Pharmacy England; windows as reproduced by Numark recalls page and Paradigm Shift'),
    ('NATPSA', null, null, false, 'confirmed', 'NHS England NatPSA pages; Central Alerting System description'),
    ('DSU', null, null, false, 'confirmed', null)
on conflict (alert_class, valid_from) do nothing;
