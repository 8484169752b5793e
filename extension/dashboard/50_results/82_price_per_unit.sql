-- Price per unit: what would be saved if practices paid what the cheapest tenth of practices pays for a presentation or its brands.
--
-- Source: OpenPrescribing, price per unit. Group: the generic presentation of a BNF code (characters 1-9, AA, the last two twice); codes
-- that are not of 15 characters or end in A0 have none, testing reagents of 0601060U0 and 0601060D0 aside; not those of generic_exclusion.
-- Price: NIC over quantity of a GP practice in a month. Target: the 10th percentile (type 7) of practices. A practice's saving is
-- NIC - quantity x target, or 0; above it, sums of practices. Below price_per_unit_threshold it is left out.
create or replace function mo_data.generic_presentation(bnf_code text)
    returns text
    language sql immutable strict parallel safe
    begin atomic
        select case when pg_catalog.length(bnf_code) = 15
                and (pg_catalog.right(bnf_code, 2) <> 'A0' or pg_catalog.left(bnf_code, 9) in ('0601060U0', '0601060D0'))
            then pg_catalog.left(bnf_code, 9) || 'AA' || pg_catalog.right(bnf_code, 2) || pg_catalog.right(bnf_code, 2) end;
    end;
revoke all on function mo_data.generic_presentation(text) from public;
comment on function mo_data.generic_presentation(text) is
    'BNF code of the generic presentation that a presentation is, or is a brand of. Null: it has none (appliances, codes ending in A0).';

create or replace function mo_data.price_per_unit_of(month date, fraction double precision)
    returns table (
        generic_code text, org_key integer, practices integer, target_price double precision, quantity double precision, nic double precision,
        saving double precision)
    language plpgsql stable parallel safe rows 5000
    set search_path = pg_catalog, pg_temp
    set plan_cache_mode = force_custom_plan -- the planner is told the month, and leaves the other partitions out
    set enable_nestloop = off -- row counts cannot be estimated here, and hash joins on all keys are right at every size
    set enable_mergejoin = off
    set jit = off
    as $$
begin
    if month is null then
        return;
    end if;
    return query
    with recursive step (generic_code, primary_code, passed) as ( -- what is counted with another that is counted with a third, is counted with the third
        select e.generic_code, e.primary_code, array[e.generic_code] from mo_data.generic_equivalent e
        union all
        select s.generic_code, e.primary_code, s.passed || e.generic_code
        from step s join mo_data.generic_equivalent e on e.generic_code = s.primary_code
        where e.generic_code <> all (s.passed)
    ), equivalent as (
        select distinct on (s.generic_code) s.generic_code, s.primary_code from step s order by s.generic_code, cardinality(s.passed) desc
    ), presentation as ( -- grouped, so that the planner knows that each code is in it once
        select c.bnf_code, max(coalesce(e.primary_code, c.generic_code)) as generic_code
        from (
            select d.bnf_code, mo_data.generic_presentation(d.bnf_code) as generic_code
            from (select distinct r.bnf_code from mo_data.prescribing r where r.month = price_per_unit_of.month offset 0) d
            offset 0
        ) c
            left join equivalent e on e.generic_code = c.generic_code
        where c.generic_code is not null and not exists (select from mo_data.generic_exclusion x where c.bnf_code like x.pattern)
        group by c.bnf_code
    ), paid as materialized (
        select r.practice_code collate "default" as practice_code, p.generic_code, sum(r.total_quantity) as quantity, sum(r.nic_e5)::double precision / 100000 as nic
        from mo_data.prescribing r
            join presentation p on p.bnf_code = r.bnf_code
        where r.month = price_per_unit_of.month and not r.unidentified and r.nic_e5 is not null
            and r.practice_code = any (array( -- one look-up a row, and the planner knows that it leaves most of them
                select o.practice_code from mo_data.measure_practice(price_per_unit_of.month, price_per_unit_of.month) o))
        group by r.practice_code, p.generic_code
        having sum(r.total_quantity) > 0
    ), target as materialized (
        select p.generic_code, count(*)::integer as practices, percentile_cont(fraction) within group (order by p.nic / p.quantity) as target_price
        from paid p group by p.generic_code
    )
    select t.generic_code, null::integer, t.practices, t.target_price, null::double precision, null::double precision, null::double precision from target t
    union all
    select p.generic_code, k.org_key, null, null, sum(p.quantity), sum(p.nic), sum(greatest(p.nic - p.quantity * t.target_price, 0))
    from paid p
        join target t on t.generic_code = p.generic_code
        join mo_data.organisation_ancestor_on(array[mo.month_end(price_per_unit_of.month)]) a on a.org_code = p.practice_code
        join mo_data.organisation_key k on k.org_code = a.ancestor_code and k.org_type = a.ancestor_type
        join mo_data.price_per_unit_threshold h on h.org_type = a.ancestor_type
    group by k.org_key, p.generic_code
    having sum(greatest(p.nic - p.quantity * t.target_price, 0)) >= greatest(max(h.least_saving), 0.005); -- half a penny: nothing, but for the last digit of a price
end
    $$;
revoke all on function mo_data.price_per_unit_of(date, double precision) from public;
comment on function mo_data.price_per_unit_of(date, double precision) is
    'Prices per unit of a month, by generic presentation (org_key is null), and savings, by that and organisation, where the price is the fraction given of practices.';

create or replace function mo_data.price_per_unit_at_once(months date[])
    returns table (
        month date, generic_code text, org_key integer, practices integer, target_price double precision, quantity double precision,
        nic double precision, saving double precision)
    language plpgsql stable rows 10000
    set search_path = pg_catalog, pg_temp
    set parallel_setup_cost = 0 -- the planner does not know how dear the function is
    set parallel_tuple_cost = 0
    set jit = off
    as $$
declare
    fraction constant double precision := mo_data.setting_value('price_per_unit_percentile') / 100;
begin
    for i in 1 .. cardinality(months) by 3 loop
        return query
            select months[i], p.* from mo_data.price_per_unit_of(months[i], fraction) p
            union all
            select months[i + 1], p.* from mo_data.price_per_unit_of(months[i + 1], fraction) p
            union all
            select months[i + 2], p.* from mo_data.price_per_unit_of(months[i + 2], fraction) p;
    end loop;
end
    $$;
revoke all on function mo_data.price_per_unit_at_once(date[]) from public;
comment on function mo_data.price_per_unit_at_once(date[]) is
    'price_per_unit_of months, several of them by as many processes: a query that stands in a statement that writes is one process''s. Part of refresh().';

create or replace function mo_data.price_per_unit_count(months date[])
    returns void
    language sql
    set search_path = pg_catalog, pg_temp
    as $$
    delete from mo_data.price_per_unit p where p.month = any (months);
    delete from mo_data.price_per_unit_saving s where s.month = any (months);
    with made as materialized (
        select m.* from mo_data.price_per_unit_at_once(months) m
    ), target as (
        insert into mo_data.price_per_unit (month, generic_code, practices, target_price)
        select m.month, m.generic_code, m.practices, m.target_price from made m where m.org_key is null
    )
    insert into mo_data.price_per_unit_saving (month, org_key, generic_code, quantity, nic, saving)
    select m.month, m.org_key, m.generic_code, m.quantity, m.nic, m.saving from made m where m.org_key is not null;
    $$;
revoke all on function mo_data.price_per_unit_count(date[]) from public;
comment on function mo_data.price_per_unit_count(date[]) is 'Works out prices per unit and savings of months again.';

create or replace function mo_data.price_per_unit_replace(run_id integer)
    returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
declare
    due record;
    started constant timestamptz := clock_timestamp();
    wanted date[];
    months date[];
    fingerprints text[];
    each_took interval;
begin
    select coalesce(array_agg(x.month), '{}') into wanted
        from (
            select distinct m.month from mo_data.load_batch b cross join lateral unnest(b.months) as m (month)
            where b.source = 'prescribing' and b.state <> 'failed'
            order by m.month desc limit mo_data.setting_value('price_per_unit_months')::integer
        ) x;
    delete from mo_data.price_per_unit p where p.month <> all (wanted);
    delete from mo_data.price_per_unit_saving s where s.month <> all (wanted);
    delete from mo_data.price_per_unit_month m where m.month <> all (wanted);
    with rules as (
        select md5(concat_ws('/',
            (select string_agg(r.item || r.fingerprint, ';' order by r.item) from mo_data.refresh_reference_now() r
                where r.item in ('organisation', 'organisation_parent', 'setting:price_per_unit_percentile')),
            (select string_agg(x.pattern, ';' order by x.pattern) from mo_data.generic_exclusion x),
            (select string_agg(e.generic_code || e.primary_code, ';' order by e.generic_code) from mo_data.generic_equivalent e),
            (select string_agg(h.org_type || h.least_saving, ';' order by h.org_type) from mo_data.price_per_unit_threshold h))) as fingerprint
        where wanted <> '{}'
    ), now as (
        select w.month, md5(r.fingerprint || string_agg(b.batch_id::text || b.state, ',' order by b.batch_id)) as fingerprint
        from unnest(wanted) as w (month) cross join rules r
            join mo_data.load_batch b on b.source = 'prescribing' and b.state <> 'failed' and w.month = any (b.months)
        group by w.month, r.fingerprint
    )
    select array_agg(n.month order by n.month), array_agg(n.fingerprint order by n.month) into months, fingerprints from now n
    where not exists (select from mo_data.purge_log p where p.table_name = 'prescribing' and p.before > n.month) -- what was published of them stands
        and (not exists (select from mo_data.price_per_unit_month m where m.month = n.month and m.fingerprint = n.fingerprint)
            or not exists (select from mo_data.refresh_prescribing_month k where k.month = n.month)); -- rows edited by hand, or nobody looks whether they are
    if months is null then
        return;
    end if;
    perform mo_data.price_per_unit_count(months);
    insert into mo_data.price_per_unit_month as m (month, fingerprint, run_id)
        select u.month, u.fingerprint, price_per_unit_replace.run_id from unnest(months, fingerprints) as u (month, fingerprint)
        on conflict on constraint price_per_unit_month_pkey do update set fingerprint = excluded.fingerprint, run_id = excluded.run_id;
    each_took := (clock_timestamp() - started) / cardinality(months); -- they are worked out together
    for due in select u.month from unnest(months) as u (month) where exists (select from mo_data.price_per_unit p where p.month = u.month) order by u.month loop
        perform mo_data.refresh_note(run_id, 'price per unit', null, due.month, due.month,
            (select count(*) from mo_data.price_per_unit_saving s where s.month = due.month), clock_timestamp() - each_took);
    end loop;
end
    $$;
revoke all on function mo_data.price_per_unit_replace(integer) from public;
comment on function mo_data.price_per_unit_replace(integer) is
    'Works out prices per unit for the latest months of prescribing (setting price_per_unit_months) where loads, memberships, rules or '
    'rows have changed since. Part of refresh().';
