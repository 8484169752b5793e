-- Who followed whom, in words: merger, split, taken over, once more later; and what is shipped
\set VERBOSITY terse
begin;
set local datestyle = 'ISO';
-- what the layer comes with: the ICBs of April 2026
select org_code, successor_code, kind, effective_from from mo_data.organisation_successor order by 1, 2;
delete from mo_data.organisation_successor;
insert into mo_data.organisation (org_code, org_type, name, open_from, open_to) values
    ('QAA', 'icb', 'First', '1900-01-01', '2026-04-01'), ('QBB', 'icb', 'Second', '1900-01-01', '2026-04-01'), ('S1A1A', 'icb', 'New', '2026-04-01', null),
    ('QCC', 'icb', 'QCC', '1900-01-01', null);
insert into mo_data.organisation_successor (org_code, successor_code, kind, effective_from) values
    ('QAA', 'S1A1A', 'merger', '2026-04-01'), ('QBB', 'S1A1A', 'split', '2026-04-01'), ('QBB', 'QCC', 'acquisition', '2026-04-01'),
    ('S1A1A', 'S2B2B', 'recode', '2027-04-01'), ('QZZ', 'QAA', 'rename', '2020-04-01');
select org_code, narrative, latest_on from mo_data.succession order by 1;
-- an organisation's own words, of one that nothing is known of none, and none of Unknown
select mo_data.organisation_key_sync();
select org_code, succession_narrative, succession_on from mo_dashboard.dim_organisation where org_code in ('QAA', 'QCC', '-') order by org_code collate "C";
delete from mo_data.organisation_successor where org_code = 'QBB';
select org_code, succession_narrative, succession_on from mo_dashboard.dim_organisation where org_code in ('QBB', 'S1A1A') order by 1;
-- kinds are these
insert into mo_data.organisation_successor (org_code, successor_code, kind, effective_from) values ('QBB', 'S1A1A', 'closed', '2026-04-01');
rollback;
