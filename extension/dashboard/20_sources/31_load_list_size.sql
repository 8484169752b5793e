-- Registered patients: bands go to list_size, published totals to list_size_total, so nothing is counted twice.
create or replace function mo_data.stage_list_size() returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    create temporary table stage (
        line_no bigint, line text, month date, org_type text, org_code text, sex text, age_band text,
        age_from smallint, age_to smallint, is_total boolean, patients integer) on commit drop;
end
$$;
comment on function mo_data.stage_list_size() is
    'Makes the staging table of a list size load; is_total: sex or age ALL, or an organisation that is not a practice.';

create or replace function mo_data.reject_list_size(batch_id integer) returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    insert into mo_data.load_reject (batch_id, line_no, column_name, reason, line)
    select distinct on (d.line_no) reject_list_size.batch_id, d.line_no, null, d.reason, d.line
    from (
        select
            s.line_no, s.line, 'the same organisation, month, sex and age as line ' || min(s.line_no) over same as reason,
            row_number() over (same order by s.line_no) as place
        from pg_temp.stage s
        window same as (partition by s.is_total, s.month, s.org_type, s.org_code, s.sex,
            case when s.is_total then s.age_band else s.age_from::text end)) d
    where d.place > 1
    order by d.line_no;

    insert into mo_data.load_reject (batch_id, line_no, column_name, reason, line)
    select distinct on (s.line_no) reject_list_size.batch_id, s.line_no, null,
        format('the practice''s list of this month came with load %s, part "%s"', b.batch_id, b.part), s.line
    from mo_data.list_size l
    join mo_data.load_batch b on b.batch_id = l.batch_id
    join pg_temp.stage s on l.practice_code = s.org_code and l.month = s.month and l.sex = s.sex and l.age_from = s.age_from
    where not s.is_total
        and l.batch_id = any (array(
            select other.batch_id
            from mo_data.load_batch other
            join mo_data.load_batch this on this.source = other.source and this.part <> other.part
            where this.batch_id = reject_list_size.batch_id))
        and l.month = any (array(select distinct t.month from pg_temp.stage t))
    order by s.line_no;

    delete from pg_temp.stage s
    where s.line_no in (select r.line_no from mo_data.load_reject r where r.batch_id = reject_list_size.batch_id);
end
$$;
comment on function mo_data.reject_list_size(integer) is
    'Rejects staged lines that repeat another, or whose practice and month were loaded as another part.';

create or replace function mo_data.list_size_difference() returns text
    language plpgsql stable
    set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return (
        select format('%s practices whose published total is not the sum of their bands: %s%s', count(*),
            string_agg(format('%s %s, bands %s', d.org_code, d.published, d.bands), ', ' order by d.org_code) filter (where d.place <= 3),
            case when count(*) > 3 then ' ...' end)
        from (
            select t.org_code, t.patients as published, b.bands, row_number() over (order by t.org_code, t.month) as place
            from pg_temp.stage t
            join lateral (
                select sum(s.patients) as bands
                from pg_temp.stage s
                where not s.is_total and s.org_code = t.org_code and s.month = t.month) b on b.bands <> t.patients
            where t.is_total and t.org_type = 'GP' and t.sex = 'ALL' and t.age_band = 'ALL') d
        having count(*) > 0);
end
$$;
comment on function mo_data.list_size_difference() is
    'Says which practices'' published totals in the staged file differ from the sum of their bands. Null: none.';

create or replace function mo_data.publish_list_size(batch_id integer) returns text
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    replaced bigint;
    band_months date[];
begin
    create index on pg_temp.stage (org_code, month);
    analyze pg_temp.stage;
    perform mo_data.reject_list_size(publish_list_size.batch_id);

    -- A file with bands replaces its part's bands of its months; a file of totals only does not touch them.
    band_months := array(select distinct s.month from pg_temp.stage s where not s.is_total);
    delete from mo_data.list_size l
    where l.month = any (band_months) and l.batch_id = any (array(
        select old.batch_id
        from mo_data.load_batch old
        join mo_data.load_batch this on old.source = this.source and old.part = this.part and old.batch_id <> this.batch_id
        where this.batch_id = publish_list_size.batch_id));
    get diagnostics replaced = row_count;
    insert into mo_data.list_size (month, practice_code, sex, age_from, age_to, patients, batch_id)
    select s.month, s.org_code, s.sex, s.age_from, s.age_to, s.patients, publish_list_size.batch_id
    from pg_temp.stage s
    where not s.is_total
    order by s.org_code, s.month;
    insert into mo_data.list_size_total as t (month, org_type, org_code, sex, age_band, patients, batch_id)
    select s.month, s.org_type, s.org_code, s.sex, s.age_band, s.patients, publish_list_size.batch_id
    from pg_temp.stage s
    where s.is_total
    on conflict (month, org_type, org_code, sex, age_band) do update
        set patients = excluded.patients, batch_id = excluded.batch_id;

    update mo_data.load_batch b
    set months = coalesce((select array_agg(distinct s.month order by s.month) from pg_temp.stage s), '{}'), rows_replaced = replaced
    where b.batch_id = publish_list_size.batch_id;
    return nullif(concat_ws('; ', case when replaced > 0 then format('replaces %s rows of earlier loads', replaced) end,
        mo_data.list_size_difference()), '');
end
$$;
comment on function mo_data.publish_list_size(integer) is
    'Ends a list size load: moves the staged rows, replacing the part''s earlier ones of the same months. Called by load_finish.';

revoke all on function mo_data.stage_list_size(), mo_data.reject_list_size(integer), mo_data.list_size_difference(),
    mo_data.publish_list_size(integer) from public;
