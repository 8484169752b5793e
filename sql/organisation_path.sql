-- To whom practices belong, as at a day: dated, half-open, through the PCN's lead sub-ICB where there is one
\set VERBOSITY terse
begin;
set local datestyle = 'ISO';
update mo_data.kpi set is_active = kpi_id = 'cost_per_weighted_patient';
insert into mo_data.organisation (org_code, org_type, name, prescribing_setting, open_from, open_to) values
    ('ENG', 'nation', 'England', null, '1900-01-01', null), ('Y11', 'region', 'North', null, '1900-01-01', null),
    ('QAA', 'icb', 'Old ICB', null, '1900-01-01', '2016-04-01'), ('D1A2B', 'icb', 'New ICB', null, '2016-04-01', null),
    ('QBB', 'icb', 'Next ICB', null, '1900-01-01', null), ('00A', 'sub_icb', 'A', null, '1900-01-01', null),
    ('00B', 'sub_icb', 'B', null, '1900-01-01', null), ('U00001', 'pcn', 'PCN 1', null, '1900-01-01', null),
    ('U00002', 'pcn', 'PCN 2', null, '1900-01-01', null), ('A00001', 'practice', 'Stays', 4, '1900-01-01', null),
    ('A00002', 'practice', 'Across the border', 4, '1900-01-01', null), ('A00003', 'practice', 'Changes PCN', 4, '1900-01-01', null),
    ('A00004', 'practice', 'In no PCN', 4, '1900-01-01', null), ('A00005', 'practice', 'In nothing', 4, '1900-01-01', null),
    ('A00006', 'practice', 'Closes on the last day of April', 4, '1900-01-01', '2016-04-30');
insert into mo_data.organisation_parent (org_code, parent_type, parent_code, valid_from, valid_to) values
    ('Y11', 'nation', 'ENG', '1900-01-01', null), ('QAA', 'region', 'Y11', '1900-01-01', '2016-04-01'),
    ('D1A2B', 'region', 'Y11', '2016-04-01', null), ('QBB', 'region', 'Y11', '1900-01-01', null),
    ('00A', 'icb', 'QAA', '1900-01-01', '2016-04-01'), ('00A', 'icb', 'D1A2B', '2016-04-01', null), ('00B', 'icb', 'QBB', '1900-01-01', null),
    ('U00001', 'sub_icb', '00A', '1900-01-01', null), ('U00002', 'sub_icb', '00B', '1900-01-01', null),
    ('A00001', 'sub_icb', '00A', '1900-01-01', null), ('A00001', 'pcn', 'U00001', '1900-01-01', null),
    ('A00002', 'sub_icb', '00B', '1900-01-01', null), ('A00002', 'pcn', 'U00001', '1900-01-01', null),
    ('A00003', 'sub_icb', '00A', '1900-01-01', null), ('A00003', 'pcn', 'U00001', '1900-01-01', '2016-04-30'),
    ('A00003', 'pcn', 'U00002', '2016-04-30', null), ('A00004', 'sub_icb', '00B', '1900-01-01', null),
    ('A00006', 'sub_icb', '00A', '1900-01-01', null), ('A00006', 'pcn', 'U00001', '1900-01-01', null);
-- overlapping parents are refused
savepoint before_overlap;
insert into mo_data.organisation_parent (org_code, parent_type, parent_code, valid_from) values ('A00001', 'pcn', 'U00002', '2020-01-01');
rollback to before_overlap;
-- March: the old ICB; A00003 still in PCN 1; A00002 is B's own but its PCN's ICB is A's
select practice_code, pcn_code, sub_icb_code, icb_code, region_code, nation_code from mo_data.organisation_path('2016-03-01') order by 1;
-- April: the new ICB; A00003 changed on the month's last day; A00006 left on it
select practice_code, pcn_code, sub_icb_code, icb_code, region_code, nation_code from mo_data.organisation_path('2016-04-01') order by 1;
-- then and now
select practice_code, pcn_code, current_pcn_code, icb_code, current_icb_code
from mo_data.organisation_path('2016-03-01') where practice_code in ('A00001', 'A00003') order by 1;
-- every organisation is its own parent of its kind, and PCNs follow their lead
select org_code, org_type, pcn_code, sub_icb_code, icb_code, region_code, nation_code
from mo_data.organisation_path_on('{2016-04-30}') where org_type <> 'practice' order by org_type, org_code;
-- what a figure counts towards, with a site's own group
insert into mo_data.organisation_group (group_code, org_code, group_name, valid_to) values
    ('fed_1', 'A00001', 'Federation', null), ('fed_1', 'A00004', 'Federation', '2016-04-30');
select day, org_code, string_agg(ancestor_type || ' ' || ancestor_code, ', ' order by ancestor_type) as counts_towards
from mo_data.organisation_ancestor_on('{2016-03-31,2016-04-30}') where org_code in ('A00001', 'A00004') group by 1, 2 order by 1, 2;
-- groups are of practices, and have codes of their own; where an organisation with the code came later, it is said
savepoint before_groups;
insert into mo_data.organisation_group (group_code, org_code, group_name) values ('fed_2', 'U00001', 'A federation of PCNs');
rollback to before_groups;
insert into mo_data.organisation_group (group_code, org_code, group_name) values ('U00002', 'A00001', 'A locality');
rollback to before_groups;
insert into mo_data.organisation_group (group_code, org_code, group_name) values ('U00009', 'A00001', 'A locality'), ('U00009', 'A00099', 'A locality');
update mo_data.organisation_group set org_code = 'QAA' where group_code = 'U00009' and org_code = 'A00099';
rollback to before_groups;
insert into mo_data.organisation_group (group_code, org_code, group_name) values ('U00009', 'A00001', 'A locality'), ('fed_2', 'U00009', 'A federation');
insert into mo_data.organisation (org_code, org_type, name) values ('U00009', 'pcn', 'PCN 9');
select source, narrative from mo_data.source_left_out_now() where source = 'organisation_group';
rollback to before_groups;
-- a PCN that has closed and an ICB that is not open yet have no members, whatever memberships were left open; the view of memberships agrees
savepoint before_closing;
update mo_data.organisation set open_to = '2016-04-15' where org_code = 'U00001';
update mo_data.organisation set open_from = '2016-04-30' where org_code = 'QBB';
select p.day, p.org_code, p.pcn_code, p.sub_icb_code, p.icb_code, p.region_code
from mo_data.organisation_path_on('{2016-03-31,2016-04-29}') p where p.org_code in ('A00001', 'A00002', 'U00002', '00B') order by 1, 2;
select m.practice_code, m.valid_from, m.valid_to from mo_data.practice_membership m where m.practice_code = 'A00001' order by 3;
rollback to before_closing;
-- no days, no rows; days may repeat
select count(*) from mo_data.organisation_path_on('{}');
select count(*) = count(distinct org_code) as one_row_each from mo_data.organisation_path_on('{2016-04-30,2016-04-30,null}');
-- practices add up to PCNs, PCNs to their ICB, ICBs to the nation: every month, through the published results
insert into mo_data.list_size (practice_code, month, sex, age_from, age_to, patients, batch_id)
    select org_code, '2016-01-01', 'M', 0, 4, 100 * row_number() over (order by org_code), 0 from mo_data.organisation where org_type = 'practice';
create table mo_data.prescribing_03 partition of mo_data.prescribing for values in ('2016-03-01');
create table mo_data.prescribing_04 partition of mo_data.prescribing for values in ('2016-04-01');
insert into mo_data.prescribing (month, practice_code, bnf_code, items, actual_cost_e5, batch_id)
    select m, org_code, '0212000B0AAABAB', 1, 100000 * row_number() over (order by org_code), 0
    from mo_data.organisation, unnest('{2016-03-01,2016-04-01}'::date[]) m where org_type = 'practice';
set local client_min_messages = warning;
insert into mo_data.load_batch (source, file_name, file_sha256, file_bytes, format, state, months)
    values ('prescribing', 'x.csv', repeat('0', 64), 1, 'epd', 'loaded', '{2016-03-01,2016-04-01}');
call mo_data.refresh('2016-03-01', '2016-04-01');
select month_start, org_type, org_code, numerator, denominator, as_at_pcn_code, as_at_icb_code, peer_n
from mo_dashboard.fact_kpi where org_type <> 'practice' order by month_start, org_type, org_code;
select f.month_start, f.as_at_pcn_code, sum(f.numerator) as practices, max(p.numerator) as pcn
from mo_dashboard.fact_kpi f join mo_dashboard.fact_kpi p on p.org_code = f.as_at_pcn_code and p.month_start = f.month_start and p.kpi_id = f.kpi_id
where f.org_type = 'practice' group by 1, 2 order by 1, 2;
select d.org_code, d.current_pcn_code, d.current_icb_code, d.current_region_code, d.is_open from mo_dashboard.dim_organisation d
where d.org_type in ('practice', 'pcn', 'unknown') order by d.org_code;
rollback;
