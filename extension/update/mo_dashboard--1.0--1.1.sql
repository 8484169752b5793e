-- mo_dashboard 1.0 to 1.1. The layer's part comes with CALL mo.update_dashboard().

create function mo.registered_patient_bits(registrations mo.patient_spells) returns pg_catalog.bytea
    language c immutable strict parallel safe cost 1000
    as 'MODULE_PATHNAME', 'mo_registered_patient_bits';
comment on function mo.registered_patient_bits(mo.patient_spells) is
    'The patients who have a registration, as bits, for mo.has_patient: as many bytes as an eighth of the greatest patient number.';

create function mo.has_patient(patients pg_catalog.bytea, patient pg_catalog.int4) returns pg_catalog.bool
    language c immutable strict parallel safe cost 1
    as 'MODULE_PATHNAME', 'mo_has_patient';
comment on function mo.has_patient(pg_catalog.bytea, pg_catalog.int4) is
    'Whether a patient is in a set that mo.patient_bits or mo.registered_patient_bits made; false for numbers outside it. Null in, '
    'null out. To leave the events of others out while a table is read, faster than a join: from activity where '
    'mo.has_patient((select mo.registered_patient_bits(spells) from registered), patient_key). Give the set as a scalar subquery in '
    'brackets, which is worked out once; from a column it would be fetched for every row.';
