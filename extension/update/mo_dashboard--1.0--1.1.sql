-- mo_dashboard 1.0 to 1.1: what is new in schema mo; the layer's part comes with CALL mo.update_dashboard().
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

create function mo.rolled_up(
    months pg_catalog.date[], organisations pg_catalog.text[], breakdowns pg_catalog.text[], numerators pg_catalog.float8[],
    denominators pg_catalog.float8[],
    place_months pg_catalog.date[], place_codes pg_catalog.text[], place_types pg_catalog.text[], place_settings pg_catalog.int2[],
    place_pcns pg_catalog.text[], place_sub_icbs pg_catalog.text[], place_icbs pg_catalog.text[], place_regions pg_catalog.text[],
    place_nations pg_catalog.text[],
    group_months pg_catalog.date[] default '{}', group_members pg_catalog.text[] default '{}', group_codes pg_catalog.text[] default '{}',
    unit pg_catalog.text default 'ratio', per pg_catalog.float8 default 1, interval_method pg_catalog.text default 'none',
    round_to pg_catalog.int4 default 1,
    published_months pg_catalog.date[] default '{}', covered_types pg_catalog.text[] default '{}', covered_icbs pg_catalog.text[] default '{}',
    covered_from pg_catalog.date[] default '{}', covered_to pg_catalog.date[] default '{}', begins_with_first pg_catalog.bool default false,
    hidden_months pg_catalog.date[] default '{}', hidden_types pg_catalog.text[] default '{}', hidden_codes pg_catalog.text[] default '{}',
    hidden_breakdowns pg_catalog.text[] default '{}', hidden_reasons pg_catalog.int2[] default '{}',
    earlier_months pg_catalog.date[] default '{}', earlier_types pg_catalog.text[] default '{}', earlier_codes pg_catalog.text[] default '{}',
    earlier_breakdowns pg_catalog.text[] default '{}', earlier_numerators pg_catalog.float8[] default '{}',
    earlier_values pg_catalog.float8[] default '{}', earlier_hidden pg_catalog.int2[] default '{}',
    target_months pg_catalog.date[] default '{}', target_types pg_catalog.text[] default '{}', target_codes pg_catalog.text[] default '{}',
    targets pg_catalog.float8[] default '{}',
    family_parts pg_catalog.text[] default '{}', families pg_catalog.text[] default '{}', hide_from pg_catalog.int4 default 0,
    hide_to pg_catalog.int4 default 0, hide_numerators pg_catalog.bool default false, hide_denominator_below pg_catalog.int4 default 0)
    returns table (
        month pg_catalog.date, org_type pg_catalog.text, org_code pg_catalog.text, breakdown pg_catalog.text, numerator pg_catalog.float8,
        denominator pg_catalog.float8, value pg_catalog.float8, value_lower pg_catalog.float8, value_upper pg_catalog.float8,
        pcn_code pg_catalog.text, sub_icb_code pg_catalog.text, icb_code pg_catalog.text, region_code pg_catalog.text,
        nation_code pg_catalog.text, peer_group pg_catalog.text, peer_n pg_catalog.int4, peer_median pg_catalog.float8,
        peer_median_without_self pg_catalog.float8, peer_rank pg_catalog.int4, peer_decile pg_catalog.int4,
        peer_percentile pg_catalog.float8, previous_month_value pg_catalog.float8, previous_month_numerator pg_catalog.float8,
        previous_month_hidden pg_catalog.int2, previous_year_value pg_catalog.float8, previous_year_numerator pg_catalog.float8,
        previous_year_hidden pg_catalog.int2, hidden pg_catalog.int2, target pg_catalog.float8)
    language c immutable strict parallel safe cost 100000 rows 10000
    as 'MODULE_PATHNAME', 'mo_rolled_up';
comment on function mo.rolled_up(
    pg_catalog.date[], pg_catalog.text[], pg_catalog.text[], pg_catalog.float8[], pg_catalog.float8[],
    pg_catalog.date[], pg_catalog.text[], pg_catalog.text[], pg_catalog.int2[], pg_catalog.text[], pg_catalog.text[], pg_catalog.text[],
    pg_catalog.text[], pg_catalog.text[],
    pg_catalog.date[], pg_catalog.text[], pg_catalog.text[],
    pg_catalog.text, pg_catalog.float8, pg_catalog.text, pg_catalog.int4,
    pg_catalog.date[], pg_catalog.text[], pg_catalog.text[], pg_catalog.date[], pg_catalog.date[], pg_catalog.bool,
    pg_catalog.date[], pg_catalog.text[], pg_catalog.text[], pg_catalog.text[], pg_catalog.int2[],
    pg_catalog.date[], pg_catalog.text[], pg_catalog.text[], pg_catalog.text[], pg_catalog.float8[], pg_catalog.float8[], pg_catalog.int2[],
    pg_catalog.date[], pg_catalog.text[], pg_catalog.text[], pg_catalog.float8[],
    pg_catalog.text[], pg_catalog.text[], pg_catalog.int4, pg_catalog.int4, pg_catalog.bool, pg_catalog.int4) is
    'Figures of one measure added up to PCN, sub-ICB, ICB, region, nation and local groups, with 95 % interval, peers and what '
    'they were a month and a '
    'year before. months to denominators: columns of the base figures, breakdown empty for the measure itself, else a part of it. '
    'place_months to '
    'place_nations: to whom each organisation (type practice, pcn, sub_icb, icb, region or nation) belonged in each month, null: '
    'to none; its own kind is '
    'itself; a figure without a place counts nowhere. group_…: members of groups by month. A value is numerator / denominator * '
    'per, null over 0, '
    'and for the unit count the numerator. interval_method: wilson, byar (whole numerators) or none. Practices of prescribing '
    'setting 4 and PCNs are compared within their '
    'ICB, sub-ICBs and ICBs nationally (ENG); medians are type 7, deciles those of mo.decile; round_to: compared by values of '
    'numerators rounded to it. '
    'covered_…: in these ICBs an organisation of the type (practice or pcn) without a figure in a published month has 0 over 0 as '
    'soon as the '
    'ICB''s data of the month are known to be there, and region, nation and groups wait for ICBs whose data are not; covered_from is the '
    'first month with anything in a numerator, which a measure that begins_with_first starts at. hidden_…: figures that readers do '
    'not see; they are in nothing said of '
    'peers, and where they are more than one in five nothing is said. earlier_…: figures of months not given here, for what was before. '
    'target_…: targets of organisations in months, which hold for all who belong to them and have no nearer one; a null type: '
    'whatever has the code. '
    'hide_numerators: numerators from hide_from to hide_to are hidden, hide_denominator_below: figures over denominators above 0 and below it, '
    'and with them whatever would tell one (mo.hidden_cells: organisations that add up to another, groups, and parts that make up the measure, '
    'which family_parts and families put together; any other part is not more than the measure). '
    'Any day of a month stands for it. Rows come by type, code, month and part. Refused: arrays of one kind with different '
    'lengths, of more than one dimension, or '
    'holding nulls where nothing was said of them; NaN and infinity; a place given twice; more than 65536 months. Any null '
    'argument: no rows.';

create function mo.rolled_up_into(
    target_table pg_catalog.regclass, kpi_id pg_catalog.text, run_id pg_catalog.int4, key_types pg_catalog.text[], key_codes pg_catalog.text[],
    keys pg_catalog.int4[],
    months pg_catalog.date[], organisations pg_catalog.text[], breakdowns pg_catalog.text[], numerators pg_catalog.float8[],
    denominators pg_catalog.float8[],
    place_months pg_catalog.date[], place_codes pg_catalog.text[], place_types pg_catalog.text[], place_settings pg_catalog.int2[],
    place_pcns pg_catalog.text[], place_sub_icbs pg_catalog.text[], place_icbs pg_catalog.text[], place_regions pg_catalog.text[],
    place_nations pg_catalog.text[],
    group_months pg_catalog.date[], group_members pg_catalog.text[], group_codes pg_catalog.text[],
    unit pg_catalog.text, per pg_catalog.float8, interval_method pg_catalog.text,
    round_to pg_catalog.int4,
    published_months pg_catalog.date[], covered_types pg_catalog.text[], covered_icbs pg_catalog.text[],
    covered_from pg_catalog.date[], covered_to pg_catalog.date[], begins_with_first pg_catalog.bool,
    hidden_months pg_catalog.date[], hidden_types pg_catalog.text[], hidden_codes pg_catalog.text[],
    hidden_breakdowns pg_catalog.text[], hidden_reasons pg_catalog.int2[],
    earlier_months pg_catalog.date[], earlier_types pg_catalog.text[], earlier_codes pg_catalog.text[],
    earlier_breakdowns pg_catalog.text[], earlier_numerators pg_catalog.float8[],
    earlier_values pg_catalog.float8[], earlier_hidden pg_catalog.int2[],
    target_months pg_catalog.date[], target_types pg_catalog.text[], target_codes pg_catalog.text[],
    targets pg_catalog.float8[],
    family_parts pg_catalog.text[], families pg_catalog.text[], hide_from pg_catalog.int4, hide_to pg_catalog.int4,
    hide_numerators pg_catalog.bool, hide_denominator_below pg_catalog.int4)
    returns pg_catalog.int8
    language c volatile strict cost 100000
    as 'MODULE_PATHNAME', 'mo_rolled_up_into';
comment on function mo.rolled_up_into(
    pg_catalog.regclass, pg_catalog.text, pg_catalog.int4, pg_catalog.text[], pg_catalog.text[], pg_catalog.int4[],
    pg_catalog.date[], pg_catalog.text[], pg_catalog.text[], pg_catalog.float8[], pg_catalog.float8[],
    pg_catalog.date[], pg_catalog.text[], pg_catalog.text[], pg_catalog.int2[], pg_catalog.text[], pg_catalog.text[], pg_catalog.text[],
    pg_catalog.text[], pg_catalog.text[],
    pg_catalog.date[], pg_catalog.text[], pg_catalog.text[],
    pg_catalog.text, pg_catalog.float8, pg_catalog.text, pg_catalog.int4,
    pg_catalog.date[], pg_catalog.text[], pg_catalog.text[], pg_catalog.date[], pg_catalog.date[], pg_catalog.bool,
    pg_catalog.date[], pg_catalog.text[], pg_catalog.text[], pg_catalog.text[], pg_catalog.int2[],
    pg_catalog.date[], pg_catalog.text[], pg_catalog.text[], pg_catalog.text[], pg_catalog.float8[], pg_catalog.float8[], pg_catalog.int2[],
    pg_catalog.date[], pg_catalog.text[], pg_catalog.text[], pg_catalog.float8[],
    pg_catalog.text[], pg_catalog.text[], pg_catalog.int4, pg_catalog.int4, pg_catalog.bool, pg_catalog.int4) is
    'Puts the rows of mo.rolled_up into a table, in half of the time of an INSERT, and returns how many there are. Columns of the table that have the names '
    'of those of mo.rolled_up are filled, with their types or, of text, varchar; so are kpi_id and run_id with what is given, and org_key '
    'with the key of the organisation (key_types, key_codes and keys: one each); who has no key is left out. Other columns have their defaults. With the '
    'caller''s rights. Constraints are checked, generated columns and indexes made; a table with triggers (foreign keys are some), row security, rules '
    'or identity columns, and a partition, get their rows by INSERT. Any null argument: nothing is done.';

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

create function mo.xmr_lower(value pg_catalog.float8, month pg_catalog.date) returns pg_catalog.float8
    language c window immutable parallel safe cost 10
    as 'MODULE_PATHNAME', 'mo_chart_xmr_lower';
comment on function mo.xmr_lower(pg_catalog.float8, pg_catalog.date) is
    'Window function: as mo.xmr_lower(value), where a month without a row is a gap like one without a value: no moving range is taken '
    'across it. Over (partition by ... order by month), month being any day of it; a null month, months out of order and a month twice are refused.';

create function mo.xmr_upper(value pg_catalog.float8, month pg_catalog.date) returns pg_catalog.float8
    language c window immutable parallel safe cost 10
    as 'MODULE_PATHNAME', 'mo_chart_xmr_upper';
comment on function mo.xmr_upper(pg_catalog.float8, pg_catalog.date) is
    'Window function: as mo.xmr_upper(value), where a month without a row is a gap; see mo.xmr_lower(value, month).';

create function mo.special_cause(value pg_catalog.float8, month pg_catalog.date) returns pg_catalog.text
    language c window immutable parallel safe cost 10
    as 'MODULE_PATHNAME', 'mo_chart_special_cause';
comment on function mo.special_cause(pg_catalog.float8, pg_catalog.date) is
    'Window function: as mo.special_cause(value), where a month without a row is a gap, which ends trends and runs: seven months above the mean '
    'are seven in a row. See mo.xmr_lower(value, month).';

create function mo.series_latest(
    series_months pg_catalog.date[], series_values pg_catalog.float8[],
    out month pg_catalog.date, out trend_spark pg_catalog.text, out points pg_catalog.int8, out xmr_mean pg_catalog.float8,
    out xmr_lower pg_catalog.float8, out xmr_upper pg_catalog.float8, out special_cause pg_catalog.text)
    language c immutable strict parallel safe cost 50
    as 'MODULE_PATHNAME', 'mo_series_latest';
comment on function mo.series_latest(pg_catalog.date[], pg_catalog.float8[]) is
    'The latest month of a series, given as its months in order and their values (null: none): the last of series_months; the '
    'sparkline of the twelve months to it, as mo.sparkline; how many values there are; and mo.xmr_mean, mo.xmr_lower, mo.xmr_upper of all '
    'values and mo.special_cause of the last. A month that is not there is a gap in both. For very many short '
    'series, whose rows window functions would sort and keep. Null for a series without months. NaN and infinities, months out of order, a month '
    'twice, and lists of different lengths are refused.';

create function mo.store_prescribing_rows() returns pg_catalog.trigger
    language c
    set search_path = pg_catalog, pg_temp
    as 'MODULE_PATHNAME', 'mo_store_prescribing_rows';
comment on function mo.store_prescribing_rows() is
    'Trigger of the view mo_data.prescribing_rows: takes a block of rows apart, as modash makes them, checks every value, and puts the rows '
    'into the staging table of their load and month, for which the caller needs the right to insert. Refuses a damaged block as a whole.';

create function mo.prescribing_file(
    file_name pg_catalog.text, month pg_catalog.date, hashed pg_catalog.bool,
    out name pg_catalog.text, out bytes pg_catalog.int8, out format pg_catalog.text, out sha256 pg_catalog.text, out fault pg_catalog.text)
    language c
    set search_path = pg_catalog, pg_temp
    as 'MODULE_PATHNAME', 'mo_prescribing_file';
revoke all on function mo.prescribing_file(pg_catalog.text, pg_catalog.date, pg_catalog.bool) from public;
comment on function mo.prescribing_file(pg_catalog.text, pg_catalog.date, pg_catalog.bool) is
    'Looks at a file of prescribing of the server: its name without folders, its size, the layout found from its header, and if asked '
    '(hashed) the SHA-256 of all of it. fault says what is wrong with the file, null: nothing; the hash is then that of what was read. An error unless the caller has the '
    'privileges of pg_read_server_files, the path is absolute, and the file an ordinary one that the server can read. The month is that '
    'of --month of modash; null: the file says it. Other nulls are refused. Support function of mo_data.load_prescribing_file.';

create function mo.read_prescribing_file(
    file_name pg_catalog.text, batch_id pg_catalog.int4, month pg_catalog.date,
    out rows_read pg_catalog.int8, out rows_rejected pg_catalog.int8, out sha256 pg_catalog.text, out note pg_catalog.text, out fault pg_catalog.text,
    out rejects pg_catalog.text[])
    language c
    set search_path = pg_catalog, pg_temp
    as 'MODULE_PATHNAME', 'mo_read_prescribing_file';
revoke all on function mo.read_prescribing_file(pg_catalog.text, pg_catalog.int4, pg_catalog.date) from public;
comment on function mo.read_prescribing_file(pg_catalog.text, pg_catalog.int4, pg_catalog.date) is
    'Reads a file of prescribing of the server into the staging tables of a load that mo_data.load_begin has begun, and its rejected lines '
    'into mo_data.load_reject. Where the file cannot be used, fault says why and rejects has line number, column, reason and line of its first '
    '100 rejected lines, one after the other: the caller rolls back. Rights, path, month and nulls as for mo.prescribing_file. Support '
    'function of mo_data.load_prescribing_file.';

comment on schema mo is
    'Functions of the medicines optimisation dashboard: NHS calendar, working days, cohort attainment, peers, intervals, '
    'funnels, control charts, disclosure control. Pure: they read no table; but for the three by which prescribing is loaded, '
    'mo.rolled_up_into, by which results are stored, and the procedures that make the layer and bring it up.';

comment on type mo.patient_months is
    'For each of many patients a set of calendar months. Made by mo.event_months, mo.event_month_sets, mo.event_month_bits, '
    'mo.spell_months, mo.held_months, mo.months_without and mo.months_union, read by mo.attainment_cells. Up to 192 '
    'months; about 12 bytes a patient. Text is hexadecimal of the binary form, which is portable; every byte is checked on the way in.';

comment on type mo.patient_spells is
    'Registrations of patients with organisations. Made by mo.registered_spells and mo.registered_spell_sets, read by mo.attainment_cells and '
    'mo.registered_patient_bits. 16 bytes a spell, sorted. Text is hexadecimal of the binary form, which is portable; every byte is checked on the way in.';

comment on function mo.hidden_cells(
    pg_catalog.float8[], pg_catalog.int2[], pg_catalog.float8[], pg_catalog.int4[], pg_catalog.int4[], pg_catalog.int4, pg_catalog.int4) is
    'Secondary suppression over all published totals at once. counts: one a cell. reasons: why a cell is hidden for its own sake: '
    '0 not, 1 its count is small (hide_from to hide_to), 2 its denominator is small; 3 it is not published at all, unknown but no secret; '
    '4 it is not hidden and cannot be, being published elsewhere, too. ceilings: what readers know a count cannot exceed '
    '(the denominator of a share); null: nothing. equations and cells: one a link, saying that a cell (its number from 1, negative for '
    'the total) is in an equation "total = sum of parts". Gives one number a cell: 0 shown, 1 hidden for its own sake, 2 hidden for '
    'another''s: the smallest other part above 0 with all that equal it, else the total, last of all zeros, until no hidden cell can be '
    'told from the shown ones by subtraction, by solving all equations together, or by bounds. Parts that do not add up to their total '
    'leave a rest that nobody knows. Where all is hidden and a cell is told all the same there is nothing left to do. Nulls in other '
    'arrays than ceilings, arrays of different lengths, and numbers out of range are refused; a null argument gives null.';

comment on function mo.xmr_lower(pg_catalog.float8) is
    'Window function: the lower process limit of an XmR chart, mean - 2.66 x mean moving range, over (partition by ... order by '
    'month). A moving range is the difference of two neighbouring rows, neither null; those above 3.267 x their mean are left out '
    'first. Not cut at 0. Null when no two neighbours have a value, and where only ranges of 0 would be left of a series that varies (few events): there is '
    'no estimate of its variation. NaN and infinities are refused.';

comment on function mo.special_cause(pg_catalog.float8) is
    'Window function: why this point of an XmR chart stands out, over (partition by ... order by month). The first that holds of: '
    'above_upper_limit, below_lower_limit; increasing_trend, decreasing_trend (7 or more points, each beyond the one before; a '
    'turning point of two trends belongs to the later); two_of_three_above, two_of_three_below (between two thirds and the limit, two '
    'such in three points on one side of the mean); seven_above, seven_below (7 or more on one side of the mean); else '
    'common_cause. A null value is a gap, which ends trends and runs, and has a null cause; fewer than 12 values, or no limits, give null '
    'throughout. mo.special_cause_direction gives the direction. Rules and order as NHSRplotthedots.';
