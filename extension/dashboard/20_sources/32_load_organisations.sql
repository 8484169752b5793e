-- Organisations (epraccur): practices, their commissioner (sub-ICB) with dates, and ICB and region of each sub-ICB without.
create or replace function mo_data.stage_organisations() returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    create temporary table stage (
        line_no bigint, line text, org_code text, name text, region_code text, icb_code text, postcode text,
        open_from date, open_to date, ods_status text, sub_icb_code text, sub_icb_from date, sub_icb_to date,
        prescribing_setting smallint) on commit drop;
end
$$;
comment on function mo_data.stage_organisations() is
    'Makes the staging table of an organisations load; dates half-open: open_to and sub_icb_to are the first day no longer.';

create or replace function mo_data.load_name(batch_id integer, org_type text, org_code text, name text) returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    insert into mo_data.organisation as o (org_code, org_type, name, batch_id)
    values (load_name.org_code, load_name.org_type, coalesce(load_name.name, load_name.org_code), load_name.batch_id)
    on conflict (org_code) do update
        set name = excluded.name, batch_id = excluded.batch_id
        where load_name.name is not null and o.name <> load_name.name and o.org_type = load_name.org_type
            and (o.name = o.org_code or not mo_data.load_is_older(load_name.batch_id));
end
$$;
comment on function mo_data.load_name(integer, text, text, text) is
    'Makes an organisation that a file only mentions, or gives it its name; an older file names only what has no name.';

create or replace function mo_data.load_undated_parent(batch_id integer, org_code text, parent_type text, parent_code text)
    returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    as_at constant date := (select b.as_at from mo_data.load_batch b where b.batch_id = load_undated_parent.batch_id);
    present mo_data.organisation_parent;
begin
    if not exists (
        select from mo_data.organisation_parent p
        where p.org_code = load_undated_parent.org_code and p.parent_type = load_undated_parent.parent_type) then
        insert into mo_data.organisation_parent (org_code, parent_type, parent_code, batch_id)
        values (load_undated_parent.org_code, load_undated_parent.parent_type, load_undated_parent.parent_code,
            load_undated_parent.batch_id);
        return;
    end if;
    select * into present
    from mo_data.organisation_parent p
    where p.org_code = load_undated_parent.org_code and p.parent_type = load_undated_parent.parent_type
        and p.valid_from <= as_at and (p.valid_to is null or p.valid_to > as_at);
    if not found or present.parent_code = load_undated_parent.parent_code or mo_data.load_is_older(load_undated_parent.batch_id) then
        return;
    end if;
    if present.valid_from = as_at then
        update mo_data.organisation_parent p
        set parent_code = load_undated_parent.parent_code, batch_id = load_undated_parent.batch_id
        where p.org_code = present.org_code and p.parent_type = present.parent_type and p.valid_from = as_at;
    else
        update mo_data.organisation_parent p
        set valid_to = as_at, batch_id = load_undated_parent.batch_id
        where p.org_code = present.org_code and p.parent_type = present.parent_type and p.valid_from = present.valid_from;
        insert into mo_data.organisation_parent (org_code, parent_type, parent_code, valid_from, valid_to, batch_id)
        values (present.org_code, present.parent_type, load_undated_parent.parent_code, as_at, present.valid_to,
            load_undated_parent.batch_id);
    end if;
end
$$;
comment on function mo_data.load_undated_parent(integer, text, text, text) is
    'Takes a membership from a file that gives no dates: the first one known holds since 1900-01-01; one that differs begins on the '
    'day the file describes (as_at of the load) and ends the one before; an older file changes nothing that is known.';

create or replace function mo_data.reject_organisations(batch_id integer) returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    insert into mo_data.load_reject (batch_id, line_no, column_name, reason, line)
    select reject_organisations.batch_id, s.line_no, 'organisation code',
        case when s.place > 1 then format('%s is already in line %s', s.org_code, s.first_line)
            else format('%s is already known as a %s', s.org_code, o.org_type) end, s.line
    from (
        select t.*, min(t.line_no) over same as first_line, row_number() over (same order by t.line_no) as place
        from pg_temp.stage t
        window same as (partition by t.org_code)) s
    left join mo_data.organisation o on o.org_code = s.org_code and o.org_type <> 'practice'
    where s.place > 1 or o.org_code is not null;
    insert into mo_data.load_reject (batch_id, line_no, column_name, reason, line)
    select reject_organisations.batch_id, s.line_no, f.column_name, f.reason, s.line
    from pg_temp.stage s
    cross join lateral (values
        ('close date', 'is before the open date', s.open_to <= s.open_from),
        ('left date', 'is before the join date', s.sub_icb_to <= s.sub_icb_from)) as f (column_name, reason, holds)
    where f.holds and not exists (
        select from mo_data.load_reject r where r.batch_id = reject_organisations.batch_id and r.line_no = s.line_no);
    delete from pg_temp.stage s
    using mo_data.load_reject r
    where r.batch_id = reject_organisations.batch_id and r.line_no = s.line_no;
end
$$;
comment on function mo_data.reject_organisations(integer) is
    'Rejects staged organisations given twice, known as something else, or with dates the wrong way round.';

create or replace function mo_data.publish_sub_icb_members(batch_id integer) returns bigint
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    is_older constant boolean := mo_data.load_is_older_edition(publish_sub_icb_members.batch_id);
    replaced bigint := 0;
begin
    create temporary table stage_member on commit drop as
    select
        s.org_code, s.sub_icb_code as parent_code, coalesce(s.sub_icb_from, s.open_from, date '1900-01-01') as valid_from,
        s.sub_icb_to as valid_to
    from pg_temp.stage s
    join mo_data.organisation o on o.org_code = s.sub_icb_code and o.org_type = 'sub_icb';
    delete from pg_temp.stage_member m
    where m.valid_to <= m.valid_from
        or exists ( -- the last that is known, as it is
            select from mo_data.organisation_parent p
            where p.org_code = m.org_code and p.parent_type = 'sub_icb' and p.parent_code = m.parent_code
                and p.valid_from = m.valid_from and p.valid_to is not distinct from m.valid_to)
            and not exists (
                select from mo_data.organisation_parent p
                where p.org_code = m.org_code and p.parent_type = 'sub_icb' and p.valid_from > m.valid_from);
    if is_older then
        delete from pg_temp.stage_member m
        where exists (
            select from mo_data.organisation_parent p
            where p.org_code = m.org_code and p.parent_type = 'sub_icb'
                and daterange(p.valid_from, p.valid_to) && daterange(m.valid_from, m.valid_from, '[]'));
        update pg_temp.stage_member m
        set valid_to = n.valid_from
        from (
            select p.org_code, x.valid_from as member_from, min(p.valid_from) as valid_from
            from mo_data.organisation_parent p
            join pg_temp.stage_member x on x.org_code = p.org_code and p.valid_from > x.valid_from
            where p.parent_type = 'sub_icb'
            group by p.org_code, x.valid_from) n
        where n.org_code = m.org_code and n.member_from = m.valid_from and (m.valid_to is null or m.valid_to > n.valid_from);
    else
        -- The file states the present commissioner: it ends the one before and replaces what was said of later days.
        delete from mo_data.organisation_parent p
        using pg_temp.stage_member m
        where p.org_code = m.org_code and p.parent_type = 'sub_icb' and p.valid_from >= m.valid_from;
        get diagnostics replaced = row_count;
        update mo_data.organisation_parent p
        set valid_to = m.valid_from, batch_id = publish_sub_icb_members.batch_id
        from pg_temp.stage_member m
        where p.org_code = m.org_code and p.parent_type = 'sub_icb' and (p.valid_to is null or p.valid_to > m.valid_from);
    end if;
    insert into mo_data.organisation_parent (org_code, parent_type, parent_code, valid_from, valid_to, batch_id)
    select m.org_code, 'sub_icb', m.parent_code, m.valid_from, m.valid_to, publish_sub_icb_members.batch_id
    from pg_temp.stage_member m;
    return replaced;
end
$$;
comment on function mo_data.publish_sub_icb_members(integer) is
    'Brings practices'' dated membership of sub-ICBs up to the staged file. A new commissioner ends the old one on its join date. '
    'Returns how many memberships it replaced.';

create or replace function mo_data.publish_organisation_tree(batch_id integer) returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    -- Active GP practices say best which ICB a sub-ICB is in: a few odd sites name another.
    perform mo_data.load_undated_parent(publish_organisation_tree.batch_id, t.child, t.parent_type, t.parent)
    from (
        select distinct on (c.parent_type, c.child) c.parent_type, c.child, c.parent
        from (
            select v.parent_type, v.child, v.parent, count(*) as members,
                count(*) filter (where s.ods_status = 'A' and s.prescribing_setting = 4) as practices
            from pg_temp.stage s
            cross join lateral (values
                ('icb', s.sub_icb_code, s.icb_code), ('region', s.icb_code, s.region_code)) as v (parent_type, child, parent)
            where v.child is not null and v.parent is not null
            group by v.parent_type, v.child, v.parent) c
        order by c.parent_type, c.child, c.practices desc, c.members desc, c.parent) t
    join mo_data.organisation child on child.org_code = t.child and child.org_type in ('sub_icb', 'icb')
    join mo_data.organisation parent on parent.org_code = t.parent and parent.org_type = t.parent_type
    order by t.parent_type, t.child;
    perform mo_data.load_undated_parent(publish_organisation_tree.batch_id, r.org_code, 'nation', 'ENG')
    from mo_data.organisation r
    where r.org_type = 'region' and r.org_code ~ '^Y';
end
$$;
comment on function mo_data.publish_organisation_tree(integer) is
    'Sub-ICB to ICB, ICB to region, English region to nation, by what most active GP practices of the staged file say.';

create or replace function mo_data.load_icb_names(batch_id integer) returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    -- "NHS GREATER MANCHESTER ICB - 01G" names the ICB too; the organisations file has only codes of ICBs.
    perform mo_data.load_name(load_icb_names.batch_id, 'icb', i.icb_code, i.name)
    from (
        select p.parent_code as icb_code, max(substring(o.name from '^(.+ (?:ICB|INTEGRATED CARE BOARD)) - [0-9A-Z]+$')) as name
        from mo_data.organisation o
        join mo_data.load_batch b on b.batch_id = load_icb_names.batch_id
        join mo_data.organisation_parent p on p.org_code = o.org_code and p.parent_type = 'icb'
            and p.valid_from <= b.as_at and (p.valid_to is null or p.valid_to > b.as_at)
        where o.org_type = 'sub_icb'
        group by p.parent_code) i
    where i.name is not null
    order by i.icb_code;
end
$$;
comment on function mo_data.load_icb_names(integer) is
    'Names ICBs after the names of the sub-ICBs that are in them on the day the file describes.';

create or replace function mo_data.publish_organisations(batch_id integer) returns text
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    replaced bigint;
begin
    perform pg_advisory_xact_lock(hashtextextended('mo_data.organisation', 0));
    perform mo_data.reject_organisations(publish_organisations.batch_id);
    perform mo_data.load_name(publish_organisations.batch_id, 'nation', 'ENG', 'England');
    perform mo_data.load_name(publish_organisations.batch_id, v.org_type, v.org_code, null)
    from (
        select distinct v.org_type, v.org_code
        from pg_temp.stage s
        cross join lateral (values
            ('region', s.region_code), ('icb', s.icb_code), ('sub_icb', s.sub_icb_code)) as v (org_type, org_code)
        where v.org_code is not null and v.org_code not in (select t.org_code from pg_temp.stage t)) v
    order by v.org_type desc, v.org_code;

    insert into mo_data.organisation as o (
        org_code, org_type, name, prescribing_setting, ods_status, postcode, open_from, open_to, batch_id)
    select s.org_code, 'practice', s.name, s.prescribing_setting, s.ods_status, s.postcode,
        coalesce(s.open_from, date '1900-01-01'), s.open_to, publish_organisations.batch_id
    from pg_temp.stage s
    order by s.org_code
    on conflict (org_code) do update
        set name = excluded.name, prescribing_setting = excluded.prescribing_setting, ods_status = excluded.ods_status,
            postcode = excluded.postcode, open_from = excluded.open_from, open_to = excluded.open_to, batch_id = excluded.batch_id
        where not mo_data.load_is_older_edition(publish_organisations.batch_id)
            or (o.prescribing_setting is null and not exists ( -- known by its name only
                select from mo_data.load_batch b where b.batch_id = o.batch_id and b.source = 'organisations'));
    replaced := mo_data.publish_sub_icb_members(publish_organisations.batch_id);
    perform mo_data.publish_organisation_tree(publish_organisations.batch_id);
    perform mo_data.load_icb_names(publish_organisations.batch_id);
    update mo_data.load_batch b set rows_replaced = replaced where b.batch_id = publish_organisations.batch_id;
    return case when mo_data.load_is_older_edition(publish_organisations.batch_id)
        then 'older than a loaded file: only what was not known was taken' end;
end
$$;
comment on function mo_data.publish_organisations(integer) is
    'Ends an organisations load: practices, their dated sub-ICB, and the tree above. Called by load_finish.';

revoke all on function mo_data.stage_organisations(), mo_data.load_name(integer, text, text, text), mo_data.load_icb_names(integer),
    mo_data.load_undated_parent(integer, text, text, text), mo_data.reject_organisations(integer),
    mo_data.publish_sub_icb_members(integer), mo_data.publish_organisation_tree(integer), mo_data.publish_organisations(integer)
    from public;
