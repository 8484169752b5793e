-- Rolling up and comparing the results of one KPI for some months, said in SQL: the twin of what results_store has mo.rolled_up do.
create or replace function mo_data.result_rolled_up(kpi_id text, months date[])
    returns table (
        month date, org_type text, org_code text, breakdown text, numerator double precision, denominator double precision,
        value double precision, value_lower double precision, value_upper double precision)
    language sql stable rows 10000
    set search_path = pg_catalog, pg_temp
    set enable_nestloop = off -- row counts cannot be estimated here, and hash joins on all keys are right at every size
    set enable_mergejoin = off
    set enable_sort = off -- the same for its groups, of which there are as many as figures
    set jit = off
    as $$
    with path as materialized (
        select date_trunc('month', p.day)::date as month, p.org_code, p.org_type, p.prescribing_setting, p.pcn_code, p.sub_icb_code, p.icb_code,
            p.region_code, p.nation_code
        from mo_data.result_path((select array_agg((m + interval '1 month')::date - 1) from unnest(months) m)) p
    ), membership as materialized (
        select p.month, p.org_code, p.icb_code, g.group_code
        from path p
            join mo_data.organisation_group g on g.org_code = p.org_code and g.valid_from < p.month + interval '1 month'
                and (g.valid_to is null or g.valid_to >= p.month + interval '1 month')
    ), measured as materialized (
        select distinct v.month, p.icb_code
        from mo_data.kpi_value v join path p on p.month = v.month and p.org_code = v.org_code and p.icb_code is not null
        where v.kpi_id = result_rolled_up.kpi_id and v.month = any (months) -- be it of a part only: reviews where a PCN has no target
    ), known as materialized ( -- of which ICBs the KPI's data of a month are there
        select p.month, c.icb_code, c.first_month is not null or not k.begins_with_first as is_covered,
            coalesce(not k.begins_with_first or p.month >= c.first_month, false)
                and (m.month is not null
                    or k.unit = 'count' and (p.month < c.last_month or not exists (select from measured x where x.month = p.month))) as is_known
        from mo_data.kpi_month p
            join mo_data.kpi k on k.kpi_id = p.kpi_id
            cross join (
                select g.icb_code, min(g.first_month) as first_month, max(g.last_month) as last_month
                from mo_data.kpi_coverage g where g.kpi_id = result_rolled_up.kpi_id group by g.icb_code
            ) c
            left join measured m on m.month = p.month and m.icb_code = c.icb_code
        where p.kpi_id = result_rolled_up.kpi_id and p.month = any (months)
    ), base as (
        select v.month, v.org_code, v.breakdown, v.numerator, v.denominator
        from mo_data.kpi_value v
            left join path p on p.month = v.month and p.org_code = v.org_code
            left join known w on w.month = v.month and w.icb_code = p.icb_code
        where v.kpi_id = result_rolled_up.kpi_id and v.month = any (months) and coalesce(w.is_known, true)
        union all -- no record in a month that is published is 0, not a gap
        select w.month, p.org_code, '', 0, 0
        from known w
            join path p on p.month = w.month and p.icb_code = w.icb_code
            join mo_data.kpi_coverage c on c.kpi_id = result_rolled_up.kpi_id and c.org_type = p.org_type and c.icb_code = w.icb_code
        where w.is_known and (p.org_type <> 'practice' or p.prescribing_setting = 4 and p.org_code !~ '998$')
    ), incomplete as materialized ( -- what stands over several ICBs waits for all of them
        select distinct w.month, a.org_type, a.org_code
        from known w
            join path p on p.month = w.month and p.icb_code = w.icb_code
            cross join lateral (values ('region', p.region_code), ('nation', p.nation_code)) a (org_type, org_code)
        where w.is_covered and not w.is_known and a.org_code is not null
        union
        select w.month, 'group', g.group_code
        from known w join membership g on g.month = w.month and g.icb_code = w.icb_code
        where w.is_covered and not w.is_known
    ), placed as materialized (
        select p.*, v.breakdown, v.numerator, v.denominator
        from base v join path p on p.month = v.month and p.org_code = v.org_code
    ), gathered as ( -- once for all who belong to the same, before levels are made of them: a tenth of the rows
        select p.month, p.breakdown, p.pcn_code, p.sub_icb_code, p.icb_code, p.region_code, p.nation_code,
            sum(p.numerator) as numerator, sum(p.denominator) as denominator
        from placed p
        group by 1, 2, 3, 4, 5, 6, 7
    ), summed as (
        select p.month, 'practice' as org_type, p.org_code, p.breakdown, sum(p.numerator) as numerator, sum(p.denominator) as denominator
        from placed p where p.org_type = 'practice'
        group by 1, 3, 4
        union all
        select g.month, a.org_type, a.org_code, g.breakdown, sum(g.numerator), sum(g.denominator)
        from gathered g
            cross join lateral (values ('pcn', g.pcn_code), ('sub_icb', g.sub_icb_code), ('icb', g.icb_code), ('region', g.region_code),
                ('nation', g.nation_code)) a (org_type, org_code)
        where a.org_code is not null
        group by 1, 2, 3, 4
        union all
        select p.month, 'group', g.group_code, p.breakdown, sum(p.numerator), sum(p.denominator)
        from placed p join membership g on g.month = p.month and g.org_code = p.org_code
        group by 1, 3, 4
    )
    select s.month, s.org_type, s.org_code, s.breakdown, s.numerator, s.denominator,
        mo_data.result_value(k.unit, k.per, s.numerator, s.denominator),
        mo_data.result_lower(k.interval_method, k.per, s.numerator, case when k.unit = 'count' then 1 else s.denominator end),
        mo_data.result_upper(k.interval_method, k.per, s.numerator, case when k.unit = 'count' then 1 else s.denominator end)
    from summed s
        join mo_data.kpi k on k.kpi_id = result_rolled_up.kpi_id
        left join incomplete n on n.month = s.month and n.org_type = s.org_type and n.org_code = s.org_code
    where n.month is null
    $$;
revoke all on function mo_data.result_rolled_up(text, date[]) from public;
comment on function mo_data.result_rolled_up(text, date[]) is
    'Figures of a KPI at every level for the months given: sum of numerators over sum of denominators of the base organisations that '
    'belonged to each organisation on the month''s last day. In the ICBs that the KPI covers (kpi_coverage), a GP practice or PCN without a '
    'record in a published month has 0 over 0: a count is 0; a ratio is null, and has a row only where another of the ICB has a figure of '
    'that month: an ICB whose file is late has none. A count is 0 for a whole ICB where it has a record of a later month, or '
    'nobody has one of '
    'that month. A KPI that begins with its first has nothing in an ICB before anything was in a numerator there. Regions, the '
    'nation and groups '
    'have a figure only of months in which all covered ICBs below them have theirs; where it begins with its first, an ICB in which nothing '
    'was ever in a numerator is not waited for. A refresh does not call it (mo.rolled_up_into says the same, faster): after_restore '
    'checks stored results by it, and a test holds both equal.';

create or replace function mo_data.icb_opened()
    returns table (icb_code text, first_month date, earlier_code text)
    language sql stable
    set search_path = pg_catalog, pg_temp
    as $$
    select distinct n.parent_code, mo.month_start(n.valid_from), b.parent_code
    from (select p.*, min(p.valid_from) over (partition by p.parent_code) as opened_on from mo_data.organisation_parent p where p.parent_type = 'icb') n
        join mo_data.organisation_parent b on b.org_code = n.org_code and b.parent_type = 'icb' and b.parent_code <> n.parent_code
            and b.valid_from < n.valid_from and (b.valid_to is null or b.valid_to >= n.valid_from)
    where n.valid_from = n.opened_on and isfinite(n.valid_from)
    $$;
revoke all on function mo_data.icb_opened() from public;
comment on function mo_data.icb_opened() is
    'ICBs whose first sub-ICBs were another ICB''s until then: the first month at whose end they are theirs, and whose they were.';

create or replace function mo_data.kpi_coverages_grow(run_id integer, kpi_ids text[], months date[])
    returns text[]
    language sql
    set search_path = pg_catalog, pg_temp
    set enable_nestloop = off -- row counts cannot be estimated here, and hash joins on all keys are right at every size
    set enable_mergejoin = off
    set jit = off
    as $$
    with recursive given as materialized (
        select u.kpi_id, array_agg(u.month) as months from unnest(kpi_ids, months) as u (kpi_id, month) group by u.kpi_id
    ), restated as materialized (
        select distinct x.kpi_id, x.month from mo_data.kpi_value_change x where x.run_id = kpi_coverages_grow.run_id
    ), asked as materialized (
        select g.kpi_id, g.months as given, w.is_whole,
            case when w.is_whole then array(select m.month from mo_data.kpi_month m where m.kpi_id = g.kpi_id) else g.months end as months
        from given g
            cross join lateral (
                select exists ( -- the month that an end rests on was restated: look at all of them
                    select from mo_data.kpi_coverage c
                        join restated x on x.kpi_id = c.kpi_id and x.month in (c.first_month, c.last_month)
                    where c.kpi_id = g.kpi_id and x.month = any (g.months)
                ) or not exists ( -- all are given: memberships may have changed
                    select from mo_data.kpi_month m where m.kpi_id = g.kpi_id and m.month <> all (g.months)
                ) as is_whole
            ) w
    ), path as materialized (
        select date_trunc('month', p.day)::date as month, p.org_code, p.org_type, p.icb_code
        from mo_data.result_path(array(select distinct (u.month + interval '1 month')::date - 1 from asked a cross join lateral unnest(a.months) as u (month))) p
        where p.org_type in ('practice', 'pcn') and p.icb_code is not null
    ), found as materialized (
        select a.kpi_id, p.org_type, p.icb_code, min(v.month) filter (where v.numerator <> 0) as first_month, max(v.month) as last_month
        from asked a
            cross join lateral (
                select v.month, v.org_code, v.numerator from mo_data.kpi_value v
                where v.kpi_id = a.kpi_id and v.month = any (a.months) and v.breakdown = ''
                offset 0
            ) v
            join path p on p.org_code = v.org_code and p.month = v.month
        group by a.kpi_id, p.org_type, p.icb_code
    ), own as materialized ( -- what is known of months that are not looked at stays
        select f.kpi_id, f.org_type, f.icb_code, case when a.is_whole then f.first_month else least(f.first_month, w.first_month) end as first_month,
            case when a.is_whole then f.last_month else greatest(f.last_month, w.last_month) end as last_month
        from found f
            join asked a on a.kpi_id = f.kpi_id
            left join mo_data.kpi_coverage w on w.kpi_id = f.kpi_id and w.org_type = f.org_type and w.icb_code = f.icb_code
        union all
        select c.kpi_id, c.org_type, c.icb_code, c.first_month, c.last_month
        from asked a join mo_data.kpi_coverage c on c.kpi_id = a.kpi_id
        where not a.is_whole and not exists (select from found f where f.kpi_id = c.kpi_id and f.org_type = c.org_type and f.icb_code = c.icb_code)
    ), opened as materialized (
        select * from mo_data.icb_opened()
    ), latest as materialized (
        select m.kpi_id, max(m.month) as month from mo_data.kpi_month m where m.kpi_id in (select a.kpi_id from asked a) group by m.kpi_id
    ), handed_on as ( -- an ICB that opens goes on where those went on before of whom it is made
        select o.* from own o
        union
        select h.kpi_id, h.org_type, n.icb_code, n.first_month, (n.first_month - interval '1 month')::date
        from handed_on h
            join opened n on n.earlier_code = h.icb_code and n.first_month > h.first_month
            join latest l on l.kpi_id = h.kpi_id and l.month >= n.first_month
    ), reach as materialized (
        select h.kpi_id, h.org_type, h.icb_code, w.org_type is null as is_new, w.first_month as old_first, w.last_month as old_last, a.given,
            min(h.first_month) as first_month, max(h.last_month) as last_month
        from handed_on h
            join asked a on a.kpi_id = h.kpi_id
            left join mo_data.kpi_coverage w on w.kpi_id = h.kpi_id and w.org_type = h.org_type and w.icb_code = h.icb_code
        group by h.kpi_id, h.org_type, h.icb_code, w.org_type, w.first_month, w.last_month, a.given
    ), gone as (
        delete from mo_data.kpi_coverage c using asked a
        where a.is_whole and c.kpi_id = a.kpi_id
            and not exists (select from reach r where r.kpi_id = c.kpi_id and r.org_type = c.org_type and r.icb_code = c.icb_code)
        returning c.kpi_id
    ), kept as (
        insert into mo_data.kpi_coverage as c (kpi_id, org_type, icb_code, first_month, last_month, run_id)
        select r.kpi_id, r.org_type, r.icb_code, r.first_month, r.last_month, kpi_coverages_grow.run_id
        from reach r where r.is_new or (r.first_month, r.last_month) is distinct from (r.old_first, r.old_last)
        on conflict on constraint kpi_coverage_pkey do update
            set first_month = excluded.first_month, last_month = excluded.last_month, run_id = excluded.run_id
    )
    select coalesce(array_agg(distinct x.kpi_id), '{}')
    from (
            select g.kpi_id from gone g
            union all
            select r.kpi_id
            from reach r
            where r.is_new or r.first_month is distinct from r.old_first or r.last_month < r.old_last
                or exists ( -- months between, in which silence is now known to mean 0
                    select from mo_data.kpi_month p
                    where p.kpi_id = r.kpi_id and p.month > r.old_last and p.month < r.last_month and p.month <> all (r.given))
        ) x
    $$;
revoke all on function mo_data.kpi_coverages_grow(integer, text[], date[]) from public;
comment on function mo_data.kpi_coverages_grow(integer, text[], date[]) is
    'Notes the ICBs in which KPIs have figures for the months given (pairs), and from when to when. Returns the KPIs for which '
    'there is a new ICB, or one '
    'begins or ends elsewhere than was known, or has none any more: every month of theirs is then rolled up again, because which silence means 0 depends '
    'on it. An ICB that opens has what the ICBs had of whom it is made (icb_opened). Part of refresh().';

create or replace function mo_data.kpi_coverage_grow(run_id integer, kpi_id text, months date[])
    returns boolean
    language sql
    set search_path = pg_catalog, pg_temp
    as $$
    select mo_data.kpi_coverages_grow(run_id, array_fill(kpi_id, array[cardinality(months)]), months) <> '{}'
    $$;
revoke all on function mo_data.kpi_coverage_grow(integer, text, date[]) from public;
comment on function mo_data.kpi_coverage_grow(integer, text, date[]) is
    'kpi_coverages_grow of one KPI: true when every month of it has to be rolled up again.';

-- Medians without sorting twice or holding arrays: with the peers numbered 1..n by value and c = n / 2, both medians of everyone in the
-- group are made of the values numbered c, c + 1 and c + 2.
create or replace function mo_data.result_compared(kpi_id text, months date[])
    returns table (
        month date, org_type text, org_code text, breakdown text, numerator double precision, denominator double precision,
        value double precision, value_lower double precision, value_upper double precision, pcn_code text, icb_code text,
        peer_group text, peer_n integer, peer_median double precision, peer_median_without_self double precision, peer_rank integer,
        peer_decile integer, peer_percentile double precision, hidden smallint)
    language sql stable rows 10000
    set search_path = pg_catalog, pg_temp
    set enable_nestloop = off -- row counts cannot be estimated here, and hash joins on all keys are right at every size
    set enable_mergejoin = off
    set jit = off
    as $$
    with placed as materialized (
        select r.*, p.pcn_code, p.sub_icb_code, p.icb_code, p.region_code, p.nation_code, p.prescribing_setting, row_number() over ()::integer as id,
            mo_data.small_reason(
                k.unit, k.interval_method, r.numerator, r.denominator, k.hide_from, k.hide_to, k.hide_denominator_below) as reason,
            case when k.round_to > 1
                then mo_data.result_value(k.unit, k.per,
                    mo_data.rounded_numerator(r.numerator, r.denominator, k.interval_method, k.round_to), r.denominator)
                else r.value end as shown_value
        from mo_data.result_rolled_up(kpi_id, months) r
            join mo_data.kpi k on k.kpi_id = result_compared.kpi_id
            left join mo_data.result_path((select array_agg((m + interval '1 month')::date - 1) from unnest(months) m)) p
                on p.day = (r.month + interval '1 month')::date - 1 and p.org_code = r.org_code and p.org_type = r.org_type
    ), small as materialized ( -- months in which a figure is hidden for its own sake
        select p.month, array_agg(p.id) as ids, array_agg(p.org_type) as org_types, array_agg(p.org_code) as org_codes,
            array_agg(p.breakdown) as breakdowns, array_agg(p.numerator) as numerators, array_agg(p.denominator) as denominators,
            array_agg(p.reason) as reasons, array_agg(p.pcn_code) as pcn_codes, array_agg(p.sub_icb_code) as sub_icb_codes,
            array_agg(p.icb_code) as icb_codes, array_agg(p.region_code) as region_codes, array_agg(p.nation_code) as nation_codes
        from ( -- in one order, so that the same figures are hidden each time: two choices together would give figures away
                select x.* from placed x
                where x.month in (select y.month from placed y where y.reason > 0)
                order by x.month, x.org_type collate "C", x.org_code collate "C", x.breakdown collate "C"
            ) p
        group by p.month
    ), hidden as materialized (
        select h.id, h.hidden
        from small s
            cross join lateral mo_data.result_hidden(result_compared.kpi_id, s.month, s.ids, s.org_types, s.org_codes, s.breakdowns, s.numerators,
                s.denominators, s.reasons, s.pcn_codes, s.sub_icb_codes, s.icb_codes, s.region_codes, s.nation_codes) h
    ), grouped as (
        select p.*, coalesce(h.hidden, 0)::smallint as hidden, coalesce(h.hidden, 0) = 0 as is_shown,
            case
                when p.value is null then null
                when p.org_type = 'practice' and p.prescribing_setting = 4 or p.org_type = 'pcn' then p.icb_code
                when p.org_type in ('sub_icb', 'icb') then 'ENG'
            end as peer_group
        from placed p left join hidden h on h.id = p.id
    ), numbered as ( -- peers that readers see come first, and only they count
        select g.*, count(*) filter (where g.is_shown) over peers as n, count(*) over peers as n_with_hidden, rank() over by_value as value_rank,
            row_number() over by_value as position
        from grouped g
        window peers as (partition by g.month, g.org_type, g.peer_group, g.breakdown),
            by_value as (partition by g.month, g.org_type, g.peer_group, g.breakdown order by not g.is_shown, g.shown_value)
    ), middle as (
        select x.*,
            max(x.shown_value) filter (where x.position = x.n / 2) over peers as c0,
            max(x.shown_value) filter (where x.position = x.n / 2 + 1) over peers as c1,
            max(x.shown_value) filter (where x.position = x.n / 2 + 2) over peers as c2
        from numbered x
        window peers as (partition by x.month, x.org_type, x.peer_group, x.breakdown)
    )
    select m.month, m.org_type, m.org_code, m.breakdown, m.numerator, m.denominator, m.value, m.value_lower, m.value_upper,
        m.pcn_code, m.icb_code, m.peer_group, compared.n, compared.median, compared.without_self, compared.value_rank,
        compared.decile, compared.percentile, m.hidden
    from middle m
        left join lateral (
            select m.n::integer as n, case when m.is_shown then m.value_rank::integer end as value_rank,
                case when m.n % 2 = 1 then m.c1 else m.c0 + 0.5 * (m.c1 - m.c0) end as median,
                case
                    when m.n = 1 or not m.is_shown then null
                    when m.n % 2 = 0 then case when m.position <= m.n / 2 then m.c1 else m.c0 end
                    when m.position <= m.n / 2 then m.c1 + 0.5 * (m.c2 - m.c1)
                    when m.position = m.n / 2 + 1 then m.c0 + 0.5 * (m.c2 - m.c0)
                    else m.c0 + 0.5 * (m.c1 - m.c0)
                end as without_self,
                -- as mo.decile: a test holds them equal
                case when m.n >= 10 and m.is_shown then (1 + 10 * (m.value_rank - 1) / m.n)::integer end as decile,
                case when not m.is_shown then null when m.n > 1 then 100.0 * (m.value_rank - 1) / (m.n - 1) else 0 end::double precision as percentile
        ) compared on m.peer_group is not null and m.n > 0 and 5 * (m.n_with_hidden - m.n) <= m.n_with_hidden
    $$;
revoke all on function mo_data.result_compared(text, date[]) from public;
comment on function mo_data.result_compared(text, date[]) is
    'Figures of a KPI at every level with their peers: GP practices (prescribing setting 4) and PCNs within their ICB of the month, sub-ICBs '
    'and ICBs nationally. Medians are type 7 (percentile_cont), deciles those of mo.decile; organisations without a value are '
    'nobody''s peers. '
    'Which figures readers do not see is decided here (hidden, of result_hidden), and what is said of peers is made of those they see; '
    'where more than one peer in five is hidden nothing is said, because the others would be no fair comparison. A refresh does not call it: '
    'mo.rolled_up_into says the same, faster, and a test holds both equal.';

create or replace function mo_data.kpi_has_chart(time_basis text, counts_from_april boolean)
    returns boolean
    language sql immutable parallel safe
    begin atomic
        select time_basis <> 'annual' and not counts_from_april;
    end;
comment on function mo_data.kpi_has_chart(text, boolean) is
    'Whether a control chart of its months says anything: not of a figure that is made once a year, nor of one that starts again at 0 each '
    'April. For the published views.';
