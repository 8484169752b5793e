-- Which prescribing counts towards whom, and which does not and why. Categories exclude each other and add up to what is loaded.
-- Planned as part of the query that asks: a function of one SELECT without a SET of its own.
create or replace function mo_data.prescribing_category_of(month date, practice_code text, is_dummy boolean)
    returns table (category text)
    language sql stable
    begin atomic
        select
            case
                when is_dummy then 'unidentified_or_dummy'
                when o.org_code is null then 'unknown_practice'
                when o.open_from > e.month_end or o.open_to <= e.month_end then 'not_open_at_month_end'
                when list.month is null and o.prescribing_setting = 4 then 'no_list_size'
                when list.month is null then 'other_prescriber_without_list'
                when belongs.org_code is null then 'not_in_any_organisation'
                else 'counted'
            end
        from (select (prescribing_category_of.month + interval '1 month')::date - 1 as month_end) e
            left join mo_data.organisation o on o.org_code = prescribing_category_of.practice_code and o.org_type = 'practice'
            left join lateral ( -- in the order of an index, or it may be sought by reading the table
                select l.month from mo_data.list_size l
                where l.practice_code = prescribing_category_of.practice_code and l.month <= e.month_end order by l.month desc limit 1
            ) list on true
            left join lateral (
                select p.org_code
                from mo_data.organisation_parent p
                    join mo_data.organisation t on t.org_code = p.parent_code and t.open_from <= e.month_end and (t.open_to is null or t.open_to > e.month_end)
                where p.org_code = prescribing_category_of.practice_code and p.valid_from <= e.month_end and (p.valid_to is null or p.valid_to > e.month_end)
                order by p.parent_type, p.valid_from limit 1
            ) belongs on true;
    end;
revoke all on function mo_data.prescribing_category_of(date, text, boolean) from public;
comment on function mo_data.prescribing_category_of(date, text, boolean) is
    'Why a practice code''s prescribing of a month counts or not, as prescribing_by_practice.category. month is its first day; is_dummy: not identified, or a '
    'code ending 998.';

create or replace view mo_data.prescribing_by_practice as
    select
        g.month, g.practice_code, c.category, g.rows, g.rows_without_cost, g.items, g.nic, g.actual_cost
    from (
            -- collation "default" as organisation and list_size have it, so that their indexes serve
            select r.month, r.practice_code collate "default" as practice_code, (r.unidentified or r.practice_code ~ '998$') as is_dummy, count(*) as rows,
                count(*) filter (where r.actual_cost_e5 is null) as rows_without_cost, sum(r.items) as items,
                (coalesce(sum(r.nic_e5), 0) / 100000)::numeric(18, 5) as nic,
                (coalesce(sum(r.actual_cost_e5), 0) / 100000)::numeric(18, 5) as actual_cost
            from mo_data.prescribing r
            group by r.month, r.practice_code, (r.unidentified or r.practice_code ~ '998$')
        ) g
        cross join lateral mo_data.prescribing_category_of(g.month, g.practice_code, g.is_dummy) c;
comment on view mo_data.prescribing_by_practice is
    'Prescribing of a month by practice code as published, with the reason why it counts or not. One row a month, code and category.';
comment on column mo_data.prescribing_by_practice.month is 'First day of the month.';
comment on column mo_data.prescribing_by_practice.practice_code is 'Practice code as published.';
comment on column mo_data.prescribing_by_practice.category is
    'counted; not_in_any_organisation (has figures of its own but is in no PCN or sub-ICB on the month end); no_list_size (a GP practice); '
    'other_prescriber_without_list (hospices, out of hours and the like); not_open_at_month_end; unknown_practice (not in organisation); '
    'unidentified_or_dummy (UNIDENTIFIED, or a code ending 998).';
comment on column mo_data.prescribing_by_practice.rows is 'Rows loaded.';
comment on column mo_data.prescribing_by_practice.rows_without_cost is 'Of these, rows with no actual cost, which add nothing.';
comment on column mo_data.prescribing_by_practice.items is 'Prescription items.';
comment on column mo_data.prescribing_by_practice.nic is 'Net ingredient cost in pounds.';
comment on column mo_data.prescribing_by_practice.actual_cost is 'Actual cost in pounds.';

-- The same for months that a refresh counts, from what it keeps of them.
create or replace function mo_data.prescribing_category(from_month date, to_month date)
    returns table (
        month date, practice_code text, category text, rows bigint, rows_without_cost bigint, items bigint, nic numeric, actual_cost numeric)
    language sql stable rows 10000
    set search_path = pg_catalog, pg_temp
    as $$
    select
        g.month, g.practice_code, c.category, g.rows, g.rows_without_cost, g.items, g.nic, g.actual_cost
    from (
            select r.month, r.practice_code collate "default" as practice_code, (r.unidentified or r.practice_code ~ '998$') as is_dummy,
                sum(r.rows)::bigint as rows, sum(r.rows_without_cost)::bigint as rows_without_cost, sum(r.items)::bigint as items,
                (coalesce(sum(r.nic_e5), 0) / 100000)::numeric(18, 5) as nic, (coalesce(sum(r.actual_cost_e5), 0) / 100000)::numeric(18, 5) as actual_cost
            from mo_data.prescribing_sums(from_month, to_month) r
            group by 1, 2, 3
        ) g
        cross join lateral mo_data.prescribing_category_of(g.month, g.practice_code, g.is_dummy) c
    $$;
revoke all on function mo_data.prescribing_category(date, date) from public;
comment on function mo_data.prescribing_category(date, date) is
    'prescribing_by_practice for the months given, both by their first days, without reading the rows of months whose sums are kept.';

create or replace view mo_data.prescribing_reconciliation as
    select p.month, p.category, count(distinct p.practice_code) as practices, sum(p.rows)::bigint as rows,
        sum(p.rows_without_cost)::bigint as rows_without_cost, sum(p.items)::bigint as items, sum(p.nic) as nic,
        sum(p.actual_cost) as actual_cost
    from mo_data.prescribing_by_practice p
    group by p.month, p.category;
comment on view mo_data.prescribing_reconciliation is
    'Every row of prescribing, by month and by why it counts or not (see prescribing_by_practice). The categories of a month add up to '
    'the rows and to the money loaded, to the penny.';
comment on column mo_data.prescribing_reconciliation.month is 'First day of the month.';
comment on column mo_data.prescribing_reconciliation.category is 'Why the rows count or not; the values are those of prescribing_by_practice.';
comment on column mo_data.prescribing_reconciliation.practices is 'Practice codes with such rows.';
comment on column mo_data.prescribing_reconciliation.rows is 'Rows loaded.';
comment on column mo_data.prescribing_reconciliation.rows_without_cost is 'Of these, rows with no actual cost, which add nothing.';
comment on column mo_data.prescribing_reconciliation.items is 'Prescription items.';
comment on column mo_data.prescribing_reconciliation.nic is 'Net ingredient cost in pounds.';
comment on column mo_data.prescribing_reconciliation.actual_cost is 'Actual cost in pounds.';
