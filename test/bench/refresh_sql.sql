-- Every KPI as good plain SQL would have it, for area_refresh.pl, in four parts:
--   1. tables used more than once, made first: with statistics, and read by parallel processes, as common table expressions are not;
--   2. sums: counted_<kpi_id> is a KPI's. A KPI that has none here is summed from its function of records, which is plain SQL and takes a moment;
--      the sums become plain.record;
--   3. names as numbers, because sorting and grouping by five names takes most of the time otherwise;
--   4. figures of all levels: higher ones from the sums of the organisations that have the same parents.
-- Words with a colon are filled in: a patient's months are the bits of a bigint, :bit(day) is the bit of a day's month (0 in and before the first
-- month, :bits after the last), so that [from, to) holds on the month ends (1 << :bit(to)) - (1 << :bit(from)); :lanes and :months count bits for
-- each month, in lanes of 16 bits that are added at once. Brackets matter: | & << have one precedence. "offset 0" keeps what was worked out
-- from being copied into every sum; :one_month{} is there for a month, where an index is faster. "outcome is null or" is estimated well, coalesce(outcome, ...) is not.
create unlogged table plain.path as -- to whom organisations belonged on month ends; the function keeps other processes out of a query it is in
    select date_trunc('month', day::timestamp)::date as month, p.* from mo_data.organisation_path_on(array(
        select (m + interval '1 month')::date - 1 from generate_series(:first_month::timestamp, :last_month, interval '1 month') m)) p;
create unlogged table plain.placed as -- where a patient of a cohort is registered on month ends: at the registration that began last, then at the lower code
    select p.patient_key, p.practice_code, p.mask & ~coalesce(p.later, 0) & b.mask as mask
    from (
            select r.*, bit_or(r.mask) over (partition by r.patient_key order by r.registered_from desc, r.practice_code collate "C" rows between unbounded preceding and 1 preceding) as later
            from (
                    select patient_key, practice_code, registered_from, (1::int8 << coalesce(:bit(registered_to), :bits)) - (1::int8 << :bit(registered_from)) as mask
                    from mo_data.registration
                    where registered_from <= :last_end and (registered_to is null or registered_to > :first_end)
                        and patient_key in (select patient_key from mo_data.cohort_member) offset 0
                ) r
        ) p
        join (
            select org_code, bit_or((1::int8 << coalesce(:bit(valid_to), :bits)) - (1::int8 << :bit(valid_from))) as mask
            from mo_data.organisation_parent group by org_code) b on b.org_code = p.practice_code;
create unlogged table plain.rule as -- tests as numbers, and how long one is in date as months * 10000 + days
    select q.cohort_code, k.drug_group, q.from_day, q.to_day, q.test_code_set, dense_rank() over (order by q.test_code_set)::int4 as test,
        coalesce(q.interval_months * 10000, q.interval_days) as span, q.grace_days
    from mo_data.monitoring_requirement q join mo_data.cohort k using (cohort_code)
    where q.is_on and k.kind = 'high_risk_drug' and k.is_on and q.cohort_code not in (
        select w.cohort_code from mo_data.monitoring_requirement w where w.is_on and w.test_code_set not in (select s.code_set from mo_data.code_set s where s.is_on));
analyze plain.path, plain.placed, plain.rule;
create unlogged table plain.test_code as
    select distinct s.code, q.test from plain.rule q join mo_data.code_set s on s.code_set = q.test_code_set and s.is_on;
create unlogged table plain.need as -- from which month end on a patient needs a test to be in date, and to which
    select row_number() over () as need_id, n.*
    from (
            select c.patient_key, q.drug_group, q.test, coalesce(c.interval_months * 10000, q.span) + q.grace_days as span, 1::int8 << :bit(greatest(c.member_from, c.member_from + q.from_day)) as since,
                1::int8 << least(:bit(c.member_to), :bit(c.member_from + q.to_day), :bit(d.died_on), :bits) as till
            from mo_data.cohort_member c join plain.rule q using (cohort_code)
                left join (select patient_key, died_on from mo_data.patient where died_on is not null) d using (patient_key)
            where c.member_from <= :last_end and (c.member_to is null or c.member_to > :first_end) offset 0
        ) n
    where n.till > n.since;
create unlogged table plain.in_date as -- on which month ends a test of a day is in date (tests_from: the longest interval before the first)
    select d.day, s.span, (1::int8 << :bit((d.day + i.length)::date + 1)) - (1::int8 << :bit(d.day)) as mask
    from (select distinct span from plain.need) s
        cross join lateral (select make_interval(months => s.span / 10000, days => s.span % 10000) as length) i
        cross join lateral (select g::date as day from generate_series(:tests_from::timestamp, :last_end, interval '1 day') g) d;
create unlogged table plain.coded as -- reviews after the last month too: a stop belongs to the latest review before it
    select source_system, event_id, patient_key, practice_code, event_date
    from mo_data.activity
    where code = any (array(select code from mo_data.code_set where code_set = 'SMR_DONE' and is_on)) and (outcome is null or outcome = 'attended')
        and event_date between :first(deprescribing_per_smr) and (:last(deprescribing_per_smr)::date + interval '4 months')::date - 1;
create unlogged table plain.stop as
    select source_system, patient_key, event_date, linked_event_id
    from mo_data.activity
    where code = any (array(select code from mo_data.code_set where code_set = 'DEPRESCRIBING' and is_on)) and (outcome is null or outcome = 'attended')
        and event_date between :first(deprescribing_per_smr) and (:last(deprescribing_per_smr)::date + interval '4 months')::date - 1;
create unlogged table plain.listed as -- a practice's latest list on month ends
    select m.month, o.org_code, l.month as list_month
    from generate_series(least(:first(incident_rate), :first(cost_per_weighted_patient))::timestamp, greatest(:last(incident_rate), :last(cost_per_weighted_patient))::timestamp, interval '1 month') g
        cross join lateral (select g::date as month, (g + interval '1 month')::date - 1 as month_end) m
        join mo_data.organisation o on o.org_type = 'practice' and o.open_from <= m.month_end and (o.open_to is null or o.open_to > m.month_end)
        cross join lateral (select l.month from mo_data.list_size l where l.practice_code = o.org_code and l.month <= m.month_end order by l.month desc limit 1) l;
create unlogged table plain.list as
    select l.practice_code, l.month, sum(l.patients)::float8 as patients, coalesce(sum(l.patients * w.weight), 0) as weighted
    from mo_data.list_size l
        left join (
            select w.sex, age::int2 as age_from, w.age_to, w.weight
            from mo_data.weight w cross join lateral generate_series(w.age_from::int4, coalesce(w.age_to, 120)::int4) age where w.scheme = 'astro_pu_cost_2013'
        ) w on w.sex = l.sex and w.age_from = l.age_from and (w.age_to is null or l.age_to <= w.age_to)
    where l.month = any (array(select distinct list_month from plain.listed)) group by l.practice_code, l.month;
create unlogged table plain.cost as
    select month, practice_code collate "default" as practice_code, sum(actual_cost_e5)::float8 / 100000 as cost
    from mo_data.prescribing where month between :first(cost_per_weighted_patient) and :last(cost_per_weighted_patient) and not unidentified group by 1, 2;
analyze plain.test_code, plain.need, plain.in_date, plain.coded, plain.stop, plain.listed, plain.list, plain.cost;
----
with smr_0 as ( -- months with a review
    select patient_key, bit_or(1::int8 << :bit(event_date)) as this
    from mo_data.activity
    where code = any (array(select code from mo_data.code_set where code_set = 'SMR_DONE' and is_on)) and event_date >= :bit_first and event_date < :bit_next
        and (outcome is null or outcome = 'attended')
    group by patient_key
), smr_2 as (
    select patient_key, this, this | (this << 1) as twelve, this | ((this << 1) & :since_april(1)) as year from smr_0 offset 0
), smr_4 as (
    select patient_key, this, twelve | (twelve << 2) as twelve, year | ((year << 2) & :since_april(2)) as year from smr_2 offset 0
), smr_12 as (
    select patient_key, this, twelve | (twelve << 4) | (twelve << 8) as twelve, year | ((year << 4) & :since_april(4)) | ((year << 8) & :since_april(8)) as year from smr_4 offset 0
), smr_spell as (
    select c.patient_key, c.cohort_code, 1::int8 << :bit(c.member_from) as since, 1::int8 << least(:bit(c.member_to), :bit(d.died_on), :bits) as till
    from mo_data.cohort_member c left join (select patient_key, died_on from mo_data.patient where died_on is not null) d using (patient_key)
    where c.cohort_code in (select cohort_code from mo_data.cohort where kind = 'smr' and is_on)
        and c.member_from <= :last_end and (c.member_to is null or c.member_to > :first_end) offset 0
), smr_member as (
    select patient_key, coalesce(cohort_code, '') as cohort_code, bit_or(till - since) as mask
    from smr_spell where till > since group by grouping sets ((patient_key, cohort_code), (patient_key))
), smr_met as (
    select p.practice_code, m.cohort_code, m.mask & p.mask as members, m.mask & p.mask & coalesce(e.twelve, 0) as twelve, m.mask & p.mask & coalesce(e.year, 0) as year,
        case when m.cohort_code = '' then m.mask & p.mask & coalesce(e.this, 0) end as this
    from smr_member m join plain.placed p using (patient_key) left join smr_12 e using (patient_key) where (m.mask & p.mask) <> 0 offset 0
), smr_sum as (
    select practice_code, cohort_code, :lanes(members, twelve, year, this) from smr_met group by practice_code, cohort_code
), smr as materialized (
    select s.practice_code, s.cohort_code, m.* from smr_sum s cross join lateral :months(members, twelve, year, this) where m.members > 0
), target as (
    select t.pcn_code, m.month, t.cohort_code, t.target_patients::float8 as patients
    from (select m::date as month, make_date(date_part('year', m - interval '3 months')::int4, 4, 1) as year_start
            from generate_series(:first(smr_completed)::timestamp, :last(smr_completed), interval '1 month') m) m
        join mo_data.cohort_target t using (year_start)
    where t.target_patients > 0 and (t.cohort_code = 'ALL' or t.cohort_code in (select cohort_code from mo_data.cohort where kind = 'smr' and is_on))
), part as materialized (
    select distinct t.pcn_code, t.month, p.cohort_code from target t cross join lateral (values (''), (nullif(t.cohort_code, 'ALL'))) p (cohort_code) where p.cohort_code is not null
), unasked as materialized ( -- practices of PCNs without a target, where another has one
    select a.practice_code, a.month, a.cohort_code
    from (
            select o.org_code as practice_code, m.month, m.cohort_code, p.parent_code as pcn_code
            from (select distinct month, cohort_code, (month + interval '1 month')::date - 1 as month_end from part) m
                join mo_data.organisation o on o.org_type = 'practice' and o.open_from <= m.month_end and (o.open_to is null or o.open_to > m.month_end)
                left join mo_data.organisation_parent p on p.org_code = o.org_code and p.parent_type = 'pcn' and p.valid_from <= m.month_end and (p.valid_to is null or p.valid_to > m.month_end)
        ) a
        left join part t on t.pcn_code = a.pcn_code and t.month = a.month and t.cohort_code = a.cohort_code
    where t.pcn_code is null
), counted_smr_completed as (
    select practice_code as org_code, month, cohort_code as breakdown, year::float8 as numerator, null::float8 as denominator from smr s
    where not exists (select from unasked a where a.practice_code = s.practice_code and a.month = s.month and a.cohort_code = s.cohort_code)
    union all
    select practice_code, month, 'in_month', this, null from smr where cohort_code = ''
    union all
    select pcn_code, month, cohort_code, 0, patients from target where cohort_code <> 'ALL'
    union all
    select pcn_code, month, '', 0, coalesce(sum(patients) filter (where cohort_code = 'ALL'), sum(patients)) from target group by pcn_code, month
), counted_smr_rolling_attainment as (
    select practice_code as org_code, month, cohort_code as breakdown, twelve::float8 as numerator, members::float8 as denominator from smr
), covered as (
    select n.need_id, bit_or(v.mask) as mask
    from mo_data.activity a
        join plain.test_code t using (code)
        join plain.need n on n.patient_key = a.patient_key and n.test = t.test
        join plain.in_date v on v.day = a.event_date and v.span = n.span
    where (a.outcome is null or a.outcome = 'attended') and a.event_date between :tests_from and :last_end :one_month{and a.code = any (array(select code from plain.test_code))}
    group by n.need_id
), required as (
    select n.patient_key, coalesce(n.drug_group, '') as drug_group, bit_or(n.till - n.since) as mask, bit_or((n.till - n.since) & ~coalesce(v.mask, 0)) as missing
    from plain.need n left join covered v using (need_id)
    group by grouping sets ((n.patient_key, n.drug_group), (n.patient_key))
), hrd_met as (
    select p.practice_code, r.drug_group, r.mask & p.mask as members, r.mask & p.mask & ~r.missing as current
    from required r join plain.placed p using (patient_key) where (r.mask & p.mask) <> 0 offset 0
), hrd_sum as (
    select practice_code, drug_group, :lanes(members, current) from hrd_met group by practice_code, drug_group
), counted_hrd_monitoring_current as (
    select s.practice_code as org_code, m.month, s.drug_group as breakdown, m.current::float8 as numerator, m.members::float8 as denominator
    from hrd_sum s cross join lateral :months(members, current) where m.members > 0
), counted_reconciliation_7_days as (
    select practice_code as org_code, date_trunc('month', due::timestamp)::date as month, '' as breakdown, (count(*) filter (where reconciled_on <= due))::float8 as numerator, count(*)::float8 as denominator
    from (
            select d.practice_code, d.reconciled_on, d.received_on + w.days as due
            from (select value::int4 as days from mo_data.setting where name = 'reconciliation_days') w
                join mo_data.discharge d on d.received_on between :first(reconciliation_7_days)::date - w.days
                    and least(:last_day(reconciliation_7_days), (now() at time zone 'Europe/London')::date - 1) - w.days
            where d.on_medicines offset 0
        ) d
    group by 1, 2
), review as materialized (
    select distinct on (patient_key, event_date) patient_key, event_date, practice_code from plain.coded order by patient_key, event_date, event_id, source_system
), followed as ( -- a stop belongs to the review it is linked to, else to the latest before it
    select e.patient_key, e.event_date, t.event_date as stopped_on
    from plain.stop t join plain.coded e on e.source_system = t.source_system and e.event_id = t.linked_event_id and e.patient_key = t.patient_key
    where t.event_date >= e.event_date
    union all
    select patient_key, reviewed_on, event_date
    from (
            select patient_key, event_date, is_stop, max(case when not is_stop then event_date end) over (partition by patient_key order by event_date) as reviewed_on
            from (
                    select patient_key, event_date, false as is_stop from review
                    union all
                    select patient_key, event_date, true from plain.stop where linked_event_id is null
                ) e
        ) e
    where is_stop and event_date - reviewed_on <= (select value from mo_data.setting where name = 'deprescribing_link_days')
), stopped as (
    select patient_key, event_date, count(*) as actions from followed
    where stopped_on < date_trunc('month', event_date::timestamp) + interval '4 months' group by patient_key, event_date
), review_at as (
    select distinct on (v.patient_key, v.event_date) v.patient_key, v.event_date, coalesce(r.practice_code, v.practice_code) as practice_code
    from review v left join mo_data.registration r
        on r.patient_key = v.patient_key and r.registered_from <= v.event_date and (r.registered_to is null or r.registered_to > v.event_date)
    where v.event_date <= :last_day(deprescribing_per_smr)
    order by v.patient_key, v.event_date, r.registered_from desc nulls last, r.practice_code collate "C"
), counted_deprescribing_per_smr as (
    select v.practice_code as org_code, date_trunc('month', v.event_date::timestamp)::date as month, '' as breakdown,
        coalesce(sum(s.actions), 0)::float8 as numerator, count(*)::float8 as denominator
    from review_at v left join stopped s using (patient_key, event_date)
    where exists (select from mo_data.code_set where code_set = 'DEPRESCRIBING' and is_on) group by 1, 2
), contact as (
    select distinct on (a.patient_key, a.event_date, s.code_set) a.practice_code, a.event_date, lower(substr(s.code_set, 11)) as stream
    from mo_data.code_set s join mo_data.activity a using (code)
    where s.is_on and s.code_set in ('TITRATION_HYPERTENSION', 'TITRATION_TYPE_2_DIABETES', 'TITRATION_LIPIDS', 'TITRATION_RESPIRATORY')
        and a.event_date between :first(ltc_titration_throughput) and :last_day(ltc_titration_throughput) and (a.outcome is null or a.outcome = 'attended')
    order by a.patient_key, a.event_date, s.code_set, a.recorded_date, a.practice_code collate "C"
), counted_ltc_titration_throughput as (
    select practice_code as org_code, month, coalesce(stream, '') as breakdown, sum(contacts)::float8 as numerator, null::float8 as denominator
    from (
            select practice_code, date_trunc('month', event_date::timestamp)::date as month, stream, count(*) as contacts from contact group by 1, 2, 3
        ) c
    group by grouping sets ((practice_code, month, stream), (practice_code, month))
), counted_pincer_interventions as (
    select h.practice_code as org_code, h.month, part.breakdown, sum(h.hazards)::float8 as numerator, null::float8 as denominator
    from (
            select practice_code, date_trunc('month', reviewed_on::timestamp)::date as month, indicator_code, outcome = 'changed' as changed, count(*) as hazards
            from mo_data.pincer_hazard where reviewed_on between :first(pincer_interventions) and :last_day(pincer_interventions) group by 1, 2, 3, 4
        ) h cross join lateral (values (''), ('indicator_' || h.indicator_code), (case when h.changed then 'reviewed_and_changed' else 'reviewed_no_change' end)) part (breakdown)
    group by 1, 2, 3
), incident_month as (
    select practice_code, date_trunc('month', occurred_on::timestamp)::date as month, count(*) as incidents
    from mo_data.incident where occurred_on between :first(incident_rate) and :last_day(incident_rate) group by 1, 2
), counted_incident_rate as (
    select d.org_code, d.month, '' as breakdown, coalesce(i.incidents, 0)::float8 as numerator, l.patients as denominator
    from plain.listed d join plain.list l on l.practice_code = d.org_code and l.month = d.list_month
        left join incident_month i on i.practice_code = d.org_code and i.month = d.month
    union all -- a PCN that itself raised them
    select i.practice_code, i.month, '', i.incidents::float8, 0
    from incident_month i join plain.path o on o.month = i.month and o.org_code = i.practice_code and o.org_type = 'pcn'
    where exists (select from plain.path p join plain.listed d on d.month = p.month and d.org_code = p.org_code where p.month = i.month and p.pcn_code = i.practice_code)
), payer (month, payer) as ( -- a practice without prescribing has cost nothing where its payer's prescribing is loaded
    select distinct p.month, coalesce(p.sub_icb_code, p.icb_code, '') from plain.path p join plain.cost c on c.month = p.month and c.practice_code = p.org_code where p.org_type = 'practice'
    union
    select distinct month, '' from plain.cost
), counted_cost_per_weighted_patient as (
    select d.org_code, d.month, '' as breakdown, coalesce(c.cost, 0) as numerator, l.weighted as denominator
    from plain.listed d
        join plain.list l on l.practice_code = d.org_code and l.month = d.list_month
        join plain.path p on p.month = d.month and p.org_code = d.org_code and p.org_type = 'practice'
        join payer y on y.month = d.month and y.payer = coalesce(p.sub_icb_code, p.icb_code, '')
        left join plain.cost c on c.month = d.month and c.practice_code = d.org_code
    where d.org_code not like '%998'
), start as (
    select n.practice_code, n.started_on, n.class_code, n.bnf_code, count(*) as starts
    from mo_data.new_start n cross join (select make_interval(months => value::int4) as span from mo_data.setting where name = 'new_start_washout_months') w
    where n.started_on between :first(first_line_new_starts) and :last_day(first_line_new_starts)
        and (n.previous_issue_on is null or n.previous_issue_on < n.started_on - w.span)
        and exists (
            select from mo_data.registration r
            where r.patient_key = n.patient_key and r.practice_code = n.practice_code
                and r.registered_from <= n.started_on - w.span and (r.registered_to is null or r.registered_to > n.started_on))
    group by 1, 2, 3, 4
), medicine as (
    select m.*, coalesce((
        select f.line = 'first' from mo_data.formulary f
        where f.class_code = m.class_code and starts_with(m.bnf_code, f.bnf_prefix) and f.valid_from <= m.started_on and (f.valid_to is null or f.valid_to > m.started_on)
        order by length(f.bnf_prefix) desc, f.valid_from desc limit 1), false) as is_first
    from (select distinct class_code, bnf_code, started_on from start) m
    where exists (
        select from mo_data.formulary f
        where f.class_code = m.class_code and f.line = 'first' and f.valid_from <= m.started_on and (f.valid_to is null or f.valid_to > m.started_on)) offset 0
), counted_first_line_new_starts as (
    select practice_code as org_code, month, coalesce('class_' || class_code, '') as breakdown, sum(first_starts)::float8 as numerator, sum(starts)::float8 as denominator
    from (
            select s.practice_code, date_trunc('month', s.started_on::timestamp)::date as month, s.class_code, s.starts, case when m.is_first then s.starts else 0 end as first_starts
            from start s join medicine m using (class_code, bnf_code, started_on)
        ) s
    group by grouping sets ((practice_code, month), (practice_code, month, class_code))
), switched as ( -- the months in which a patient's switch is the one that counts: the first of those that stand
    select programme_code, practice_code, mask & ~coalesce(earlier, 0) as patients
    from (
            select s.*, bit_or(s.mask) over (partition by programme_code, patient_key order by switched_on, practice_code collate "C" rows between unbounded preceding and 1 preceding) as earlier
            from (
                    select a.programme_code, a.practice_code, a.patient_key, a.switched_on,
                        (1::int8 << least(:bit(a.reversed_on), :bit(p.ends_on - 1) + 1, :bits)) - (1::int8 << least(:bit(a.switched_on), :bit(a.reversed_on), :bit(p.ends_on - 1) + 1, :bits)) as mask
                    from mo_data.switch_programme p
                        join mo_data.switch_action a on a.programme_code = p.programme_code and a.switched_on >= p.starts_on and a.switched_on < coalesce(p.ends_on, 'infinity')
                    where a.switched_on <= :last_end offset 0
                ) s
        ) s
), switch_sum as (
    select programme_code, practice_code, :lanes(patients) from switched group by programme_code, practice_code
), switching as (
    select s.programme_code, s.practice_code, m.month, m.patients as numerator, 0 as denominator
    from switch_sum s cross join lateral :months(patients) where m.patients > 0
    union all
    select p.programme_code, l.practice_code, m.month, 0, l.planned_patients
    from (select g::date as month, (g + interval '1 month')::date - 1 as month_end from generate_series(:first(switch_completion)::timestamp, :last(switch_completion), interval '1 month') g) m
        join mo_data.switch_programme p on p.starts_on <= m.month_end and coalesce(p.ends_on, 'infinity') > m.month
        join mo_data.switch_plan l on l.programme_code = p.programme_code and l.month between date_trunc('month', p.starts_on::timestamp)::date and m.month
), counted_switch_completion as (
    select practice_code as org_code, month, coalesce('programme_' || programme_code, '') as breakdown, sum(numerator)::float8 as numerator, sum(denominator)::float8 as denominator
    from switching group by grouping sets ((practice_code, month), (practice_code, month, programme_code))
)
----
create unlogged table plain.part as
    select row_number() over ()::int4 as part_no, r.* from (select distinct kpi_id, breakdown, per, unit from plain.record) r;
create unlogged table plain.unit as -- an organisation in a month, and whom it is compared with
    select row_number() over ()::int4 as unit_no, o.month, o.org_type, o.org_code, g.peer_group, dense_rank() over (order by o.month, o.org_type, g.peer_group)::int4 as peer_no, p.pcn_code, p.icb_code
    from (
            select distinct p.month, a.org_type, a.org_code
            from plain.path p cross join lateral (values ('practice', case when p.org_type = 'practice' then p.org_code end), ('pcn', p.pcn_code),
                ('sub_icb', p.sub_icb_code), ('icb', p.icb_code), ('region', p.region_code), ('nation', p.nation_code)) a (org_type, org_code)
            where a.org_code is not null
        ) o
        left join plain.path p on p.month = o.month and p.org_type = o.org_type and p.org_code = o.org_code
        cross join lateral (select case when o.org_type = 'practice' and p.prescribing_setting = 4 or o.org_type = 'pcn' then p.icb_code when o.org_type in ('sub_icb', 'icb') then 'ENG' end as peer_group) g;
analyze plain.part, plain.unit;
create unlogged table plain.place as -- organisations that have the same parents in a month have a place_no
    select p.month, p.org_code, u.unit_no, dense_rank() over (order by p.month, p.pcn_code, p.sub_icb_code, p.icb_code, p.region_code, p.nation_code)::int4 as place_no,
        p.pcn_code, p.sub_icb_code, p.icb_code, p.region_code, p.nation_code
    from plain.path p left join plain.unit u on p.org_type = 'practice' and u.month = p.month and u.org_type = 'practice' and u.org_code = p.org_code;
create unlogged table plain.above as
    select p.place_no, u.unit_no
    from (select distinct place_no, month, pcn_code, sub_icb_code, icb_code, region_code, nation_code from plain.place) p
        cross join lateral (values ('pcn', p.pcn_code), ('sub_icb', p.sub_icb_code), ('icb', p.icb_code), ('region', p.region_code), ('nation', p.nation_code)) a (org_type, org_code)
        join plain.unit u on u.month = p.month and u.org_type = a.org_type and u.org_code = a.org_code;
analyze plain.place, plain.above;
create unlogged table plain.base as
    select k.part_no, p.unit_no, p.place_no, r.numerator, r.denominator
    from plain.record r join plain.place p using (month, org_code) join plain.part k using (kpi_id, breakdown);
analyze plain.base;
create unlogged table plain.waits as -- a region or the nation, until the first month of the last of its ICBs: what is there by then is not all of it
    with icb as materialized (
        select distinct place_no, month, icb_code from plain.place where icb_code is not null
    ), begun as (
        select k.kpi_id, i.icb_code, min(i.month) as month
        from (select distinct part_no, place_no from plain.base where unit_no is not null) b join plain.part k using (part_no) join icb i using (place_no) group by k.kpi_id, i.icb_code
    )
    select distinct k.part_no, u.unit_no
    from begun b join icb i on i.icb_code = b.icb_code and i.month < b.month
        join plain.above a on a.place_no = i.place_no
        join plain.unit u on u.unit_no = a.unit_no and u.org_type in ('region', 'nation')
        join plain.part k on k.kpi_id = b.kpi_id;
analyze plain.waits;
----
with step as (
    select part_no, place_no, sum(numerator) as numerator, sum(denominator) as denominator from plain.base group by part_no, place_no
), summed as (
    select part_no, unit_no, numerator, denominator from plain.base where unit_no is not null
    union all
    select s.part_no, a.unit_no, sum(s.numerator), sum(s.denominator) from step s join plain.above a using (place_no) group by s.part_no, a.unit_no
), figure as (
    select k.part_no, u.peer_no, k.kpi_id, u.month, u.org_type, u.org_code, k.breakdown, f.numerator, f.denominator, u.peer_group, u.pcn_code, u.icb_code,
        case k.unit when 'count' then f.numerator else f.numerator / nullif(f.denominator, 0) * k.per end as value
    from summed f join plain.unit u using (unit_no) join plain.part k using (part_no)
    where not exists (select from plain.waits w where w.part_no = f.part_no and w.unit_no = f.unit_no)
), ranked as (
    select *, rank() over peers as place, row_number() over peers as position, count(value) over (partition by part_no, peer_no) as peers
    from figure window peers as (partition by part_no, peer_no order by value)
), middle as (
    select *, avg(value) filter (where position in ((peers + 1) / 2, peers / 2 + 1)) over (partition by part_no, peer_no) as median from ranked
)
select kpi_id, month, org_type, org_code, breakdown, numerator, denominator, value, case when peer_group is not null then median end as median,
    case when value is not null and peer_group is not null then place end as place,
    case when value is not null and peer_group is not null and peers >= 10 then 1 + 10 * (place - 1) / peers end as decile
from middle
