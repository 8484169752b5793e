-- KPIs prescribing_measure: every active measure of mo_data.prescribing_measure, all of them counted in one pass over the prescribing.
--
-- Numerator:    items, total quantity, NIC or actual cost of the presentations the measure names, of GP practices (prescribing setting 4)
--               open on the month's last day. Left out: UNIDENTIFIED rows, dummy codes ending 998, unknown codes, other prescribers.
-- Denominator:  the same of other presentations; or patients of the latest list on or before the month end, weighted or not; or the patients
--               in a cohort on the month end. Of a population a practice without prescribing has numerator 0 when its sub-ICB's
--               prescribing of the month is loaded; without a list it is out (convention 5a.4). Of prescribing, a practice that
--               prescribed nothing of either side has 0 over 0: no value, and nobody's peer; so has an ICB whose practices did not, and
--               nobody waits for it.
-- Parts:        of a cost-based percentage: quantity and actual_cost, numerator over denominator, from which savings are worked out.
-- Records:      practice x BNF presentation, and one record population a practice where the denominator is one.
-- Source:       OpenPrescribing, practice_ratios.sql: a missing numerator or denominator is 0, only setting 4.
create or replace function mo_data.measure_kpi_sync(measure mo_data.prescribing_measure)
    returns void
    language sql
    set search_path = pg_catalog, pg_temp
as $$
    insert into mo_data.kpi as k (
        kpi_id, family, page_order, on_front_page, name, short_name, unit, per, decimals, numerator_wording, denominator_wording, direction,
        time_basis, interval_method, sources, expected_lag_days, owner_role, definition_version, rationale, reference, rps_principle,
        records_function, total_function, is_shared, is_active, parts_add_up)
    select measure.measure_id, 'prescribing_measure',
        (select coalesce(max(x.page_order) filter (where x.family = 'prescribing_measure'), 4999) + 1 from mo_data.kpi x), false,
        measure.title, measure.short_title, u.unit, measure.per, case u.unit when 'percent' then 1 when 'ratio' then 3 else 2 end,
        measure.numerator_wording, measure.denominator_wording, measure.direction, 'flow',
        case when measure.is_percentage and measure.numerator_value = 'items' then 'wilson'
            when measure.population is not null and measure.numerator_value = 'items' then 'byar' else 'none' end,
        case when measure.population is null then '{prescribing,organisations,pcn_members}'
            when measure.population ~ '^register:' then '{prescribing,list_size,organisations,pcn_members,cohort_member,registration}'
            else '{prescribing,list_size,organisations,pcn_members}' end::text[],
        62, 'PCN clinical pharmacist lead', measure.definition_version::text, coalesce(measure.description, measure.title),
        concat_ws(', ', measure.source, measure.source_version), case when 'safety' = any (measure.tags) then 3 else 2 end,
        'mo_data.measure_record', 'mo_data.measure_total', true, measure.is_active, '{}' -- quantity and cost are no parts of a count
    from (
        select case when measure.is_percentage then 'percent'
            when measure.population is null then 'ratio'
            when measure.numerator_value in ('nic', 'actual_cost') then 'pounds' else 'rate' end as unit) u
    on conflict (kpi_id) do update set
        name = excluded.name, short_name = excluded.short_name, unit = excluded.unit, per = excluded.per, decimals = excluded.decimals,
        numerator_wording = excluded.numerator_wording, denominator_wording = excluded.denominator_wording, direction = excluded.direction,
        interval_method = excluded.interval_method, sources = excluded.sources, definition_version = excluded.definition_version,
        rationale = excluded.rationale, reference = excluded.reference, rps_principle = excluded.rps_principle,
        records_function = excluded.records_function, total_function = excluded.total_function, is_shared = excluded.is_shared,
        is_active = excluded.is_active
        where k.family = 'prescribing_measure'
$$;
revoke all on function mo_data.measure_kpi_sync(mo_data.prescribing_measure) from public;
comment on function mo_data.measure_kpi_sync(mo_data.prescribing_measure) is
    'Enters a measure in the KPI catalogue, or brings its row up to date. Small-number rules, lag, owner and place stay as the site has set them.';

create or replace function mo_data.measure_match(kpi_ids text[], codes text[])
    returns table (bnf_code text, kpi_id text, side text)
    language sql stable parallel restricted rows 10000
    set search_path = pg_catalog, pg_temp
    set enable_nestloop = off -- row counts cannot be estimated here, and hash joins on all keys are right at every size
    set enable_mergejoin = off
    set jit = off
as $$
    with entry as materialized (
        select m.measure_id, s.side, s.exclude, e.head, e.pattern, length(e.head) as head_length
        from mo_data.prescribing_measure m
            cross join lateral (values
                ('numerator', false, m.numerator_include), ('numerator', true, m.numerator_exclude),
                ('denominator', false, m.denominator_include), ('denominator', true, m.denominator_exclude)
            ) as s (side, exclude, entries)
            cross join lateral mo_data.measure_entry(s.entries) e
        where m.measure_id = any (kpi_ids)
    ), headed as materialized ( -- every code by the lengths that entries have, so that entries are looked up and not tried
        select c.code, left(c.code, l.head_length) as head
        from (select distinct u.code from unnest(codes) as u (code)) c cross join (select distinct x.head_length from entry x) l
        where length(c.code) >= l.head_length
    )
    select h.code, e.measure_id, e.side
    from headed h join entry e on e.head = h.head and (e.pattern = e.head || '%' or h.code like e.pattern)
    group by h.code, e.measure_id, e.side
    having not bool_or(e.exclude)
$$;
revoke all on function mo_data.measure_match(text[], text[]) from public;
comment on function mo_data.measure_match(text[], text[]) is
    'Which of the codes count in which of the measures, and on which side: an include matches and no exclude does.';

create or replace function mo_data.measure_population(
    population text, from_month date, to_month date, loaded_months date[], loaded_practices text[])
    returns table (month date, practice_code text, patients double precision)
    language sql stable parallel restricted rows 10000
    set search_path = pg_catalog, pg_temp
    set enable_nestloop = off -- row counts cannot be estimated here, and hash joins on all keys are right at every size
    set enable_mergejoin = off
    set jit = off
as $$
    with registered as materialized (
        select p.month_end, p.practice_code, count(*) as patients
        from ( -- once, however many memberships hold, and at one practice, as in cohort_patient_at_month_end
                select distinct on (e.month_end, c.patient_key) e.month_end, r.practice_code
                from unnest(mo_data.month_ends(from_month, to_month)) as e (month_end)
                    join mo_data.cohort_member c on c.cohort_code = substr(population, 10)
                        and c.member_from <= e.month_end and (c.member_to is null or c.member_to > e.month_end)
                    join mo_data.registration r on r.patient_key = c.patient_key
                        and r.registered_from <= e.month_end and (r.registered_to is null or r.registered_to > e.month_end)
                where population ~ '^register:'
                    and not exists (select from mo_data.patient d where d.patient_key = c.patient_key and d.died_on <= e.month_end)
                order by e.month_end, c.patient_key, r.registered_from desc, r.practice_code collate "C"
            ) p
        group by p.month_end, p.practice_code
    )
    select s.month, s.practice_code,
        case when population = 'list_size' then s.patients::double precision
            when population ~ '^register:' then coalesce(g.patients, 0)::double precision else s.weighted_patients end
    from mo_data.prescribing_scope(from_month, to_month, population, loaded_months, loaded_practices) s
        left join registered g on g.month_end = mo.month_end(s.month) and g.practice_code = s.practice_code
$$;
revoke all on function mo_data.measure_population(text, date, date, date[], text[]) from public;
comment on function mo_data.measure_population(text, date, date, date[], text[]) is
    'Denominators of a measure per population, a row a month and practice that has a list and whose sub-ICB''s prescribing is loaded '
    '(prescribing_scope): registered patients, weighted patients, or the patients of a cohort registered there (of two registrations: the one that began last, then at the lower code) on the month end and alive, each once.';

create or replace function mo_data.measure_practice(from_month date, to_month date)
    returns table (month date, practice_code text)
    language sql stable parallel restricted rows 10000
    set search_path = pg_catalog, pg_temp
as $$
    select mo.month_start(p.day), p.org_code
    from mo_data.organisation_path_on(mo_data.month_ends(from_month, to_month)) p
    where p.org_type = 'practice' and p.prescribing_setting = 4 and p.org_code !~ '998$'
$$;
revoke all on function mo_data.measure_practice(date, date) from public;
comment on function mo_data.measure_practice(date, date) is 'The practices measures speak of: GP practices (setting 4) open on the month''s last day.';

create or replace function mo_data.measure_value(
    value_kind text, items double precision, quantity double precision, nic double precision, actual_cost double precision)
    returns double precision
    language sql immutable parallel safe
    begin atomic
        select coalesce(case value_kind when 'items' then items when 'quantity' then quantity when 'nic' then nic else actual_cost end, 0);
    end;
revoke all on function mo_data.measure_value(text, double precision, double precision, double precision, double precision) from public;
comment on function mo_data.measure_value(text, double precision, double precision, double precision, double precision) is
    'The one of four values that a side of a measure counts; 0 for none.';

-- Every presentation is matched with every measure once; presentations that count in the same places make a class, and the rows of
-- prescribing are added up by practice and class (0: of no measure). A code that no file named yet (bnf_presentation) is found in the same pass and matched after it.
create or replace function mo_data.measure_total(kpi_ids text[], from_month date, to_month date)
    returns table (kpi_id text, org_code text, month date, breakdown text, numerator double precision, denominator double precision)
    language plpgsql stable rows 10000
    set search_path = pg_catalog, pg_temp
    set enable_nestloop = off -- row counts cannot be estimated here, and hash joins on all keys are right at every size
    set enable_mergejoin = off
    set jit = off
as $$
#variable_conflict use_column
declare
    codes text[]; -- as arrays, because a parallel scan can look into those and not into a CTE
    classes integer[];
    place_class integer[];
    place_kpi text[];
    place_side text[];
begin
    with matched as materialized (
        select m.bnf_code, array_agg(m.kpi_id || '/' || m.side order by m.kpi_id, m.side) as places
        from mo_data.measure_match(kpi_ids, (select array_agg(b.bnf_code::text) from mo_data.bnf_presentation b)) m
        group by m.bnf_code
    ), classed as materialized (
        select m.bnf_code, m.places, dense_rank() over (order by m.places)::integer as class from matched m
    ), place as (
        select distinct c.class, split_part(p.place, '/', 1) as kpi_id, split_part(p.place, '/', 2) as side
        from classed c cross join lateral unnest(c.places) as p (place)
    )
    select array_agg(b.bnf_code), array_agg(coalesce(c.class, 0)),
            (select array_agg(p.class order by p.class, p.kpi_id, p.side) from place p),
            (select array_agg(p.kpi_id order by p.class, p.kpi_id, p.side) from place p),
            (select array_agg(p.side order by p.class, p.kpi_id, p.side) from place p)
        into codes, classes, place_class, place_kpi, place_side
        from mo_data.bnf_presentation b left join classed c on c.bnf_code = b.bnf_code;
    return query
    with summed as materialized (
        select r.month, r.practice_code, k.class, case when k.class is null then r.bnf_code end as stray,
            sum(r.items) as items, sum(r.total_quantity) as quantity, sum(r.nic_e5) as nic_e5, sum(r.actual_cost_e5) as cost_e5
        from mo_data.prescribing r
            left join ( -- grouped, so that the planner knows each code to be there once, and hashes these and not the prescribing
                select u.bnf_code collate "C" as bnf_code, min(u.class) as class
                from unnest(codes, classes) as u (bnf_code, class) group by u.bnf_code collate "C"
            ) k on k.bnf_code = r.bnf_code
        where r.month between from_month and to_month and not r.unidentified and k.class is distinct from 0
        group by 1, 2, 3, 4
    ), stray as materialized (
        select m.bnf_code, m.kpi_id, m.side
        from mo_data.measure_match(kpi_ids, (select array_agg(distinct s.stray::text) from summed s where s.stray is not null)) m
    ), found as (
        select s.month, s.practice_code, p.kpi_id, p.side, s.items, s.quantity, s.nic_e5, s.cost_e5
        from summed s join unnest(place_class, place_kpi, place_side) as p (class, kpi_id, side) on p.class = s.class
        union all
        select s.month, s.practice_code, t.kpi_id, t.side, s.items, s.quantity, s.nic_e5, s.cost_e5
        from summed s join stray t on t.bnf_code collate "C" = s.stray
    ), part as materialized (
        select f.month, f.practice_code collate "default" as practice_code, f.kpi_id,
            sum(f.items) filter (where f.side = 'numerator')::double precision as num_items,
            sum(f.quantity) filter (where f.side = 'numerator') as num_quantity,
            sum(f.nic_e5) filter (where f.side = 'numerator')::double precision / 100000 as num_nic,
            sum(f.cost_e5) filter (where f.side = 'numerator')::double precision / 100000 as num_cost,
            sum(f.items) filter (where f.side = 'denominator')::double precision as den_items,
            sum(f.quantity) filter (where f.side = 'denominator') as den_quantity,
            sum(f.nic_e5) filter (where f.side = 'denominator')::double precision / 100000 as den_nic,
            sum(f.cost_e5) filter (where f.side = 'denominator')::double precision / 100000 as den_cost
        from found f
        group by 1, 2, 3
    ), loaded as materialized (
        select array_agg(d.month order by d.month, d.practice_code) as months, array_agg(d.practice_code::text order by d.month, d.practice_code) as practices
        from (
            select distinct r.month, r.practice_code from mo_data.prescribing r
            where r.month between from_month and to_month and not r.unidentified
                and exists (select from mo_data.prescribing_measure m where m.measure_id = any (kpi_ids) and m.population is not null)
        ) d
        where d.practice_code !~ '998$'
    ), month as materialized ( -- those that have prescribing: the others have no figures, and memberships of long ago take time
        select distinct u.month from summed u union select distinct u.month from loaded l cross join lateral unnest(l.months) as u (month)
    ), practice as materialized ( -- measure_practice, with their ICB
        select d.month, p.org_code as practice_code, p.icb_code
        from month d cross join lateral mo_data.organisation_path_on(mo_data.month_ends(d.month, d.month)) p
        where p.org_type = 'practice' and p.prescribing_setting = 4 and p.org_code !~ '998$'
    ), spoken as materialized (
        select distinct x.kpi_id, o.month, o.icb_code from part x join practice o on o.month = x.month and o.practice_code = x.practice_code
    ), silent as materialized ( -- ICBs in which nobody prescribed either side of what others did: where their prescribing is there, that is 0 and not a gap
        select a.kpi_id, a.month, i.icb_code
        from (select distinct x.kpi_id, x.month from spoken x join mo_data.prescribing_measure m on m.measure_id = x.kpi_id and m.population is null) a
            join (select distinct o.month, o.icb_code from practice o where o.icb_code is not null) i on i.month = a.month
            left join spoken h on h.kpi_id = a.kpi_id and h.month = a.month and h.icb_code = i.icb_code
        where h.kpi_id is null
    ), prescriber as ( -- one of each
        select o.month, o.icb_code, min(o.practice_code) as practice_code
        from mo_data.prescribing r
            join practice o on o.month = r.month and o.practice_code = r.practice_code collate "default"
        where exists (select from silent) and r.month between from_month and to_month and not r.unidentified
        group by o.month, o.icb_code
    ), population as materialized (
        select u.population, n.month, n.practice_code, n.patients
        from (select distinct m.population from mo_data.prescribing_measure m where m.measure_id = any (kpi_ids) and m.population is not null) u
            cross join loaded l
            cross join month d
            cross join lateral mo_data.measure_population(u.population, d.month, d.month, l.months, l.practices) n
    )
    select m.measure_id, x.practice_code, x.month, b.breakdown, b.numerator, b.denominator
    from mo_data.prescribing_measure m
        join part x on x.kpi_id = m.measure_id
        join practice o on o.month = x.month and o.practice_code = x.practice_code
        cross join lateral (values
            (null, mo_data.measure_value(m.numerator_value, x.num_items, x.num_quantity, x.num_nic, x.num_cost),
                mo_data.measure_value(m.denominator_value, x.den_items, x.den_quantity, x.den_nic, x.den_cost), true),
            ('quantity', coalesce(x.num_quantity, 0), coalesce(x.den_quantity, 0), m.is_cost_based and m.is_percentage),
            ('actual_cost', coalesce(x.num_cost, 0), coalesce(x.den_cost, 0), m.is_cost_based and m.is_percentage)
        ) as b (breakdown, numerator, denominator, is_wanted)
    where m.measure_id = any (kpi_ids) and m.population is null and b.is_wanted
    union all
    select s.kpi_id, p.practice_code, s.month, null, 0, 0
    from silent s join prescriber p on p.month = s.month and p.icb_code = s.icb_code
    union all
    select m.measure_id, n.practice_code, n.month, null,
        coalesce(mo_data.measure_value(m.numerator_value, x.num_items, x.num_quantity, x.num_nic, x.num_cost), 0), n.patients
    from mo_data.prescribing_measure m
        join population n on n.population = m.population
        join practice o on o.month = n.month and o.practice_code = n.practice_code
        left join part x on x.kpi_id = m.measure_id and x.month = n.month and x.practice_code = n.practice_code
    where m.measure_id = any (kpi_ids);
end
$$;
revoke all on function mo_data.measure_total(text[], date, date) from public;
comment on function mo_data.measure_total(text[], date, date) is
    'The figures of many measures, one row a measure, practice, month and breakdown, from one pass over the prescribing. Both months inclusive.';

create or replace function mo_data.measure_record(kpi_ids text[], from_month date, to_month date, org_codes text[] default null)
    returns table (
        kpi_id text, org_code text, month date, breakdown text, record_key text, numerator double precision, denominator double precision)
    language sql stable rows 10000
    set search_path = pg_catalog, pg_temp
    set enable_nestloop = off
    set enable_mergejoin = off
    set jit = off
as $$
    with summed as materialized (
        select r.month, r.practice_code, r.bnf_code, sum(r.items)::double precision as items, sum(r.total_quantity) as quantity,
            sum(r.nic_e5)::double precision / 100000 as nic, sum(r.actual_cost_e5)::double precision / 100000 as cost
        from mo_data.prescribing r
        where r.month between from_month and to_month and not r.unidentified and r.practice_code !~ '998$'
            and (org_codes is null or r.practice_code = any (org_codes))
        group by 1, 2, 3
    ), matched as materialized (
        select m.kpi_id, m.bnf_code, bool_or(m.side = 'numerator') as is_numerator, bool_or(m.side = 'denominator') as is_denominator
        from mo_data.measure_match(kpi_ids, (select array_agg(distinct s.bnf_code::text) from summed s)) m
        group by m.kpi_id, m.bnf_code
    ), loaded as materialized ( -- of the whole month: whether a sub-ICB's file is there does not depend on who is asked for
        select array_agg(d.month order by d.month, d.practice_code) as months, array_agg(d.practice_code::text order by d.month, d.practice_code) as practices
        from (
            select distinct r.month, r.practice_code from mo_data.prescribing r
            where r.month between from_month and to_month and not r.unidentified and r.practice_code !~ '998$'
                and exists (select from mo_data.prescribing_measure m where m.measure_id = any (kpi_ids) and m.population is not null)
        ) d
    ), practice as materialized (
        select p.month, p.practice_code from mo_data.measure_practice(from_month, to_month) p
        where org_codes is null or p.practice_code = any (org_codes)
    ), population as materialized (
        select u.population, n.month, n.practice_code, n.patients
        from (select distinct m.population from mo_data.prescribing_measure m where m.measure_id = any (kpi_ids) and m.population is not null) u
            cross join loaded l
            cross join lateral mo_data.measure_population(u.population, from_month, to_month, l.months, l.practices) n
    ), had as (
        select distinct p.month, p.practice_code from population p
    )
    select m.measure_id, o.practice_code, o.month, b.breakdown, s.bnf_code::text, b.numerator, b.denominator
    from mo_data.prescribing_measure m
        join matched c on c.kpi_id = m.measure_id
        join summed s on s.bnf_code = c.bnf_code collate "C"
        join practice o on o.month = s.month and o.practice_code = s.practice_code collate "default"
        left join had h on h.month = o.month and h.practice_code = o.practice_code
        cross join lateral (values
            (null, case when c.is_numerator then mo_data.measure_value(m.numerator_value, s.items, s.quantity, s.nic, s.cost) else 0 end,
                case when c.is_denominator and m.population is null
                    then mo_data.measure_value(m.denominator_value, s.items, s.quantity, s.nic, s.cost) else 0 end, true),
            ('quantity', case when c.is_numerator then coalesce(s.quantity, 0) else 0 end,
                case when c.is_denominator then coalesce(s.quantity, 0) else 0 end, m.is_cost_based and m.is_percentage),
            ('actual_cost', case when c.is_numerator then coalesce(s.cost, 0) else 0 end,
                case when c.is_denominator then coalesce(s.cost, 0) else 0 end, m.is_cost_based and m.is_percentage)
        ) as b (breakdown, numerator, denominator, is_wanted)
    where m.measure_id = any (kpi_ids) and b.is_wanted and (m.population is null or h.practice_code is not null)
    union all
    select m.measure_id, n.practice_code, n.month, null, 'population', 0, n.patients
    from mo_data.prescribing_measure m
        join population n on n.population = m.population
        join practice o on o.month = n.month and o.practice_code = n.practice_code
    where m.measure_id = any (kpi_ids)
$$;
revoke all on function mo_data.measure_record(text[], date, date, text[]) from public;
comment on function mo_data.measure_record(text[], date, date, text[]) is
    'Records of measures: practice and BNF presentation with what it adds to numerator and denominator, and a record population where the '
    'denominator is one; of the organisations given (null: all). Both months inclusive.';
