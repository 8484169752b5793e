-- Figures of a measure at every level of the NHS, compared with their peers.

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
