-- Definition files as OpenPrescribing publishes them: what prefix lists can express becomes rows, the rest is refused with the reason.
create or replace function mo_data.stage_measures() returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
begin
    create temporary table stage (line_no bigint, line text, measure_id text, definition text) on commit drop;
end
$$;
comment on function mo_data.stage_measures() is 'Makes the staging table of a load of definitions: one row a measure, its definition as JSON.';

create or replace function mo_data.measure_list(definition jsonb, key text)
    returns text[]
    language sql immutable
    set search_path = pg_catalog, pg_temp
as $$
    select array(
        select x.entry
        from jsonb_array_elements_text(case jsonb_typeof(definition -> key) when 'array' then definition -> key when 'string'
                then jsonb_build_array(definition -> key) else '[]' end) with ordinality as e (entry, place)
            cross join lateral (select btrim(split_part(e.entry, '#', 1)) as entry) x
        where x.entry <> '' order by e.place)
$$;
comment on function mo_data.measure_list(jsonb, text) is 'Entries of a list of BNF codes of a definition, without comments (after #) and blanks.';

create or replace function mo_data.measure_text(definition jsonb, key text)
    returns text
    language sql immutable
    set search_path = pg_catalog, pg_temp
as $$
    select nullif(btrim(regexp_replace(case jsonb_typeof(definition -> key)
        when 'array' then (select string_agg(e.line, ' ' order by e.place) from jsonb_array_elements_text(definition -> key) with ordinality as e (line, place))
        else definition ->> key end, '\s+', ' ', 'g')), '')
$$;
comment on function mo_data.measure_text(jsonb, text) is 'A text of a definition; lists of lines are joined. Null: none, or empty.';

create or replace function mo_data.cut_at_word(words text, most integer)
    returns text
    language sql immutable strict parallel safe
    set search_path = pg_catalog, pg_temp
as $$
    select case when length(words) <= most then words
        else left(rtrim(regexp_replace(left(words, most + 1), '\s+\S*$', ''), ' ,;:('), most) end
$$;
comment on function mo_data.cut_at_word(text, integer) is 'The words of a text that fit into so many characters.';

create or replace function mo_data.measure_inexpressible(definition jsonb)
    returns text
    language sql immutable
    set search_path = pg_catalog, pg_temp
as $$
    select coalesce(
        case when jsonb_typeof(definition) <> 'object' then 'the definition is no object' end,
        (select format('its %s is a query of its own (type custom), which prefix lists cannot express', side)
            from unnest(array['numerator', 'denominator']) side where definition ->> (side || '_type') = 'custom' limit 1),
        (select format(case when mo_data.measure_list(definition, side || '_bnf_codes_filter') = '{}' then 'its %s is a query, without a prefix list'
                else 'its %s needs a query: the prefix list alone would count something else' end, side)
            from unnest(array['numerator', 'denominator']) side
            where definition ->> (side || '_needs_query') = 'true'
                or jsonb_typeof(definition -> (side || '_bnf_codes_query')) in ('string', 'array') limit 1),
        (select format('its %s_type "%s" is not known', side, left(coalesce(definition ->> (side || '_type'), ''), 40))
            from unnest(array['numerator', 'denominator']) side
            where coalesce(definition ->> (side || '_type'), '') not in ('bnf_items', 'bnf_quantity', 'bnf_cost')
                and (side = 'numerator' or coalesce(definition ->> 'denominator_type', '') not in ('list_size', 'star_pu_antibiotics')) limit 1),
        case when definition ->> 'denominator_type' = 'star_pu_antibiotics'
            then 'it is per STAR-PU of OpenPrescribing''s statistics: enter the weights as a scheme, and the measure by hand' end,
        (select format('%s is neither true nor false', key) from unnest(array['is_percentage', 'is_cost_based']) key
            where coalesce(jsonb_typeof(definition -> key), 'null') <> 'boolean' limit 1),
        case when coalesce(jsonb_typeof(definition -> 'low_is_good'), 'null') not in ('boolean', 'null') then 'low_is_good is neither true, false nor null' end,
        case when mo_data.measure_text(definition, 'name') is null and mo_data.measure_text(definition, 'title') is null then 'it has no name' end)
$$;
comment on function mo_data.measure_inexpressible(jsonb) is 'Why an OpenPrescribing definition cannot become a row. Null: it can.';

create or replace function mo_data.measure_of_definition(measure_id text, definition jsonb, batch_id integer)
    returns mo_data.prescribing_measure
    language sql stable
    set search_path = pg_catalog, pg_temp
as $$
    select $1 as measure_id, left(coalesce(mo_data.measure_text($2, 'name'), mo_data.measure_text($2, 'title')), 255) as title,
        mo_data.cut_at_word(coalesce(mo_data.measure_text($2, 'numerator_short'), $1), 30) as short_title,
        coalesce(mo_data.measure_text($2, 'description'), mo_data.measure_text($2, 'title')) as description,
        array(select e from unnest(mo_data.measure_list($2, 'numerator_bnf_codes_filter')) e where e !~ '^~') as numerator_include,
        array(select btrim(substr(e, 2)) from unnest(mo_data.measure_list($2, 'numerator_bnf_codes_filter')) e where e ~ '^~') as numerator_exclude,
        case $2 ->> 'numerator_type' when 'bnf_items' then 'items' when 'bnf_quantity' then 'quantity' else 'actual_cost' end as numerator_value,
        left(coalesce(mo_data.measure_text($2, 'numerator_short'), 'numerator'), 255) as numerator_wording,
        case when d.kind is not null
            then array(select e from unnest(mo_data.measure_list($2, 'denominator_bnf_codes_filter')) e where e !~ '^~') end as denominator_include,
        case when d.kind is null then '{}'
            else array(select btrim(substr(e, 2)) from unnest(mo_data.measure_list($2, 'denominator_bnf_codes_filter')) e where e ~ '^~') end
            as denominator_exclude,
        d.kind as denominator_value, case when d.kind is null then 'list_size' end as population,
        case when d.kind is null then 'registered patients' else left(coalesce(mo_data.measure_text($2, 'denominator_short'), 'denominator'), 255) end
            as denominator_wording,
        case when d.kind is null then 1000 else 1 end::double precision as per,
        ($2 ->> 'is_percentage')::boolean and d.kind is not null as is_percentage,
        case $2 ->> 'low_is_good' when 'true' then 'lower' when 'false' then 'higher' else 'neither' end as direction,
        ($2 ->> 'is_cost_based')::boolean as is_cost_based, 'openprescribing' as pack, mo_data.measure_list($2, 'tags') as tags,
        'OpenPrescribing (Bennett Institute, University of Oxford)' as source, $2 ->> 'date_reviewed' as source_version, 1 as definition_version,
        ($2 ->> 'date_reviewed')::date as reviewed_on, ($2 ->> 'next_review')::date as review_due, true as is_active, $3 as batch_id
    from (select case $2 ->> 'denominator_type' when 'bnf_items' then 'items' when 'bnf_quantity' then 'quantity' when 'bnf_cost' then 'actual_cost' end
        as kind) d
$$;
comment on function mo_data.measure_of_definition(text, jsonb, integer) is 'An OpenPrescribing definition as a row of prescribing_measure.';

create or replace function mo_data.publish_measures(batch_id integer) returns text
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    staged record;
    fault text;
    measure mo_data.prescribing_measure;
    known integer;
    was mo_data.prescribing_measure;
    changed integer := 0;
    older integer := 0;
begin
    for staged in
        select s.line_no, s.line, s.measure_id, s.definition, row_number() over (partition by s.measure_id order by s.line_no) as place
        from pg_temp.stage s order by s.line_no
    loop
        begin
            fault := case when staged.place > 1 then 'the measure is in the file already'
                when staged.measure_id !~ '^[a-z][a-z0-9_]{0,39}$' then 'is no name of a measure: small letters, digits and _, at most 40'
                else mo_data.measure_inexpressible(staged.definition::jsonb) end;
            if fault is null then
                measure := mo_data.measure_of_definition(staged.measure_id, staged.definition::jsonb, publish_measures.batch_id);
                select * into was from mo_data.prescribing_measure m where m.measure_id = staged.measure_id;
                known := (was.measure_id is not null)::integer;
                if known = 1 and was.reviewed_on > measure.reviewed_on then
                    fault := mo_data.measure_fault(measure); -- what was reviewed later stays, and what is wrong with this one is said all the same
                    older := older + (fault is null)::integer;
                elsif known = 1 then
                    measure.is_active := was.is_active; -- whether a site counts it is the site's decision
                    measure.definition_version := was.definition_version;
                    measure.pack := case when was.pack = 'nhse_opportunity' then was.pack else measure.pack end;
                    changed := changed + (mo_data.measure_definition_of(was) <> mo_data.measure_definition_of(measure))::integer;
                    update mo_data.prescribing_measure m set (
                            title, short_title, description, numerator_include, numerator_exclude, numerator_value, numerator_wording,
                            denominator_include, denominator_exclude, denominator_value, population, denominator_wording, per, is_percentage,
                            direction, is_cost_based, pack, tags, source, source_version, reviewed_on, review_due, batch_id)
                        = (measure.title, measure.short_title, measure.description, measure.numerator_include, measure.numerator_exclude,
                            measure.numerator_value, measure.numerator_wording, measure.denominator_include, measure.denominator_exclude,
                            measure.denominator_value, measure.population, measure.denominator_wording, measure.per, measure.is_percentage,
                            measure.direction, measure.is_cost_based, measure.pack, measure.tags, measure.source, measure.source_version,
                            measure.reviewed_on, measure.review_due, measure.batch_id)
                        where m.measure_id = measure.measure_id;
                else
                    insert into mo_data.prescribing_measure select measure.*;
                end if;
            end if;
        exception when data_exception or integrity_constraint_violation then
            get stacked diagnostics fault = message_text;
            fault := regexp_replace(fault, '^measure [^:]*: ', '');
        end;
        if fault is not null then
            insert into mo_data.load_reject (batch_id, line_no, column_name, reason, line)
                values (publish_measures.batch_id, staged.line_no, staged.measure_id, fault, staged.line);
        end if;
    end loop;
    update mo_data.load_batch b set changed_from = 'infinity' where b.batch_id = publish_measures.batch_id; -- definitions say by themselves what is dirty
    return nullif(concat_ws('; ', case when changed > 0 then format('%s definitions changed', changed) end,
        case when older > 0 then format('%s definitions here were reviewed later than those in the file, and stay', older) end,
        (select format('%s entries match no code prescribed so far: see mo_data.measure_problem', count(*))
            from mo_data.measure_problem p where p.problem = 'matches nothing' and p.measure_id in (
                select m.measure_id from mo_data.prescribing_measure m where m.batch_id = publish_measures.batch_id)
            having count(*) > 0)), '');
end
$$;
comment on function mo_data.publish_measures(integer) is
    'Ends a load of definitions: each becomes a row, new or instead of the one of that name (whether it is active stays), or is refused with '
    'the reason: a query of its own, an unknown type, a definition that means nothing. Called by load_finish.';

revoke all on function mo_data.stage_measures(), mo_data.cut_at_word(text, integer), mo_data.measure_list(jsonb, text), mo_data.measure_text(jsonb, text),
    mo_data.measure_inexpressible(jsonb), mo_data.measure_of_definition(text, jsonb, integer), mo_data.publish_measures(integer) from public;
