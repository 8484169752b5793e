-- Every KPI of the refresh bench as DuckDB would have it: the same definitions on the same raw rows as the layer's functions of records, written
-- for a column store: bits of months as in refresh_sql.sql (whose words with a colon these are; :left(word, n) does not overflow), ASOF joins for
-- "the latest on or before", QUALIFY for "the first of". "span" holds the months of each KPI, "clock" the server's today and now.
with month as materialized (
    select m::date as month, year(m) * 12 + month(m) as number, (m + interval 1 month)::date - 1 as month_end, case when month(m) >= 4 then make_date(year(m), 4, 1) else make_date(year(m) - 1, 4, 1) end as year_start
    from generate_series(:first_month::timestamp, :last_month::timestamp, interval 1 month) t (m)
), belongs_on as (
    select org_code, bit_or((1::int8 << coalesce(:bit(valid_to), :bits)) - (1::int8 << :bit(valid_from))) as mask from mo_data.organisation_parent group by all
), spell as (
    select patient_key, practice_code, registered_from, (1::int8 << coalesce(:bit(registered_to), :bits)) - (1::int8 << :bit(registered_from)) as mask
    from mo_data.registration where registered_from <= :last_end and patient_key in (select patient_key from mo_data.cohort_member)
), placed as materialized ( -- month ends a patient is registered on: at the registration that began last, then at the lower code
    select p.patient_key, p.practice_code, p.mask & ~coalesce(p.later, 0) & b.mask as mask
    from (
            select *, bit_or(mask) over (partition by patient_key order by registered_from desc, practice_code rows between unbounded preceding and 1 preceding) as later from spell
        ) p
        join belongs_on b on b.org_code = p.practice_code
), coded as materialized (
    select s.code_set, a.source_system, a.event_id, a.patient_key, a.practice_code, a.event_date, a.recorded_date, a.linked_event_id
    from mo_data.activity a join mo_data.code_set s on s.code = a.code and s.is_on
    where coalesce(a.outcome, 'attended') = 'attended' and a.event_date is not null and isfinite(a.event_date)
        and s.code_set in ('SMR_DONE', 'DEPRESCRIBING', 'TITRATION_HYPERTENSION', 'TITRATION_TYPE_2_DIABETES', 'TITRATION_LIPIDS', 'TITRATION_RESPIRATORY')
), smr_0 as ( -- months with a review
    select patient_key, bit_or(1::int8 << :bit(event_date)) as this from coded where code_set = 'SMR_DONE' and event_date >= :bit_first and event_date < :bit_next group by all
), smr_2 as (
    select patient_key, this, this | :left(this, 1) as twelve, this | (:left(this, 1) & :since_april(1)) as year from smr_0
), smr_4 as (
    select patient_key, this, twelve | :left(twelve, 2) as twelve, year | (:left(year, 2) & :since_april(2)) as year from smr_2
), smr_12 as (
    select patient_key, this, twelve | :left(twelve, 4) | :left(twelve, 8) as twelve, year | (:left(year, 4) & :since_april(4)) | (:left(year, 8) & :since_april(8)) as year from smr_4
), smr_spell as (
    select c.patient_key, c.cohort_code, 1::int8 << :bit(c.member_from) as since, 1::int8 << least(:bit(c.member_to), :bit(d.died_on), :bits) as till
    from mo_data.cohort_member c left join mo_data.patient d on d.patient_key = c.patient_key
    where c.cohort_code in (select cohort_code from mo_data.cohort where kind = 'smr' and is_on) and c.member_from is not null
), smr_member as (
    select patient_key, coalesce(cohort_code, '') as cohort_code, bit_or(till - since) as mask
    from smr_spell where till > since group by grouping sets ((patient_key, cohort_code), (patient_key))
), smr_met as (
    select p.practice_code, m.cohort_code, m.mask & p.mask as members, m.mask & p.mask & coalesce(e.twelve, 0) as twelve, m.mask & p.mask & coalesce(e.year, 0) as year,
        m.mask & p.mask & coalesce(e.this, 0) as this
    from smr_member m join placed p on p.patient_key = m.patient_key left join smr_12 e on e.patient_key = m.patient_key where m.mask & p.mask <> 0
), smr_sum as (
    select practice_code, cohort_code, :lanes(members, twelve, year, this) from smr_met group by all
), smr as materialized (
    select practice_code, cohort_code, :months(members, twelve, year, this) from smr_sum
), target as (
    select t.pcn_code, e.month, t.cohort_code, t.target_patients::double as target_patients
    from month e join mo_data.cohort_target t on t.year_start = e.year_start
    where t.target_patients > 0 and (t.cohort_code = 'ALL' or t.cohort_code in (select cohort_code from mo_data.cohort where kind = 'smr' and is_on))
), agreed as materialized (
    select distinct pcn_code, month, cohort_code from (select pcn_code, month, '' as cohort_code from target union all select pcn_code, month, cohort_code from target where cohort_code <> 'ALL')
), unasked as materialized ( -- practices of PCNs without a target, where another has one
    select a.practice_code, a.month, a.cohort_code
    from (
            select o.org_code as practice_code, m.month, m.cohort_code, p.parent_code as pcn_code
            from (select distinct q.month, q.cohort_code, e.month_end from agreed q join month e on e.month = q.month) m
                join mo_data.organisation o on o.org_type = 'practice' and o.open_from <= m.month_end and (o.open_to is null or o.open_to > m.month_end)
                left join mo_data.organisation_parent p on p.org_code = o.org_code and p.parent_type = 'pcn' and p.valid_from <= m.month_end and (p.valid_to is null or p.valid_to > m.month_end)
        ) a
        anti join agreed t on t.pcn_code = a.pcn_code and t.month = a.month and t.cohort_code = a.cohort_code
), rule as materialized ( -- how long a test is in date as months * 10000 + days
    select q.cohort_code, k.drug_group, q.from_day, q.to_day, q.test_code_set, coalesce(q.interval_months * 10000, q.interval_days) as span, q.grace_days
    from mo_data.monitoring_requirement q join mo_data.cohort k on k.cohort_code = q.cohort_code
    where q.is_on and k.kind = 'high_risk_drug' and k.is_on and q.cohort_code not in (
        select w.cohort_code from mo_data.monitoring_requirement w where w.is_on and w.test_code_set not in (select code_set from mo_data.code_set where is_on))
), needed as (
    select c.patient_key, q.drug_group, q.test_code_set, coalesce(c.interval_months * 10000, q.span) + q.grace_days as span,
        1::int8 << :bit(greatest(c.member_from, c.member_from + q.from_day)) as since, 1::int8 << least(:bit(c.member_to), :bit(c.member_from + q.to_day), :bit(d.died_on), :bits) as till
    from mo_data.cohort_member c join rule q on q.cohort_code = c.cohort_code left join mo_data.patient d on d.patient_key = c.patient_key
    where c.member_from is not null
), need as materialized (
    select row_number() over () as need_id, * from needed where till > since
), in_date as materialized ( -- on which month ends a test of a day is in date
    select d.day, d.span, (1::int8 << :bit((d.day + d.length)::date + 1)) - (1::int8 << :bit(d.day)) as mask
    from (
            select span, to_months(span // 10000) + to_days(span % 10000) as length, unnest(generate_series(:tests_from::timestamp, :last_end::timestamp, interval 1 day))::date as day
            from (select distinct span::int4 as span from need)
        ) d
), test as (
    select a.patient_key, t.code_set, a.event_date
    from mo_data.activity a join (select distinct s.code, s.code_set from mo_data.code_set s join rule q on q.test_code_set = s.code_set where s.is_on) t on t.code = a.code
    where (a.outcome is null or a.outcome = 'attended') and a.event_date between :tests_from and :last_end
), covered as (
    select n.need_id, bit_or(v.mask) as mask
    from test t join need n on n.patient_key = t.patient_key and n.test_code_set = t.code_set join in_date v on v.day = t.event_date and v.span = n.span group by all
), required as (
    select n.patient_key, coalesce(n.drug_group, '') as drug_group, bit_or(n.till - n.since) as mask, bit_or((n.till - n.since) & ~coalesce(v.mask, 0)) as missing
    from need n left join covered v on v.need_id = n.need_id group by grouping sets ((n.patient_key, n.drug_group), (n.patient_key))
), hrd_met as (
    select p.practice_code, r.drug_group, r.mask & p.mask as members, r.mask & p.mask & ~r.missing as current from required r join placed p on p.patient_key = r.patient_key where r.mask & p.mask <> 0
), hrd_sum as (
    select practice_code, drug_group, :lanes(members, current) from hrd_met group by all
), hrd as (
    select practice_code, drug_group, :months(members, current) from hrd_sum
), review as (
    select patient_key, event_date, practice_code, last_day(event_date + interval 3 month) as final_on
    from coded where code_set = 'SMR_DONE' and event_date >= :first_month
    qualify row_number() over (partition by patient_key, event_date order by event_id, source_system) = 1
), stop as (
    select * from coded where code_set = 'DEPRESCRIBING' and event_date >= :first_month
), followed as (
    select e.patient_key, e.event_date
    from stop t join coded e on e.code_set = 'SMR_DONE' and e.source_system = t.source_system and e.event_id = t.linked_event_id and e.patient_key = t.patient_key
    where t.event_date between e.event_date and last_day(e.event_date + interval 3 month)
    union all
    select v.patient_key, v.event_date
    from (select * from stop where linked_event_id is null) t asof join review v on v.patient_key = t.patient_key and v.event_date <= t.event_date
    where t.event_date <= v.final_on and t.event_date - v.event_date <= (select value from mo_data.setting where name = 'deprescribing_link_days')
), review_at as (
    select v.patient_key, v.event_date, coalesce(r.practice_code, v.practice_code) as practice_code
    from review v left join mo_data.registration r on r.patient_key = v.patient_key and r.registered_from <= v.event_date and coalesce(r.registered_to, date '9999-12-31') > v.event_date
    qualify row_number() over (partition by v.patient_key, v.event_date order by r.registered_from desc nulls last, r.practice_code) = 1
), contact as (
    select lower(code_set[11:]) as stream, patient_key, event_date, arg_min(practice_code, (coalesce(recorded_date, date '9999-12-31'), practice_code)) as practice_code
    from coded where code_set in ('TITRATION_HYPERTENSION', 'TITRATION_TYPE_2_DIABETES', 'TITRATION_LIPIDS', 'TITRATION_RESPIRATORY')
    group by all
), handled as (
    select a.alert_ref, a.alert_class, a.issued_on, a.issued_at, a.deadline, l.practice_code,
        min(l.closed_at) filter (where l.closed_at >= a.issued_at and l.closed_at <= c.now) as closed_at, min(l.closed_at) as any_closed, any_value(c.now) as now
    from mo_data.alert_deadline a join mo_data.alert_action l on l.alert_ref = a.alert_ref cross join mo_data.clock c
    group by all
), closed as (
    select date_trunc('month', issued_on)::date as month, practice_code, alert_class, (closed_at <= deadline)::int as in_window
    from handled where closed_at is not null or (any_closed is null or any_closed >= issued_at) and now > deadline
), event as (
    select 'sea_raised' as kpi_id, event_id, practice_code, date_trunc('month', raised_on)::date as month from mo_data.significant_event where raised_on is not null
    union all
    select 'sea_completed', event_id, practice_code, date_trunc('month', completed_on)::date from mo_data.significant_event where completed_on is not null
), open_practice as materialized (
    select e.month, e.month_end, o.org_code from month e join mo_data.organisation o on o.org_type = 'practice' and o.open_from <= e.month_end and coalesce(o.open_to, date '9999-12-31') > e.month_end
), list as materialized (
    select l.practice_code, l.month, sum(l.patients)::double as patients, coalesce(sum(l.patients * w.weight), 0)::double as weighted
    from mo_data.list_size l left join mo_data.weight w on w.scheme = 'astro_pu_cost_2013' and w.sex = l.sex and l.age_from >= w.age_from
        and (w.age_to is null or (l.age_from <= w.age_to and l.age_to <= w.age_to))
    group by all
), listed as materialized (
    select o.month, o.org_code, l.patients, l.weighted from open_practice o asof join list l on l.practice_code = o.org_code and l.month <= o.month_end
), parent as materialized (
    select e.month, p.org_code, p.parent_type, p.parent_code from month e join mo_data.organisation_parent p on p.valid_from <= e.month_end and coalesce(p.valid_to, date '9999-12-31') > e.month_end
        join mo_data.organisation o on o.org_code = p.parent_code and o.open_from <= e.month_end and coalesce(o.open_to, date '9999-12-31') > e.month_end
), path as materialized (
    select x.*, case when x.org_type = 'nation' then x.org_code else nation.parent_code end as nation_code
    from (
            select c.*, case when c.org_type = 'icb' then c.org_code else icb.parent_code end as icb_code,
                case when c.org_type = 'region' then c.org_code else region.parent_code end as region_code
            from (
                    select e.month, o.org_code, o.org_type, o.prescribing_setting, case when o.org_type = 'pcn' then o.org_code else pcn.parent_code end as pcn_code,
                        case when o.org_type = 'sub_icb' then o.org_code else own.parent_code end as sub_icb_code,
                        case when o.org_type = 'sub_icb' then o.org_code else coalesce(lead.parent_code, own.parent_code) end as lead_code
                    from month e
                        join mo_data.organisation o on o.open_from <= e.month_end and coalesce(o.open_to, date '9999-12-31') > e.month_end
                        left join parent pcn on pcn.month = e.month and pcn.org_code = o.org_code and pcn.parent_type = 'pcn'
                        left join parent own on own.month = e.month and own.org_code = o.org_code and own.parent_type = 'sub_icb'
                        left join parent lead on lead.month = e.month and lead.org_code = pcn.parent_code and lead.parent_type = 'sub_icb'
                ) c
                left join parent icb on icb.month = c.month and icb.org_code = c.lead_code and icb.parent_type = 'icb'
                left join parent region on region.month = c.month and region.parent_type = 'region'
                    and region.org_code = case when c.org_type = 'icb' then c.org_code else icb.parent_code end
        ) x
        left join parent nation on nation.month = x.month and nation.org_code = x.region_code and nation.parent_type = 'nation'
), cost as materialized (
    select month, practice_code, sum(actual_cost_e5)::double / 100000 as cost from mo_data.prescribing where not unidentified group by all
), payer as (
    select distinct p.month, coalesce(p.sub_icb_code, p.icb_code, '') as payer
    from path p join cost c on c.month = p.month and c.practice_code = p.org_code where p.org_type = 'practice'
    union
    select distinct month, '' from cost
), start as (
    select n.practice_code, date_trunc('month', n.started_on)::date as month, n.started_on, n.class_code, n.bnf_code, count(*) as starts
    from mo_data.new_start n cross join (select to_months(value::int) as span from mo_data.setting where name = 'new_start_washout_months') w
    where n.started_on is not null and (n.previous_issue_on is null or n.previous_issue_on < n.started_on - w.span)
        and exists (select 1 from mo_data.registration r where r.patient_key = n.patient_key and r.practice_code = n.practice_code
            and r.registered_from <= n.started_on - w.span and coalesce(r.registered_to, date '9999-12-31') > n.started_on)
    group by all
), medicine as (
    select m.class_code, m.bnf_code, m.started_on, arg_max(f.line = 'first', (length(f.bnf_prefix), f.valid_from)) as is_first
    from (select distinct class_code, bnf_code, started_on from start) m
        left join mo_data.formulary f on f.class_code = m.class_code and starts_with(m.bnf_code, f.bnf_prefix)
            and f.valid_from <= m.started_on and coalesce(f.valid_to, date '9999-12-31') > m.started_on
    where exists (select 1 from mo_data.formulary x where x.class_code = m.class_code and x.line = 'first'
        and x.valid_from <= m.started_on and coalesce(x.valid_to, date '9999-12-31') > m.started_on)
    group by all
), running as (
    select e.month, e.month_end, p.programme_code, p.starts_on, coalesce(p.ends_on, date '9999-12-31') as ends_on
    from month e join mo_data.switch_programme p on p.starts_on <= e.month_end and coalesce(p.ends_on, date '9999-12-31') > e.month
), switched as (
    select r.month, r.programme_code, a.practice_code, a.patient_key
    from running r join mo_data.switch_action a on a.programme_code = r.programme_code and a.switched_on >= r.starts_on and a.switched_on < r.ends_on
        and a.switched_on <= r.month_end and coalesce(a.reversed_on, date '9999-12-31') > r.month_end
    qualify row_number() over (partition by r.month, r.programme_code, a.patient_key order by a.switched_on, a.practice_code) = 1
), switching as (
    select month, practice_code, programme_code, 1::double as numerator, 0::double as denominator from switched
    union all
    select r.month, p.practice_code, r.programme_code, 0, p.planned_patients
    from running r join mo_data.switch_plan p on p.programme_code = r.programme_code and p.month between date_trunc('month', r.starts_on)::date and r.month
), in_post as materialized (
    select e.month, e.month_end, p.staff_key, p.org_code, p.role_code
    from month e join mo_data.staff_post p on p.staff_key is not null and p.post_from <= e.month_end and coalesce(p.post_to, date '9999-12-31') > e.month_end
    where p.role_code in (select role_code from mo_data.arrs_role where is_on)
        and not exists (select 1 from mo_data.staff_leave l where l.staff_key = p.staff_key and l.leave_from <= e.month_end and coalesce(l.leave_to, date '9999-12-31') > e.month_end)
    group by all
), interval_of as (
    select s.*, q.interval_days
    from in_post s join mo_data.supervision_requirement q on (q.staff_key is null or q.staff_key = s.staff_key) and (q.role_code is null or q.role_code = s.role_code)
        and q.valid_from <= s.month_end and coalesce(q.valid_to, date '9999-12-31') > s.month_end
    qualify row_number() over (partition by s.month, s.staff_key, s.org_code, s.role_code
        order by q.staff_key nulls last, q.role_code nulls last, q.valid_from desc, q.requirement_id) = 1
), supervised as (
    select s.month, s.org_code, s.role_code, coalesce(v.held_on + least(s.interval_days, 36500) >= s.month_end, false)::int as in_date
    from interval_of s asof left join (select staff_key, held_on from mo_data.supervision where kind in ('clinical', 'educational')) v
        on v.staff_key = s.staff_key and v.held_on <= s.month_end
), scoped as (
    select s.month, s.org_code, s.role_code, coalesce(max(p.valid_to) - 1 >= s.month_end, false)::int as in_date
    from in_post s left join mo_data.scope_of_practice p on p.staff_key = s.staff_key and p.reviewed_on <= s.month_end
    group by s.month, s.month_end, s.staff_key, s.org_code, s.role_code
), audit as (
    select e.month, a.practice_code, a.tool, a.score, a.maximum
    from month e join mo_data.culture_audit a on a.audited_on between e.year_start and e.month_end
    qualify row_number() over (partition by e.month, a.practice_code order by a.audited_on desc, a.audit_id) = 1
), counted as (
    select 'smr_completed' as kpi_id, month, practice_code as org_code, cohort_code as breakdown, year::double as numerator, null::double as denominator
        from smr s anti join unasked a on a.practice_code = s.practice_code and a.month = s.month and a.cohort_code = s.cohort_code where s.members > 0
    union all select 'smr_completed', month, practice_code, 'in_month', this, null from smr where members > 0 and cohort_code = ''
    union all select 'smr_completed', month, pcn_code, cohort_code, 0, sum(target_patients) from target where cohort_code <> 'ALL' group by all
    union all select 'smr_completed', month, pcn_code, '', 0, case when bool_or(cohort_code = 'ALL') then sum(target_patients) filter (where cohort_code = 'ALL')
        else sum(target_patients) end from target group by all
    union all select 'smr_rolling_attainment', month, practice_code, cohort_code, twelve, members from smr where members > 0
    union all select 'hrd_monitoring_current', month, practice_code, drug_group, current, members from hrd where members > 0
    union all select 'reconciliation_7_days', date_trunc('month', d.received_on + w.days)::date, d.practice_code, '',
            sum(case when d.reconciled_on <= d.received_on + w.days then 1 else 0 end), count(*)
        from mo_data.discharge d cross join (select value::int as days from mo_data.setting where name = 'reconciliation_days') w cross join mo_data.clock c
        where d.on_medicines and d.received_on + w.days <= c.today - 1 group by all
    union all select 'deprescribing_per_smr', date_trunc('month', v.event_date)::date, v.practice_code, '', coalesce(sum(s.actions), 0), count(*)
        from review_at v left join (select patient_key, event_date, count(*) as actions from followed group by all) s on s.patient_key = v.patient_key and s.event_date = v.event_date
        where exists (select 1 from mo_data.code_set where code_set = 'DEPRESCRIBING' and is_on) group by all
    union all select 'ltc_titration_throughput', date_trunc('month', event_date)::date, practice_code, part.breakdown, count(*), null from contact cross join unnest(['', stream]) part (breakdown) group by all
    union all select 'alert_closure_in_window', month, practice_code, part.breakdown, sum(coalesce(in_window, 0)), count(*) from closed cross join unnest(['', 'class_' || lower(alert_class)]) part (breakdown) group by all
    union all select 'pincer_interventions', date_trunc('month', reviewed_on)::date, practice_code,
            part.breakdown, count(*), null
        from mo_data.pincer_hazard cross join unnest(['', 'indicator_' || indicator_code, case when outcome = 'changed' then 'reviewed_and_changed' else 'reviewed_no_change' end]) part (breakdown) where reviewed_on is not null group by all
    union all select kpi_id, month, practice_code, '', count(*), null from event group by all
    union all select e.kpi_id, e.month, e.practice_code, coalesce('theme_' || t.theme_code, 'no_theme'), count(*), null
        from event e left join mo_data.significant_event_theme t on t.event_id = e.event_id group by all
    union all select 'incident_rate', l.month, l.org_code, '', count(i.incident_id), any_value(l.patients)
        from listed l left join mo_data.incident i on i.practice_code = l.org_code and date_trunc('month', i.occurred_on)::date = l.month group by all
    union all select 'incident_rate', n.month, n.pcn_code, '', count(*), 0
        from (select distinct p.month, p.pcn_code from listed l join path p using (month, org_code) join path o on o.month = p.month and o.org_code = p.pcn_code) n
            join mo_data.incident i on i.practice_code = n.pcn_code and date_trunc('month', i.occurred_on)::date = n.month group by all
    union all select 'safety_culture_score', month, practice_code, part.breakdown, sum(score), sum(maximum) from audit cross join unnest(['', 'tool_' || tool]) part (breakdown) group by all
    union all select 'cost_per_weighted_patient', l.month, l.org_code, '', coalesce(c.cost, 0), l.weighted
        from listed l
            join path p on p.month = l.month and p.org_code = l.org_code and p.org_type = 'practice'
            join payer y on y.month = l.month and y.payer = coalesce(p.sub_icb_code, p.icb_code, '')
            left join cost c on c.month = l.month and c.practice_code = l.org_code
        where l.org_code not like '%998'
    union all select 'first_line_new_starts', s.month, s.practice_code, part.breakdown, sum(case when m.is_first then s.starts else 0 end), sum(s.starts)
        from start s join medicine m using (class_code, bnf_code, started_on) cross join unnest(['', 'class_' || s.class_code]) part (breakdown) group by all
    union all select 'switch_completion', month, practice_code, part.breakdown, sum(numerator), sum(denominator) from switching cross join unnest(['', 'programme_' || programme_code]) part (breakdown) group by all
    union all select 'supervision_current', month, org_code, part.breakdown, sum(in_date), count(*) from supervised cross join unnest(['', 'role_' || role_code]) part (breakdown) group by all
    union all select 'scope_current', month, org_code, part.breakdown, sum(in_date), count(*) from scoped cross join unnest(['', 'role_' || role_code]) part (breakdown) group by all
), record as materialized (
    select c.kpi_id, c.month, c.org_code, c.breakdown, sum(c.numerator) as numerator, sum(c.denominator) as denominator, any_value(s.per) as per, any_value(s.unit) as unit
    from counted c join mo_data.span s on s.kpi_id = c.kpi_id and c.month between s.first_month and s.last_month
    group by c.kpi_id, c.month, c.org_code, c.breakdown
), part as materialized ( -- names as numbers
    select row_number() over ()::int4 as part_no, r.* from (select distinct kpi_id, breakdown, per, unit from record) r
), unit as materialized ( -- an organisation in a month, and whom it is compared with
    select row_number() over ()::int4 as unit_no, o.month, o.org_type, o.org_code, o.peer_group, dense_rank() over (order by o.month, o.org_type, o.peer_group)::int4 as peer_no
    from (
            select u.month, u.org_type, u.org_code, case when u.org_type = 'practice' and p.prescribing_setting = 4 or u.org_type = 'pcn' then p.icb_code when u.org_type in ('sub_icb', 'icb') then 'ENG' end as peer_group
            from (
                    select distinct month, unnest(['practice', 'pcn', 'sub_icb', 'icb', 'region', 'nation']) as org_type,
                        unnest([case when org_type = 'practice' then org_code end, pcn_code, sub_icb_code, icb_code, region_code, nation_code]) as org_code
                    from path
                ) u left join path p on p.month = u.month and p.org_type = u.org_type and p.org_code = u.org_code
            where u.org_code is not null
        ) o
), place as materialized ( -- organisations that have the same parents in a month have a place_no
    select p.month, p.org_code, u.unit_no, dense_rank() over (order by p.month, p.pcn_code, p.sub_icb_code, p.icb_code, p.region_code, p.nation_code)::int4 as place_no,
        p.pcn_code, p.sub_icb_code, p.icb_code, p.region_code, p.nation_code
    from path p left join unit u on p.org_type = 'practice' and u.org_type = 'practice' and u.month = p.month and u.org_code = p.org_code
), above as (
    select a.place_no, u.unit_no
    from (
            select distinct place_no, month, unnest(['pcn', 'sub_icb', 'icb', 'region', 'nation']) as org_type, unnest([pcn_code, sub_icb_code, icb_code, region_code, nation_code]) as org_code
            from place
        ) a join unit u on u.month = a.month and u.org_type = a.org_type and u.org_code = a.org_code
), base as materialized (
    select k.part_no, p.unit_no, p.place_no, r.numerator, r.denominator
    from record r join place p on p.month = r.month and p.org_code = r.org_code join part k on k.kpi_id = r.kpi_id and k.breakdown = r.breakdown
), icb as (
    select distinct place_no, month, icb_code from place where icb_code is not null
), begun as (
    select k.kpi_id, i.icb_code, min(i.month) as month
    from (select distinct part_no, place_no from base where unit_no is not null) b join part k on k.part_no = b.part_no join icb i on i.place_no = b.place_no group by all
), waits as ( -- a region or the nation, until the first month of the last of its ICBs
    select distinct k.part_no, u.unit_no
    from begun b join icb i on i.icb_code = b.icb_code and i.month < b.month join above a on a.place_no = i.place_no
        join unit u on u.unit_no = a.unit_no and u.org_type in ('region', 'nation') join part k on k.kpi_id = b.kpi_id
), step as (
    select part_no, place_no, sum(numerator) as numerator, sum(denominator) as denominator from base group by all
), figure as (
    select f.part_no, f.unit_no, u.peer_no, f.numerator, f.denominator, u.peer_group is not null as has_peers,
        case when k.unit = 'count' then f.numerator else f.numerator / nullif(f.denominator, 0) * k.per end as value
    from (
            select part_no, unit_no, numerator, denominator from base where unit_no is not null
            union all
            select s.part_no, a.unit_no, sum(s.numerator), sum(s.denominator) from step s join above a on a.place_no = s.place_no group by all
        ) f join unit u on u.unit_no = f.unit_no join part k on k.part_no = f.part_no
    where not exists (select 1 from waits w where w.part_no = f.part_no and w.unit_no = f.unit_no)
), ranked as (
    select *, rank() over (partition by part_no, peer_no order by value nulls last) as place, count(value) over (partition by part_no, peer_no) as peers from figure
), peer as (
    select part_no, peer_no, quantile_cont(value, 0.5) as median from figure where has_peers and value is not null group by all
)
select k.kpi_id, u.month, u.org_type, u.org_code, k.breakdown, coalesce(r.numerator, 0) as numerator, coalesce(r.denominator, 0) as denominator, r.value, m.median,
    case when r.value is not null and r.has_peers then r.place end as place,
    case when r.value is not null and r.has_peers and r.peers >= 10 then 1 + 10 * (r.place - 1) // r.peers end as decile
from ranked r join part k on k.part_no = r.part_no join unit u on u.unit_no = r.unit_no left join peer m on m.part_no = r.part_no and m.peer_no = r.peer_no
