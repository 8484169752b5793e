-- What a definition of a measure says, entry by entry, and what is wrong with it.
create or replace function mo_data.measure_entry(entries text[])
    returns table (entry text, head text, pattern text)
    language sql immutable parallel safe
    begin atomic
        select e.entry, pg_catalog.split_part(e.entry, '%', 1),
            case when e.entry like '%\%%' or pg_catalog.length(e.entry) = case when pg_catalog.left(e.entry, 2) <= '19' then 15 else 11 end
                then e.entry else e.entry || '%' end
        from pg_catalog.unnest(entries) as e (entry);
    end;
comment on function mo_data.measure_entry(text[]) is
    'Entries of one side of a measure, each with the characters every code of it begins with and as a LIKE pattern: a % is any text, an entry '
    'as long as a full code (15 characters, 11 where the first two digits are above 19) must be equal, any other is a prefix.';

create or replace function mo_data.measure_side_fault(side text, include text[], exclude text[])
    returns text
    language sql stable
    set search_path = pg_catalog, pg_temp
as $$
    select coalesce(
        case when coalesce(cardinality(include), 0) = 0 then format('%s_include is empty', side) end,
        (select format('%s: "%s" is no BNF prefix, code or pattern', side, coalesce(e, 'null'))
            from unnest(include || exclude) as e where coalesce(e, '') !~ '^[0-9A-Z]{2}[0-9A-Z%]*$' or length(e) > 40 limit 1),
        (select format('%s: "%s" is in include and exclude: it would count nothing%s', side, i.entry,
                case when x.entry = i.entry then '' else format(' ("%s" excludes all of it)', x.entry) end)
            from mo_data.measure_entry(include) i join mo_data.measure_entry(exclude) x
                on i.entry = x.entry or replace(i.pattern, '%', '') like x.pattern
                    and (x.pattern = x.head || '%' and starts_with(i.head, x.head) or i.pattern = i.head)
            limit 1))
$$;
comment on function mo_data.measure_side_fault(text, text[], text[]) is
    'What is wrong with one side of a measure: empty, an entry that is none, an include that an exclude undoes. Null: nothing.';
revoke all on function mo_data.measure_side_fault(text, text[], text[]) from public;

create or replace function mo_data.measure_fault(measure mo_data.prescribing_measure)
    returns text
    language sql stable
    set search_path = pg_catalog, pg_temp
as $$
    select coalesce(
        mo_data.measure_side_fault('numerator', measure.numerator_include, measure.numerator_exclude),
        case when num_nonnulls(measure.population, measure.denominator_include) <> 1
            then 'the denominator is either prescribing (denominator_include) or a population' end,
        case when measure.population is null then mo_data.measure_side_fault('denominator', measure.denominator_include, measure.denominator_exclude) end,
        case when (measure.denominator_include is null) <> (measure.denominator_value is null)
            then 'denominator_value goes with denominator_include' end,
        case when measure.population ~ '^register:' and not exists (
                select from mo_data.cohort c where c.cohort_code = substr(measure.population, 10))
            then format('unknown population "%s": there is no such cohort', measure.population)
        when measure.population <> 'list_size' and measure.population !~ '^register:' and not exists (
                select from mo_data.weight w where w.scheme = measure.population)
            then format('unknown population "%s": it is neither list_size nor a scheme of mo_data.weight nor register:COHORT', measure.population) end,
        case when measure.is_percentage and measure.population is not null then 'a percentage of a population is no percentage of prescribing' end,
        case when measure.is_percentage and measure.numerator_value <> measure.denominator_value
            then 'a percentage needs the same value on both sides' end,
        case when measure.is_cost_based and not measure.is_percentage and measure.numerator_value not in ('nic', 'actual_cost')
            then 'a cost-based measure is a percentage, or its numerator is a cost' end)
$$;
comment on function mo_data.measure_fault(mo_data.prescribing_measure) is
    'Why a definition cannot be used: an empty numerator, an include that an exclude undoes, an unknown population, sides that do not go '
    'together. Null: it can.';
revoke all on function mo_data.measure_fault(mo_data.prescribing_measure) from public;

create or replace function mo_data.measure_definition_of(measure mo_data.prescribing_measure)
    returns text
    language sql immutable
    set search_path = pg_catalog, pg_temp
as $$
    select jsonb_build_array(measure.numerator_include, measure.numerator_exclude, measure.numerator_value, measure.denominator_include,
        measure.denominator_exclude, measure.denominator_value, measure.population, measure.per, measure.is_percentage,
        measure.is_cost_based)::text
$$;
comment on function mo_data.measure_definition_of(mo_data.prescribing_measure) is 'What decides the figures of a measure, as one text.';
revoke all on function mo_data.measure_definition_of(mo_data.prescribing_measure) from public;

create or replace function mo_data.measure_check_row()
    returns trigger
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
declare
    fault constant text := mo_data.measure_fault(new);
begin
    if fault is not null then
        raise exception 'measure %: %', new.measure_id, fault
            using errcode = 'invalid_parameter_value', hint = 'See the comment on mo_data.prescribing_measure.';
    end if;
    if exists (select from mo_data.kpi k where k.kpi_id = new.measure_id and k.family <> 'prescribing_measure') then
        raise exception 'measure %: there is another KPI of that name', new.measure_id
            using errcode = 'unique_violation', hint = 'Choose another measure_id.';
    end if;
    if tg_op = 'INSERT' then -- a name that was used before is a change of definition
        new.definition_version := greatest(new.definition_version, (
            select k.definition_version::integer + 1 from mo_data.kpi k
            where k.kpi_id = new.measure_id and not exists (select from mo_data.prescribing_measure m where m.measure_id = new.measure_id)));
    else
        if new.measure_id <> old.measure_id then
            raise exception 'measure %: a measure keeps its name', old.measure_id
                using errcode = 'invalid_parameter_value', hint = 'Switch it off (is_active), and enter another.';
        end if;
        if new.definition_version <= old.definition_version then
            new.definition_version := old.definition_version
                + (mo_data.measure_definition_of(new) <> mo_data.measure_definition_of(old))::integer;
        end if;
    end if;
    return new;
end
$$;
comment on function mo_data.measure_check_row() is 'Refuses a definition that means nothing, and counts up its version when what is counted changes.';
revoke all on function mo_data.measure_check_row() from public;

create or replace function mo_data.measure_kpi_row()
    returns trigger
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
begin
    if tg_op = 'DELETE' then
        update mo_data.kpi k set is_active = false where k.kpi_id = old.measure_id and k.family = 'prescribing_measure';
    else
        perform mo_data.measure_kpi_sync(new);
    end if;
    return null;
end
$$;
comment on function mo_data.measure_kpi_row() is 'Keeps the KPI of a measure in line with it; a deleted measure''s KPI is switched off, its figures stay.';
revoke all on function mo_data.measure_kpi_row() from public;

create or replace trigger measure_check before insert or update on mo_data.prescribing_measure
    for each row execute function mo_data.measure_check_row();
create or replace trigger measure_kpi after insert or update or delete on mo_data.prescribing_measure
    for each row execute function mo_data.measure_kpi_row();

create or replace view mo_data.measure_problem as
    with entry as (
        select m.measure_id, s.side, s.exclude, e.entry, e.head, e.pattern, s.include
        from mo_data.prescribing_measure m
            cross join lateral (values
                ('numerator', false, m.numerator_include, m.numerator_include), ('numerator', true, m.numerator_exclude, m.numerator_include),
                ('denominator', false, m.denominator_include, m.denominator_include),
                ('denominator', true, m.denominator_exclude, m.denominator_include)
            ) as s (side, exclude, entries, include)
            cross join lateral mo_data.measure_entry(s.entries) e
    )
    select e.measure_id, 'matches nothing' as problem,
        format('%s%s "%s" matches no code that has been prescribed', e.side, case when e.exclude then ' exclusion' else '' end, e.entry) as detail
    from entry e
    where not exists (
        select from mo_data.bnf_presentation b
        where b.bnf_code >= e.head collate "C" and b.bnf_code < (e.head || '[') collate "C" and b.bnf_code like e.pattern)
    union all
    select e.measure_id, 'excludes nothing', format('%s exclusion "%s" lies in no include', e.side, e.entry)
    from entry e
    where e.exclude and not exists (
        select from mo_data.measure_entry(e.include) i where starts_with(e.head, i.head) or starts_with(i.head, e.head))
    union all
    select m.measure_id, 'review overdue', format('its source meant to review it by %s', to_char(m.review_due, 'DD Mon YYYY'))
    from mo_data.prescribing_measure m where m.review_due < current_date and m.is_active;
comment on view mo_data.measure_problem is
    'What may be wrong with definitions that can be used: an entry that matches no presentation of the prescribing loaded so far, an exclusion '
    'outside of its includes, a review that is overdue.';
comment on column mo_data.measure_problem.measure_id is 'Measure.';
comment on column mo_data.measure_problem.problem is 'matches nothing, excludes nothing, review overdue.';
comment on column mo_data.measure_problem.detail is 'Which entry, or since when.';

create or replace view mo_data.measure_problem_list as
    select p.measure_id, count(*)::integer as problem_count, string_agg(p.detail, '; ' order by p.problem, p.detail) as problems
    from mo_data.measure_problem p
    group by p.measure_id;
comment on view mo_data.measure_problem_list is 'measure_problem, a row a measure.';
comment on column mo_data.measure_problem_list.measure_id is 'Measure.';
comment on column mo_data.measure_problem_list.problem_count is 'How many.';
comment on column mo_data.measure_problem_list.problems is 'Their details, in one text.';
