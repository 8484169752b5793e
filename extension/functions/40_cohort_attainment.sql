-- Rolling attainment of a cohort: distinct patients with an event in a trailing window, where they were registered at each month end.
--
-- Rows are packed by aggregates into values, one pass each, and the values are met with each other once:
--
--     with event as (select mo.event_months(patient_key, event_date, '2023-05-01', '2027-03-01') as months from activity where ...),
--         cohort as (select mo.spell_months(patient_key, valid_from, valid_to, '2024-04-01', '2027-03-01') as months from cohort_member),
--         registered as (select mo.registered_spells(patient_key, practice, registered_from, registered_to) as spells from registration)
--     select cell.*
--     from event, cohort, registered, mo.attainment_cells(events => event.months, cohort => cohort.months,
--         registrations => registered.spells, from_month => '2024-04-01', to_month => '2027-03-01', window_months => 12) cell;
--
-- Where events are kept as a set of distinct patients a month, mo.event_month_sets(month_index, patients, ...) takes the place of
-- mo.event_months and reads arrays instead of rows (mo.event_month_bits: bits); mo.registered_spell_sets does so for registrations kept
-- as arrays. mo.events_from('2024-04-01') tells the month that events have to begin with.

create function mo.month_index(day pg_catalog.date) returns pg_catalog.int4
    language c immutable strict parallel safe cost 2
    as 'MODULE_PATHNAME', 'mo_month_index_of';
comment on function mo.month_index(pg_catalog.date) is
    'The calendar month of a day as a number: months since January 2000, which is 0; negative before. Infinite dates are refused.';

create function mo.month_of_index(month_index pg_catalog.int4) returns pg_catalog.date
    language c immutable strict parallel safe cost 2
    as 'MODULE_PATHNAME', 'mo_month_of_index';
comment on function mo.month_of_index(pg_catalog.int4) is
    'The first day of the month that mo.month_index numbers so.';

create function mo.events_from(from_month pg_catalog.date, window_months pg_catalog.int4 default 12) returns pg_catalog.date
    language c immutable strict parallel safe cost 2
    as 'MODULE_PATHNAME', 'mo_attainment_events_from';
comment on function mo.events_from(pg_catalog.date, pg_catalog.int4) is
    'The first day of the month that events have to begin with, for mo.attainment_cells to report from from_month on: the window '
    'looks back window_months - 1 months, the year to date to April; whichever is earlier.';

create type mo.patient_months;

create function mo.patient_months_in(text_form pg_catalog.cstring) returns mo.patient_months
    language c immutable strict parallel safe
    as 'MODULE_PATHNAME', 'mo_patient_months_in';
comment on function mo.patient_months_in(pg_catalog.cstring) is
    'Input and output of the type mo.patient_months.';

create function mo.patient_months_out(value mo.patient_months) returns pg_catalog.cstring
    language c immutable strict parallel safe
    as 'MODULE_PATHNAME', 'mo_patient_months_out';
comment on function mo.patient_months_out(mo.patient_months) is
    'Input and output of the type mo.patient_months.';

create function mo.patient_months_recv(buffer pg_catalog.internal) returns mo.patient_months
    language c immutable strict parallel safe
    as 'MODULE_PATHNAME', 'mo_patient_months_recv';
comment on function mo.patient_months_recv(pg_catalog.internal) is
    'Input and output of the type mo.patient_months.';

create function mo.patient_months_send(value mo.patient_months) returns pg_catalog.bytea
    language c immutable strict parallel safe
    as 'MODULE_PATHNAME', 'mo_patient_months_send';
comment on function mo.patient_months_send(mo.patient_months) is
    'Input and output of the type mo.patient_months.';

create type mo.patient_months (
    input = mo.patient_months_in,
    output = mo.patient_months_out,
    receive = mo.patient_months_recv,
    send = mo.patient_months_send,
    internallength = variable,
    alignment = double,
    storage = external
);
comment on type mo.patient_months is
    'For each of many patients a set of calendar months. Made by mo.event_months, mo.event_month_sets, mo.event_month_bits, '
    'mo.spell_months, mo.held_months, mo.months_without and mo.months_union, read by mo.attainment_cells. Up to 192 '
    'months; about 12 bytes a patient. Text is hexadecimal of the binary form, which is portable; every byte is checked on the way in.';

create function mo.patient_months_combine(state mo.patient_months, other mo.patient_months) returns mo.patient_months
    language c immutable strict parallel safe
    as 'MODULE_PATHNAME', 'mo_patient_months_combine';
comment on function mo.patient_months_combine(mo.patient_months, mo.patient_months) is
    'Support function of the aggregates that make mo.patient_months.';

create function mo.patient_months_final(state mo.patient_months) returns mo.patient_months
    language c immutable strict parallel safe
    as 'MODULE_PATHNAME', 'mo_patient_months_final';
comment on function mo.patient_months_final(mo.patient_months) is
    'Support function of the aggregates that make mo.patient_months.';

create type mo.patient_spells;

create function mo.patient_spells_in(text_form pg_catalog.cstring) returns mo.patient_spells
    language c immutable strict parallel safe
    as 'MODULE_PATHNAME', 'mo_patient_spells_in';
comment on function mo.patient_spells_in(pg_catalog.cstring) is
    'Input and output of the type mo.patient_spells.';

create function mo.patient_spells_out(value mo.patient_spells) returns pg_catalog.cstring
    language c immutable strict parallel safe
    as 'MODULE_PATHNAME', 'mo_patient_spells_out';
comment on function mo.patient_spells_out(mo.patient_spells) is
    'Input and output of the type mo.patient_spells.';

create function mo.patient_spells_recv(buffer pg_catalog.internal) returns mo.patient_spells
    language c immutable strict parallel safe
    as 'MODULE_PATHNAME', 'mo_patient_spells_recv';
comment on function mo.patient_spells_recv(pg_catalog.internal) is
    'Input and output of the type mo.patient_spells.';

create function mo.patient_spells_send(value mo.patient_spells) returns pg_catalog.bytea
    language c immutable strict parallel safe
    as 'MODULE_PATHNAME', 'mo_patient_spells_send';
comment on function mo.patient_spells_send(mo.patient_spells) is
    'Input and output of the type mo.patient_spells.';

create type mo.patient_spells (
    input = mo.patient_spells_in,
    output = mo.patient_spells_out,
    receive = mo.patient_spells_recv,
    send = mo.patient_spells_send,
    internallength = variable,
    alignment = double,
    storage = external
);
comment on type mo.patient_spells is
    'Registrations of patients with organisations. Made by mo.registered_spells and mo.registered_spell_sets, read by mo.attainment_cells and '
    'mo.registered_patient_bits. 16 bytes a spell, sorted. Text is hexadecimal of the binary form, which is portable; every byte is checked on the way in.';

create function mo.patient_spells_combine(state mo.patient_spells, other mo.patient_spells) returns mo.patient_spells
    language c immutable strict parallel safe
    as 'MODULE_PATHNAME', 'mo_patient_spells_combine';
comment on function mo.patient_spells_combine(mo.patient_spells, mo.patient_spells) is
    'Support function of the aggregates that make mo.patient_spells.';

create function mo.patient_spells_final(state mo.patient_spells) returns mo.patient_spells
    language c immutable strict parallel safe
    as 'MODULE_PATHNAME', 'mo_patient_spells_final';
comment on function mo.patient_spells_final(mo.patient_spells) is
    'Support function of the aggregates that make mo.patient_spells.';

create function mo.event_months_accum(
    state mo.patient_months, patient pg_catalog.int4, day pg_catalog.date, from_month pg_catalog.date, to_month pg_catalog.date)
    returns mo.patient_months
    language c immutable parallel safe
    as 'MODULE_PATHNAME', 'mo_event_months_accum';
comment on function mo.event_months_accum(mo.patient_months, pg_catalog.int4, pg_catalog.date, pg_catalog.date, pg_catalog.date) is
    'Support function of the aggregate mo.event_months.';

create aggregate mo.event_months(patient pg_catalog.int4, day pg_catalog.date, from_month pg_catalog.date, to_month pg_catalog.date) (
    sfunc = mo.event_months_accum,
    stype = mo.patient_months,
    combinefunc = mo.patient_months_combine,
    finalfunc = mo.patient_months_final,
    finalfunc_modify = read_only,
    parallel = safe
);
comment on aggregate mo.event_months(pg_catalog.int4, pg_catalog.date, pg_catalog.date, pg_catalog.date) is
    'The months in which each patient had an event: mo.event_months(patient, day, from_month, to_month). Both months are '
    'included, any day of them will do, at most 192; they must be constants. Events outside them, undated or infinite, or of '
    'no patient, do not count. Patients are numbers from 1. Null over no rows.';

create function mo.event_month_sets_accum(
    state mo.patient_months, month_index pg_catalog.int4, patients pg_catalog.int4[], from_month pg_catalog.date,
    to_month pg_catalog.date)
    returns mo.patient_months
    language c immutable parallel safe
    as 'MODULE_PATHNAME', 'mo_event_month_sets_accum';
comment on function mo.event_month_sets_accum(mo.patient_months, pg_catalog.int4, pg_catalog.int4[], pg_catalog.date, pg_catalog.date) is
    'Support function of the aggregate mo.event_month_sets.';

create aggregate mo.event_month_sets(
    month_index pg_catalog.int4, patients pg_catalog.int4[], from_month pg_catalog.date, to_month pg_catalog.date) (
    sfunc = mo.event_month_sets_accum,
    stype = mo.patient_months,
    combinefunc = mo.patient_months_combine,
    finalfunc = mo.patient_months_final,
    finalfunc_modify = read_only,
    parallel = safe
);
comment on aggregate mo.event_month_sets(pg_catalog.int4, pg_catalog.int4[], pg_catalog.date, pg_catalog.date) is
    'As mo.event_months, from sets of patients: each row is a month (mo.month_index) and the patients with an event in it, '
    'fastest when ascending and distinct, right in any order and with repetitions. Sets of months outside the range are not '
    'even read. Null elements are refused.';

create function mo.event_month_bits_accum(
    state mo.patient_months, month_index pg_catalog.int4, patients pg_catalog.bytea, from_month pg_catalog.date,
    to_month pg_catalog.date)
    returns mo.patient_months
    language c immutable parallel safe
    as 'MODULE_PATHNAME', 'mo_event_month_bits_accum';
comment on function mo.event_month_bits_accum(mo.patient_months, pg_catalog.int4, pg_catalog.bytea, pg_catalog.date, pg_catalog.date) is
    'Support function of the aggregate mo.event_month_bits.';

create aggregate mo.event_month_bits(
    month_index pg_catalog.int4, patients pg_catalog.bytea, from_month pg_catalog.date, to_month pg_catalog.date) (
    sfunc = mo.event_month_bits_accum,
    stype = mo.patient_months,
    combinefunc = mo.patient_months_combine,
    finalfunc = mo.patient_months_final,
    finalfunc_modify = read_only,
    parallel = safe
);
comment on aggregate mo.event_month_bits(pg_catalog.int4, pg_catalog.bytea, pg_catalog.date, pg_catalog.date) is
    'As mo.event_month_sets, from sets as mo.patient_bits makes them: shorter, and five times as fast, where more than one '
    'patient in 32 is in the set. Bit 0 and more than 268435456 bytes are refused.';

create function mo.patient_bits(patients pg_catalog.int4[]) returns pg_catalog.bytea
    language c immutable strict parallel safe cost 1000
    as 'MODULE_PATHNAME', 'mo_patient_bits';
comment on function mo.patient_bits(pg_catalog.int4[]) is
    'A set of patients as bits: get_bit(mo.patient_bits(patients), 12) is 1 when patient 12 is in it, bit_count(...) how many there are. '
    'As many bytes as the greatest number needs, an eighth of it. In any order, with repetitions; numbers below 1 and nulls are refused. '
    'For mo.event_month_bits; keep such a column with storage external.';

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

create function mo.spell_months_accum(
    state mo.patient_months, patient pg_catalog.int4, valid_from pg_catalog.date, valid_to pg_catalog.date,
    from_month pg_catalog.date, to_month pg_catalog.date)
    returns mo.patient_months
    language c immutable parallel safe
    as 'MODULE_PATHNAME', 'mo_spell_months_accum';
comment on function mo.spell_months_accum(
    mo.patient_months, pg_catalog.int4, pg_catalog.date, pg_catalog.date, pg_catalog.date, pg_catalog.date) is
    'Support function of the aggregate mo.spell_months.';

create aggregate mo.spell_months(
    patient pg_catalog.int4, valid_from pg_catalog.date, valid_to pg_catalog.date, from_month pg_catalog.date, to_month pg_catalog.date) (
    sfunc = mo.spell_months_accum,
    stype = mo.patient_months,
    combinefunc = mo.patient_months_combine,
    finalfunc = mo.patient_months_final,
    finalfunc_modify = read_only,
    parallel = safe
);
comment on aggregate mo.spell_months(pg_catalog.int4, pg_catalog.date, pg_catalog.date, pg_catalog.date, pg_catalog.date) is
    'The months on whose last day one of the patient''s spells holds: mo.spell_months(patient, valid_from, valid_to, '
    'from_month, to_month). Spells are half-open: on valid_to it no longer holds; null valid_to is still open; null '
    'valid_from never holds. Overlapping spells count once. Null over no rows, which mo.attainment_cells takes as an empty '
    'cohort.';

create function mo.registered_spells_accum(
    state mo.patient_spells, patient pg_catalog.int4, organisation pg_catalog.int4, registered_from pg_catalog.date,
    registered_to pg_catalog.date)
    returns mo.patient_spells
    language c immutable parallel safe
    as 'MODULE_PATHNAME', 'mo_registered_spells_accum';
comment on function mo.registered_spells_accum(mo.patient_spells, pg_catalog.int4, pg_catalog.int4, pg_catalog.date, pg_catalog.date) is
    'Support function of the aggregate mo.registered_spells.';

create aggregate mo.registered_spells(
    patient pg_catalog.int4, organisation pg_catalog.int4, registered_from pg_catalog.date, registered_to pg_catalog.date) (
    sfunc = mo.registered_spells_accum,
    stype = mo.patient_spells,
    combinefunc = mo.patient_spells_combine,
    finalfunc = mo.patient_spells_final,
    finalfunc_modify = read_only,
    parallel = safe
);
comment on aggregate mo.registered_spells(pg_catalog.int4, pg_catalog.int4, pg_catalog.date, pg_catalog.date) is
    'Registrations of patients with organisations (any numbers), half-open as in mo.spell_months: '
    'mo.registered_spells(patient, organisation, registered_from, registered_to). A null patient, organisation or '
    'registered_from never holds. Null over no rows.';

create function mo.registered_spell_sets_accum(
    state mo.patient_spells, patients pg_catalog.int4[], organisations pg_catalog.int4[], registered_from pg_catalog.date[],
    registered_to pg_catalog.date[])
    returns mo.patient_spells
    language c immutable parallel safe
    as 'MODULE_PATHNAME', 'mo_registered_spell_sets_accum';
comment on function mo.registered_spell_sets_accum(
    mo.patient_spells, pg_catalog.int4[], pg_catalog.int4[], pg_catalog.date[], pg_catalog.date[]) is
    'Support function of the aggregate mo.registered_spell_sets.';

create aggregate mo.registered_spell_sets(
    patients pg_catalog.int4[], organisations pg_catalog.int4[], registered_from pg_catalog.date[], registered_to pg_catalog.date[]) (
    sfunc = mo.registered_spell_sets_accum,
    stype = mo.patient_spells,
    combinefunc = mo.patient_spells_combine,
    finalfunc = mo.patient_spells_final,
    finalfunc_modify = read_only,
    parallel = safe
);
comment on aggregate mo.registered_spell_sets(pg_catalog.int4[], pg_catalog.int4[], pg_catalog.date[], pg_catalog.date[]) is
    'As mo.registered_spells, from registrations kept as arrays: element i of the four, which are of one length, is a registration. '
    'Fastest when ascending by patient, from row to row as well, a patient''s last registration first; right in any order and with '
    'repetitions. A null element of registered_to is still open; other null elements are refused; a null array has no registrations.';

create function mo.attainment_cells(
    events mo.patient_months, cohort mo.patient_months, registrations mo.patient_spells,
    from_month pg_catalog.date, to_month pg_catalog.date, window_months pg_catalog.int4 default 12)
    returns table (
    organisation pg_catalog.int4, month pg_catalog.date, cohort pg_catalog.int4, attained pg_catalog.int4,
    attained_year_to_date pg_catalog.int4, attained_in_month pg_catalog.int4)
    language c immutable parallel safe cost 100000 rows 40000
    as 'MODULE_PATHNAME', 'mo_attainment_cells';
comment on function mo.attainment_cells(
    mo.patient_months, mo.patient_months, mo.patient_spells, pg_catalog.date, pg_catalog.date, pg_catalog.int4) is
    'Rolling attainment, a row for each organisation of the registrations and month: cohort = distinct patients in the cohort '
    'and registered there on the month''s last day; attained = of these, with an event in the window_months calendar months '
    'that end with it; attained_year_to_date = with one since 1 April; attained_in_month = with one in the month. A patient '
    'counts at one organisation a month: where registrations overlap, at the one that began last, then at the lower number. '
    'So organisations add up to their PCN and ICB. events must cover the months from mo.events_from(from_month, '
    'window_months) to to_month, cohort those from from_month to to_month. A null value has no patients.';

create function mo.attainment_cells(
    events mo.patient_months, registrations mo.patient_spells,
    from_month pg_catalog.date, to_month pg_catalog.date, window_months pg_catalog.int4 default 12)
    returns table (
    organisation pg_catalog.int4, month pg_catalog.date, cohort pg_catalog.int4, attained pg_catalog.int4,
    attained_year_to_date pg_catalog.int4, attained_in_month pg_catalog.int4)
    language c immutable parallel safe cost 100000 rows 40000
    as 'MODULE_PATHNAME', 'mo_attainment_cells_everyone';
comment on function mo.attainment_cells(mo.patient_months, mo.patient_spells, pg_catalog.date, pg_catalog.date, pg_catalog.int4) is
    'As the function of the same name with a cohort, for the cohort of everyone who is registered. A null value has no patients.';

create function mo.months_without(months mo.patient_months, others mo.patient_months) returns mo.patient_months
    language c immutable strict parallel safe cost 10000
    as 'MODULE_PATHNAME', 'mo_months_without';
comment on function mo.months_without(mo.patient_months, mo.patient_months) is
    'Months of each patient that the same patient does not have in others: of months in which something was needed, say, those in which it '
    'was not there. Both must cover the same months. Null in, null out.';

create function mo.events_by_patient(
    event_patients pg_catalog.int4[], event_days pg_catalog.date[], out patients pg_catalog.int4[], out days pg_catalog.date[])
    language c immutable strict parallel safe cost 10000
    as 'MODULE_PATHNAME', 'mo_events_by_patient_order';
comment on function mo.events_by_patient(pg_catalog.int4[], pg_catalog.date[]) is
    'The same events, by patient and then by day, as two lists: element i is an event of patients[i] on days[i]. Lists that are read for many patients '
    'are read fastest so. Null in, null out.';

create function mo.held_months_accum(
    state mo.patient_months, patients pg_catalog.int4[], days pg_catalog.date[], span_months pg_catalog.int4, span_days pg_catalog.int4,
    from_month pg_catalog.date, to_month pg_catalog.date)
    returns mo.patient_months
    language c immutable parallel safe cost 1000
    as 'MODULE_PATHNAME', 'mo_held_months_accum';
comment on function mo.held_months_accum(
    mo.patient_months, pg_catalog.int4[], pg_catalog.date[], pg_catalog.int4, pg_catalog.int4, pg_catalog.date, pg_catalog.date) is
    'Transition function of mo.held_months.';

create aggregate mo.held_months(
    patients pg_catalog.int4[], days pg_catalog.date[], span_months pg_catalog.int4, span_days pg_catalog.int4, from_month pg_catalog.date,
    to_month pg_catalog.date) (
    sfunc = mo.held_months_accum,
    stype = mo.patient_months,
    combinefunc = mo.patient_months_combine,
    finalfunc = mo.patient_months_final,
    finalfunc_modify = read_only,
    parallel = safe
);
comment on aggregate mo.held_months(pg_catalog.int4[], pg_catalog.date[], pg_catalog.int4, pg_catalog.int4, pg_catalog.date, pg_catalog.date) is
    'For each patient the months from from_month to to_month, both included, on whose last day an event still holds: element i of a row is '
    'an event of patients[i] on days[i], which holds from that day to span_months months (0 to 1200) and span_days days (0 to 36600) after it, '
    'both included, as date + interval counts; a test that is in date for so long, say. Infinite days never hold; rows with a null are left '
    'out. from_month and to_month must be the same for every row. Null over no rows.';

create aggregate mo.months_union(months mo.patient_months) (
    sfunc = mo.patient_months_combine,
    stype = mo.patient_months,
    combinefunc = mo.patient_months_combine,
    finalfunc = mo.patient_months_final,
    finalfunc_modify = read_only,
    parallel = safe
);
comment on aggregate mo.months_union(mo.patient_months) is
    'For each patient the months there are in any of the values, which must all cover the same months. Nulls are left out. Null over no rows.';

create function mo.patients(months mo.patient_months) returns pg_catalog.int4
    language c immutable strict parallel safe
    as 'MODULE_PATHNAME', 'mo_patient_months_count';
comment on function mo.patients(mo.patient_months) is
    'How many distinct patients there are with at least one month.';

create function mo.spells(registrations mo.patient_spells) returns pg_catalog.int4
    language c immutable strict parallel safe
    as 'MODULE_PATHNAME', 'mo_patient_spells_count';
comment on function mo.spells(mo.patient_spells) is
    'How many distinct spells there are.';
