-- Measures made from what a site enters elsewhere: NICE-approved medicines, switch programmes, the formulary.
--
-- innovation_CODE:  items (or quantity) of the medicine per 100,000 registered patients, or per 100 patients of a register.
-- switch_CODE:      quantity of the medicine switched to, of the quantity of both. Where one prefix contains the other, the narrower decides.
-- formulary_CLASS:  items of medicines that the formulary of today calls first line, of all items of the class: what is prescribed, beside
--                   KPI first_line_new_starts, which is what is started.
create or replace function mo_data.derived_measures()
    returns table (measure mo_data.prescribing_measure, fault text)
    language sql stable
    set search_path = pg_catalog, pg_temp
as $$
    with innovation as (
        select 'innovation_' || i.medicine_code as measure_id, i.title || ' (NICE ' || i.nice_reference || ')' as title,
            mo_data.cut_at_word('Uptake: ' || i.title, 30) as short_title, 'Uptake of a NICE-approved medicine. Variation is for discussion.' as description,
            string_to_array(i.bnf_prefixes, ' ') as numerator_include, '{}'::text[] as numerator_exclude, i.value_kind as numerator_value,
            initcap(i.value_kind) || ' of ' || i.title as numerator_wording, null::text[] as denominator_include, null::text as denominator_value,
            coalesce('register:' || i.cohort_code, 'list_size') as population,
            case when i.cohort_code is null then 'Registered patients' else 'Patients in register ' || i.cohort_code end as denominator_wording,
            case when i.cohort_code is null then 100000 else 100 end::double precision as per, false as is_percentage, 'neither' as direction,
            false as is_cost_based, 'innovation' as pack, 'NICE ' || i.nice_reference as source, to_char(i.recommended_on, 'YYYY-MM-DD') as source_version
        from mo_data.innovation_medicine i
        where i.is_on
    ), switch as (
        select 'switch_' || lower(regexp_replace(p.programme_code, '[^A-Za-z0-9]+', '_', 'g')) as measure_id, 'Switched: ' || p.title,
            mo_data.cut_at_word('Switched: ' || p.title, 30), 'Share of the quantity of both medicines that is the one switched to.',
            array[p.to_bnf_prefix], case when starts_with(p.from_bnf_prefix, p.to_bnf_prefix) then array[p.from_bnf_prefix] else '{}' end, 'quantity',
            'Quantity of ' || p.to_bnf_prefix, array[p.from_bnf_prefix, p.to_bnf_prefix], 'quantity', null,
            'Quantity of ' || p.from_bnf_prefix || ' and ' || p.to_bnf_prefix, 1, true, 'higher', true, 'switch', 'Switch programme ' || p.programme_code, null
        from mo_data.switch_programme p
        where p.from_bnf_prefix <> p.to_bnf_prefix
    ), listed as (
        select f.class_code, f.bnf_prefix, f.line = 'first' as is_first
        from mo_data.formulary f where f.valid_from <= current_date and (f.valid_to is null or f.valid_to > current_date)
    ), formulary as (
        select 'formulary_' || lower(regexp_replace(l.class_code, '[^A-Za-z0-9]+', '_', 'g')) as measure_id,
            'Formulary: first-line items in class ' || l.class_code, mo_data.cut_at_word('First line: ' || l.class_code, 30),
            'Share of all items of the class that are first line in the formulary of today.', array_agg(l.bnf_prefix order by l.bnf_prefix) filter (where l.is_first),
            coalesce((select array_agg(x.bnf_prefix order by x.bnf_prefix) from listed x where x.class_code = l.class_code and not x.is_first
                and exists (select from listed y where y.class_code = l.class_code and y.is_first and starts_with(x.bnf_prefix, y.bnf_prefix))), '{}'),
            'items', 'First-line items of class ' || l.class_code, array_agg(l.bnf_prefix order by l.bnf_prefix), 'items', null,
            'Items of class ' || l.class_code, 1, true, 'higher', false, 'formulary', 'Local formulary', null
        from listed l
        group by l.class_code
        having bool_or(l.is_first)
    ), wanted as (
        select * from innovation union all select * from switch union all select * from formulary
    )
    select m, case when w.measure_id !~ '^[a-z][a-z0-9_]{0,39}$' then 'the name is too long'
            when count(*) over (partition by w.measure_id) > 1 then 'two rows would have this name' else mo_data.measure_fault(m) end
    from wanted w
        cross join lateral (
            select w.measure_id, left(w.title, 255) as title, w.short_title, w.description, w.numerator_include, w.numerator_exclude, w.numerator_value,
                left(w.numerator_wording, 255) as numerator_wording, w.denominator_include, '{}'::text[] as denominator_exclude, w.denominator_value,
                w.population, left(w.denominator_wording, 255) as denominator_wording, w.per, w.is_percentage, w.direction, w.is_cost_based, w.pack,
                '{}'::text[] as tags, w.source, w.source_version, 1 as definition_version, null::date as reviewed_on, null::date as review_due,
                true as is_active, null::integer as batch_id
        ) r
        cross join lateral (select row(r.*)::mo_data.prescribing_measure as m) x
$$;
revoke all on function mo_data.derived_measures() from public;
comment on function mo_data.derived_measures() is
    'The measures that rows of innovation_medicine, switch_programme and formulary ask for, and why one cannot be made (null: it can).';

create or replace function mo_data.derived_measures_sync()
    returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
declare
    wanted record;
begin
    delete from mo_data.prescribing_measure m
        where m.pack in ('innovation', 'switch', 'formulary')
            and not exists (select from mo_data.derived_measures() d where (d.measure).measure_id = m.measure_id and d.fault is null);
    for wanted in select d.measure, d.fault from mo_data.derived_measures() d loop
        if wanted.fault is not null then
            raise notice 'refresh: measure % cannot be made: %', (wanted.measure).measure_id, wanted.fault;
        elsif exists (select from mo_data.prescribing_measure m where m.measure_id = (wanted.measure).measure_id
                and m.pack not in ('innovation', 'switch', 'formulary')) then
            raise notice 'refresh: measure % cannot be made: there is another of that name', (wanted.measure).measure_id;
        else
            insert into mo_data.prescribing_measure as m select (wanted.measure).*
                on conflict (measure_id) do update set
                    title = excluded.title, short_title = excluded.short_title, description = excluded.description,
                    numerator_include = excluded.numerator_include, numerator_exclude = excluded.numerator_exclude,
                    numerator_value = excluded.numerator_value, numerator_wording = excluded.numerator_wording,
                    denominator_include = excluded.denominator_include, population = excluded.population,
                    denominator_wording = excluded.denominator_wording, per = excluded.per, source = excluded.source, source_version = excluded.source_version
                where (m.title, m.numerator_include, m.numerator_exclude, m.numerator_value, m.denominator_include, m.population, m.per, m.source,
                        m.source_version)
                    is distinct from (excluded.title, excluded.numerator_include, excluded.numerator_exclude, excluded.numerator_value,
                        excluded.denominator_include, excluded.population, excluded.per, excluded.source, excluded.source_version);
        end if;
    end loop;
end
$$;
revoke all on function mo_data.derived_measures_sync() from public;
comment on function mo_data.derived_measures_sync() is
    'Brings the measures made from innovation_medicine, switch_programme and formulary in line with them, writing only what differs; what '
    'cannot be made is named in a NOTICE, and at any time by derived_measures(). Part of refresh().';
