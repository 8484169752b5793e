-- A site's own KPI: the worked example of the README, and what is refused
set datestyle = iso;
\set SHOW_CONTEXT never
begin;
\set ECHO none
\i test/data/kpi_fixture.psql
\set ECHO all
create table mo_data.prescribing_2025_01 partition of mo_data.prescribing for values in ('2025-01-01');
create table mo_data.prescribing_2025_02 partition of mo_data.prescribing for values in ('2025-02-01');
insert into mo_data.prescribing (month, practice_code, bnf_code, items, unidentified, batch_id) values
    ('2025-01-01', 'P00001', '0501013K0AAAJAJ', 6, false, 1),    -- co-amoxiclav
    ('2025-01-01', 'P00001', '0501021L0AAAEAE', 2, false, 1),    -- a cephalosporin
    ('2025-01-01', 'P00001', '0501120L0AAAAAA', 1, false, 1),    -- a quinolone
    ('2025-01-01', 'P00001', '0501013B0AAABAB', 40, false, 1),   -- amoxicillin: denominator only
    ('2025-01-01', 'P00001', '0501013B0AAABAB', 1, false, 1),    -- the same at another quantity per item
    ('2025-01-01', 'P00001', '0501090R0AAAAAA', 9, false, 1),    -- an antituberculosis medicine: left out
    ('2025-01-01', 'P00001', '0502010A0AAAAAA', 5, false, 1),    -- an antifungal: left out
    ('2025-01-01', 'P00003', '0501013B0AAABAB', 20, false, 1),   -- none of the three: 0 of 20
    ('2025-01-01', 'P00003', '0501120L0AAAAAA', 7, true, 1),     -- an unidentified prescriber: left out
    ('2025-02-01', 'P00001', '0501120L0AAAAAA', 3, false, 1);

-- 1. The function: records of a range of months, both given by their first days
create function mo_data.kpi_local_broad_spectrum(from_month date, to_month date)
returns table (org_code text, month date, breakdown text, record_key text, numerator float8, denominator float8)
language sql stable
begin atomic
    select p.practice_code, p.month, null, 'bnf:' || left(p.bnf_code, 9),
        coalesce(sum(p.items) filter (where p.bnf_code ~ '^(0501013K0|0501021|050112)'), 0), sum(p.items)
    from mo_data.prescribing p
    where p.month between from_month and to_month and not p.unidentified
        and p.bnf_code ~ '^0501' and p.bnf_code !~ '^(050109|050110|0501130H0)'
    group by p.practice_code, p.month, left(p.bnf_code, 9);
end;
revoke all on function mo_data.kpi_local_broad_spectrum(date, date) from public;
-- 2. Its row in the catalogue
call mo_data.register_kpi(
    kpi_id => 'local_broad_spectrum', family => 'prescribing_safety', page_order => 300,
    name => 'Co-amoxiclav, cephalosporins and quinolones of all antibacterials', short_name => 'Broad-spectrum antibacterials',
    unit => 'percent', numerator_wording => 'co-amoxiclav, cephalosporin and quinolone items', denominator_wording => 'antibacterial items',
    direction => 'lower', interval_method => 'wilson', sources => array['prescribing'], expected_lag_days => 62, owner_role => 'Antimicrobial lead',
    rationale => 'Broad-spectrum antibacterials drive resistance and C. difficile.', reference => 'Local; after the NHS England antimicrobial measure');

-- by hand: ALPHA 9 of 50 in January, 3 of 3 in February; GAMMA 0 of 20
select * from pg_temp.figure('local_broad_spectrum', '2025-01-01', '2025-02-01');
select record_key, numerator, denominator from mo_data.kpi_local_broad_spectrum('2025-01-01', '2025-01-01') where org_code = 'P00001' order by 1;
-- what is said of it, and that an update of the layer leaves it alone
select kpi_id, is_site_kpi, is_active, records_function, owner_role, expected_lag_days from mo_data.kpi where is_site_kpi;
create temp table registered as select k.* from mo_data.kpi k where is_site_kpi;
update mo_data.kpi set is_active = false, hide_to = 5 where kpi_id = 'sea_raised' or kpi_id = 'smr_completed';
call mo.update_dashboard();
select count(*) as unchanged from (select k.* from mo_data.kpi k where is_site_kpi intersect table registered) s;
select * from pg_temp.figure('local_broad_spectrum', '2025-02-01', '2025-02-01');
-- nor does it undo what the site decided of a shipped one
select kpi_id, is_active, hide_to from mo_data.kpi where not is_active and not is_shared order by 1;
-- called again it is brought up to date: all of it, for it is the site's
call mo_data.register_kpi(
    kpi_id => 'local_broad_spectrum', family => 'prescribing_safety', name => 'Renamed', short_name => 'Renamed', unit => 'percent',
    numerator_wording => 'n', denominator_wording => 'd', direction => 'lower', sources => array['prescribing'], rationale => 'r', reference => 'r',
    hide_from => 1, hide_to => 4, definition_version => '2');
select name, hide_from, hide_to, owner_role, definition_version from mo_data.kpi where is_site_kpi;

-- Refusals. Each says what was wrong and what to do
\set terse_call 'family => ''cost'', name => ''X'', short_name => ''X'', unit => ''count'', numerator_wording => ''n'', denominator_wording => ''d'', direction => ''neither'', rationale => ''r'', reference => ''r'''
savepoint s;
-- no function
call mo_data.register_kpi(kpi_id => 'local_none', sources => array['prescribing'], :terse_call);
rollback to s;
-- a function of that name with other arguments is none
create function mo_data.kpi_local_args(a_month date) returns table (org_code text, month date, breakdown text, record_key text, numerator float8,
    denominator float8) language sql stable as $$ select null::text, a_month, null::text, null::text, 1::float8, 1::float8 $$;
call mo_data.register_kpi(kpi_id => 'local_args', sources => array['prescribing'], :terse_call);
rollback to s;
-- a column missing
create function mo_data.kpi_local_columns(from_month date, to_month date) returns table (org_code text, month date, breakdown text, numerator float8,
    denominator float8) language sql stable as $$ select null::text, from_month, null::text, 1::float8, 1::float8 $$;
call mo_data.register_kpi(kpi_id => 'local_columns', sources => array['prescribing'], :terse_call);
rollback to s;
-- a column of another type
create function mo_data.kpi_local_type(from_month date, to_month date) returns table (org_code text, month date, breakdown text, record_key text,
    numerator bigint, denominator float8) language sql stable as $$ select null::text, from_month, null::text, null::text, 1::bigint, 1::float8 $$;
call mo_data.register_kpi(kpi_id => 'local_type', sources => array['prescribing'], :terse_call);
rollback to s;
-- one row is not a table
create function mo_data.kpi_local_row(from_month date, to_month date, out org_code text, out month date, out breakdown text, out record_key text,
    out numerator float8, out denominator float8) language sql stable as $$ select null::text, from_month, null::text, null::text, 1::float8, 1::float8 $$;
call mo_data.register_kpi(kpi_id => 'local_row', sources => array['prescribing'], :terse_call);
rollback to s;
-- totals that are none
call mo_data.register_kpi(kpi_id => 'local_broad_spectrum', sources => array['prescribing'], total_function => 'mo_data.setting_value', :terse_call);
rollback to s;
-- an unknown source; no source at all
call mo_data.register_kpi(kpi_id => 'local_broad_spectrum', sources => array['prescribing', 'horoscope'], :terse_call);
rollback to s;
call mo_data.register_kpi(kpi_id => 'local_broad_spectrum', sources => array[]::text[], :terse_call);
rollback to s;
-- the id of a shipped KPI
call mo_data.register_kpi(kpi_id => 'sea_raised', sources => array['prescribing'], :terse_call);
rollback to s;
-- an id that is no name, and a word the catalogue does not know
call mo_data.register_kpi(kpi_id => 'Local KPI', records_function => 'mo_data.kpi_local_broad_spectrum', sources => array['prescribing'], :terse_call);
rollback to s;
call mo_data.register_kpi(kpi_id => 'local_broad_spectrum', time_basis => 'weekly', sources => array['prescribing'], :terse_call);
rollback to s;
-- and not everybody may
select has_function_privilege('public', p.oid, 'execute') as everybody from pg_proc p where p.proname = 'register_kpi';
rollback;
