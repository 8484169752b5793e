-- Twin of mo.rolled_up: the same in SQL, of 120,000 figures of four measures. (test/tap/results.t holds the layer's use of it, with coverage, equal to
-- the layer's SQL.)
\ir harness.psql

-- Three ICBs of two sub-ICBs, four PCNs each, some 400 practices, a few without a PCN, some not GP practices; memberships move between years.
create table twin.place as
    select m::date as month, 'P' || lpad(i::text, 4, '0') as code, 'practice' as type, case when i % 17 = 0 then 8 else 4 end::smallint as setting,
        case when i % 23 > 0 then 'U' || (i + extract(year from m)::int) % 24 end as pcn, 'S' || i % 6 as sub_icb, 'Q' || i % 3 as icb,
        'Y' || i % 3 / 2 as region, 'ENG' as nation
    from generate_series('2024-01-01'::timestamp, '2025-12-01', '1 month') m, generate_series(1, 420) i where i % 50 > 0 or m > '2025-01-01'
    union all
    select m::date, 'U' || i, 'pcn', null, 'U' || i, 'S' || i % 6, 'Q' || i % 3, 'Y' || i % 3 / 2, 'ENG'
    from generate_series('2024-01-01'::timestamp, '2025-12-01', '1 month') m, generate_series(0, 22) i
    union all
    select m::date, code, type, null, null, sub_icb, icb, region, nation
    from generate_series('2024-01-01'::timestamp, '2025-12-01', '1 month') m, (
        select 'S' || i, 'sub_icb', 'S' || i, 'Q' || i % 3, 'Y' || i % 3 / 2, 'ENG' from generate_series(0, 5) i union all
        select 'Q' || i, 'icb', null, 'Q' || i, 'Y' || i / 2, 'ENG' from generate_series(0, 2) i) o (code, type, sub_icb, icb, region, nation);
create table twin.membership as
    select m::date as month, 'P' || lpad(i::text, 4, '0') as code, 'G' || i % 5 as grp
    from generate_series('2024-01-01'::timestamp, '2025-12-01', '1 month') m, generate_series(1, 420) i where random() < 0.4;
create table twin.figure as
    select k, m::date as month, code, part, n as numerator, case k when 2 then n * random() else n + floor(random() * random() * 40) end as denominator
    from generate_series(1, 4) k, generate_series('2024-01-01'::timestamp, '2025-12-01', '1 month') m,
        (select 'P' || lpad(i::text, 4, '0') from generate_series(1, 425) i union all select 'U' || i from generate_series(0, 24, 5) i) o (code),
        unnest(array['', 'men', 'women', 'a longer name of a part than eight bytes']) part,
        lateral (select case when k = 4 then floor(random() * 9) else random() * 1000 * (random() > 0.1)::int end as n offset 0) x
    where random() < 0.9 and (k > 1 or part = '' or code < 'P0050');
create table twin.hidden as
    select f.k, f.month, p.type, f.code, f.part, (1 + (random() * 0.99)::int)::smallint as reason
    from twin.figure f join twin.place p on p.code = f.code and p.month = f.month and p.type in ('practice', 'pcn') where random() < 0.05 + 0.3 * (f.k = 3)::int;
delete from twin.hidden where (type, code) in (select 'practice', code from twin.place where type = 'pcn');
analyze;
create table twin.measure as select * from (values (1, 'percent', 1.0::float8, 'wilson', 1), (2, 'rate', 1000, 'none', 1), (3, 'percent', 1, 'wilson', 5), (4, 'count', 1, 'byar', 1)) m (k, unit, per, method, round_to);

create table twin.ours as
    select f.k, r.*
    from (select k, array_agg(month) as months, array_agg(code) as codes, array_agg(part) as parts, array_agg(numerator) as numerators, array_agg(denominator) as denominators
            from twin.figure group by k) f
        join twin.measure using (k)
        cross join (select array_agg(month + 27) as months, array_agg(code) as codes, array_agg(type) as types, array_agg(setting) as settings, array_agg(pcn) as pcns,
            array_agg(sub_icb) as sub_icbs, array_agg(icb) as icbs, array_agg(region) as regions, array_agg(nation) as nations from twin.place) p
        cross join (select array_agg(month) as months, array_agg(code) as members, array_agg(grp) as groups from twin.membership) g
        left join (select k, array_agg(month) as months, array_agg(type) as types, array_agg(code) as codes, array_agg(part) as parts, array_agg(reason) as reasons from twin.hidden group by k) h using (k)
        cross join lateral mo.rolled_up(f.months, f.codes, f.parts, f.numerators, f.denominators, p.months, p.codes, p.types, p.settings, p.pcns, p.sub_icbs, p.icbs,
            p.regions, p.nations, g.months, g.members, g.groups, unit, per, method, round_to,
            hidden_months => h.months, hidden_types => h.types, hidden_codes => h.codes, hidden_breakdowns => h.parts, hidden_reasons => h.reasons) r;
create table twin.sums as
    select f.k, f.month, a.type, a.code, f.part, sum(f.numerator::numeric)::float8 as numerator, sum(f.denominator::numeric)::float8 as denominator
    from twin.figure f join twin.place p on p.month = f.month and p.code = f.code
        cross join lateral (
            select 'practice', p.code where p.type = 'practice' union all
            select t, c from (values ('pcn', p.pcn), ('sub_icb', p.sub_icb), ('icb', p.icb), ('region', p.region), ('nation', p.nation)) u (t, c) where c is not null union all
            select 'group', g.grp from twin.membership g where g.month = f.month and g.code = f.code) a (type, code)
    group by 1, 2, 3, 4, 5;
create table twin.valued as
    select s.*, p.pcn, p.icb, p.setting, coalesce(h.reason, 0) as hidden,
        case when m.unit = 'count' then s.numerator when s.denominator <> 0 then s.numerator / s.denominator * m.per end as value, m.per, m.method, m.unit,
        case when m.round_to = 1 then case when m.unit = 'count' then s.numerator when s.denominator <> 0 then s.numerator / s.denominator * m.per end
            when s.denominator <> 0 then case when 5 * floor(s.numerator / 5 + 0.5) > s.denominator then 5 * floor(s.numerator / 5) else 5 * floor(s.numerator / 5 + 0.5) end / s.denominator end as shown
    from twin.sums s
        join twin.measure m using (k)
        left join twin.place p on p.month = s.month and p.code = s.code and p.type = s.type
        left join twin.hidden h on h.k = s.k and h.month = s.month and h.type = s.type and h.code = s.code and h.part = s.part;
create table twin.peered as
    select v.*, case when v.value is null then null when v.type = 'practice' and v.setting = 4 or v.type = 'pcn' then v.icb when v.type in ('sub_icb', 'icb') then 'ENG' end as peers
    from twin.valued v;
create index on twin.peered (k, month, type, code, part);
create table twin.grp as
    select k, month, type, peers, part, count(*) filter (where hidden = 0) as n, count(*) as n_all, array_agg(shown order by shown) filter (where hidden = 0) as vs
    from twin.peered where peers is not null group by 1, 2, 3, 4, 5;
analyze;
create function twin.type7(vs float8[]) returns float8 language sql immutable as $$ select percentile_cont(0.5) within group (order by v) from unnest(vs) v $$;
-- the group without one value: its place by rank
create function twin.without(vs float8[], v float8) returns float8[] language sql immutable as $$
    select vs[:i - 1] || vs[i + 1:] from (select array_position(vs, v) as i) x $$;

select twin.ok((select count(*) > 100000 from twin.figure) and (select count(*) > 100000 from twin.ours), 'more than 100,000 figures');
select twin.no_rows($$ select * from twin.ours o full join twin.peered t on t.k = o.k and t.month = o.month and t.type = o.org_type and t.code = o.org_code and t.part = o.breakdown
    where o.k is null or t.k is null or not twin.close(o.numerator, t.numerator, 1e-14) or not twin.close(o.denominator, t.denominator, 1e-14)
        or not twin.close(o.value, t.value, 1e-14) or o.hidden <> t.hidden or (o.pcn_code, o.icb_code, o.peer_group) is distinct from (t.pcn, t.icb, t.peers) $$,
    'sums, values and who is compared with whom');
select twin.no_rows($$ select o.k, o.month, o.org_code, o.value_lower, o.value_upper from twin.ours o join twin.measure m using (k)
    where m.method = 'wilson' and o.denominator > 0 and o.numerator between 0 and o.denominator
            and (not twin.close(o.value_lower, mo.proportion_lower(o.numerator, o.denominator), 1e-13) or not twin.close(o.value_upper, mo.proportion_upper(o.numerator, o.denominator), 1e-13))
        or m.method = 'byar' and (not twin.close(o.value_lower, mo.rate_lower(o.numerator, 1), 1e-13) or not twin.close(o.value_upper, mo.rate_upper(o.numerator, 1), 1e-13))
        or m.method = 'none' and (o.value_lower is not null or o.value_upper is not null) $$, 'intervals are those of the functions');
select twin.no_rows($$ select o.k, o.month, o.org_type, o.org_code, o.breakdown, o.peer_n, g.n, g.n_all, o.peer_rank, o.peer_median
    from twin.ours o join twin.peered t on t.k = o.k and t.month = o.month and t.type = o.org_type and t.code = o.org_code and t.part = o.breakdown
        left join twin.grp g on g.k = t.k and g.month = t.month and g.type = t.type and g.peers = t.peers and g.part = t.part
            and g.n > 0 and 5 * (g.n_all - g.n) <= g.n_all
        cross join lateral (select mo.median(v) as median, count(*) filter (where v < t.shown) as below from unnest(g.vs) v) x
    where o.month > '2025-08-01' and (o.peer_n is distinct from g.n::int or not twin.close(o.peer_median, x.median, 1e-13)
        or o.peer_rank is distinct from case when t.hidden = 0 and g.n > 0 then x.below + 1 end
        or not twin.close(o.peer_percentile, case when t.hidden = 0 and g.n > 1 then 100.0::float8 * x.below / (g.n - 1) when t.hidden = 0 and g.n = 1 then 0 end, 1e-13)
        or o.peer_decile is distinct from case when t.hidden = 0 and g.n >= 10 then 1 + 10 * x.below / g.n end) $$,
    'numbers, medians, ranks, percentiles and deciles of peers');
select twin.no_rows($$ select o.k, o.month, o.org_type, o.org_code, o.peer_median_without_self
    from twin.ours o join twin.peered t on t.k = o.k and t.month = o.month and t.type = o.org_type and t.code = o.org_code and t.part = o.breakdown
        join twin.grp g on g.k = t.k and g.month = t.month and g.type = t.type and g.peers = t.peers and g.part = t.part
    where o.month < '2024-03-01' and o.peer_n > 1 and t.hidden = 0
        and not twin.close(o.peer_median_without_self, twin.type7(twin.without(g.vs, t.shown)), 1e-12) $$, 'medians without self');
select twin.no_rows($$ select o.k, o.month, o.org_code, o.previous_month_value, p.value from twin.ours o
    left join twin.ours p on p.k = o.k and p.month = (o.month - interval '1 month')::date and p.org_type = o.org_type and p.org_code = o.org_code and p.breakdown = o.breakdown
    left join twin.ours y on y.k = o.k and y.month = (o.month - interval '1 year')::date and y.org_type = o.org_type and y.org_code = o.org_code and y.breakdown = o.breakdown
    where (o.previous_month_value, o.previous_month_numerator, o.previous_month_hidden, o.previous_year_value, o.previous_year_numerator, o.previous_year_hidden)
        is distinct from (p.value, p.numerator, coalesce(p.hidden, 0::int2), y.value, y.numerator, coalesce(y.hidden, 0::int2)) $$, 'the month and the year before');

-- shuffled figures give the same sums to the last bit; one row; nothing
select twin.no_rows($$ select a from (
        select md5(string_agg(r::text, ';' order by r::text)) as a from (
            select array_agg(month order by random()) as months, array_agg(code order by random()) as codes from twin.figure where false) f,
            mo.rolled_up(coalesce(f.months, '{}'), coalesce(f.codes, '{}'), '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}') r) x where a is not null $$, 'nothing gives nothing');
create function twin.shuffled(seed float8) returns text language sql as $$
    select md5(string_agg(r::text, ';' order by r::text))
    from (select array_agg(month order by o) as months, array_agg(code order by o) as codes, array_agg(part order by o) as parts, array_agg(numerator order by o) as numerators,
                array_agg(denominator order by o) as denominators
            from (select *, hashfloat8(numerator * seed + denominator) as o from twin.figure where k = 2 and month < '2024-07-01') x) f,
        (select array_agg(month) as months, array_agg(code) as codes, array_agg(type) as types, array_agg(setting) as settings, array_agg(pcn) as pcns,
            array_agg(sub_icb) as sub_icbs, array_agg(icb) as icbs, array_agg(region) as regions, array_agg(nation) as nations from twin.place) p,
        mo.rolled_up(f.months, f.codes, f.parts, f.numerators, f.denominators, p.months, p.codes, p.types, p.settings, p.pcns, p.sub_icbs, p.icbs, p.regions, p.nations) r $$;
select twin.ok(twin.shuffled(1) = twin.shuffled(7) and twin.shuffled(7) = twin.shuffled(0.3), 'the order of figures does not matter to the last bit');
select twin.ok((select (numerator, denominator, value, peer_n, peer_rank) = (1, 2, 0.5, 1, 1) and peer_median_without_self is null and peer_decile is null from mo.rolled_up(
    '{2026-01-01}', '{A}', '{""}', '{1}', '{2}', '{2026-01-31}', '{A}', '{practice}', '{4}', '{null}', '{null}', '{Q}', '{null}', '{null}') where org_type = 'practice'), 'one row');
select twin.ok((select count(*) = 0 from mo.rolled_up(null, null, null, null, null, null, null, null, null, null, null, null, null, null)), 'all nulls');
select '1..' || last_value from twin.checks;
