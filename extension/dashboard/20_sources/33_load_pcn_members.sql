-- PCNs and their practices (ePCN, both of its sheets). The core partner sheet has all memberships, past and present.
create or replace function mo_data.stage_pcn_members() returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    create temporary table stage_pcn (
        line_no bigint, line text, pcn_code text, pcn_name text, sub_icb_code text, sub_icb_name text,
        open_from date, open_to date, postcode text) on commit drop;
    create temporary table stage (
        line_no bigint, line text, practice_code text, practice_name text, sub_icb_code text, sub_icb_name text, pcn_code text,
        pcn_name text, pcn_sub_icb_code text, pcn_sub_icb_name text, valid_from date, valid_to date) on commit drop;
end
$$;
comment on function mo_data.stage_pcn_members() is
    'Makes the staging tables of an ePCN load: stage_pcn (PCN details) and stage (core partners); dates half-open.';

create or replace function mo_data.reject_pcn_overlaps(batch_id integer) returns bigint
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    member record;
    other record;
    shortened bigint := 0;
begin
    create temporary table stage_kept (
        practice_code text, pcn_code text, valid_from date, valid_to date, line_no bigint) on commit drop;
    create index on pg_temp.stage_kept (practice_code);
    -- An open membership is believed before an ended one, of two open ones the earlier, of two ended ones the later.
    for member in
        select s.* from pg_temp.stage s
        order by s.practice_code, (s.valid_to is null) desc, case when s.valid_to is null then s.valid_from end,
            s.valid_from desc, s.valid_to desc, s.line_no
    loop
        -- ODS gives the last day: where it is the first day of the next PCN the practice has moved on that day.
        select k.* into other from pg_temp.stage_kept k
        where k.practice_code = member.practice_code and k.valid_from = member.valid_to - 1 and k.valid_from > member.valid_from;
        if found then
            member.valid_to := other.valid_from;
            shortened := shortened + 1;
        end if;
        select k.* into other from pg_temp.stage_kept k
        where k.practice_code = member.practice_code
            and daterange(k.valid_from, k.valid_to) && daterange(member.valid_from, member.valid_to)
        limit 1;
        if not found then
            insert into pg_temp.stage_kept
            values (member.practice_code, member.pcn_code, member.valid_from, member.valid_to, member.line_no);
        else
            insert into mo_data.load_reject (batch_id, line_no, column_name, reason, line)
            values (reject_pcn_overlaps.batch_id, member.line_no, 'PCN Code',
                format('%s is in %s%s from %s (line %s) at the same time; a practice can be in one PCN only',
                    member.practice_code, other.pcn_code, case when other.valid_to is null then ', and still is,' else '' end,
                    other.valid_from, other.line_no), member.line);
        end if;
    end loop;
    return shortened;
end
$$;
comment on function mo_data.reject_pcn_overlaps(integer) is
    'Moves staged memberships to stage_kept, one PCN for a practice on any day, and rejects the others with a reason. '
    'Returns how many ended on the very day the next one began, which were shortened by that day.';

create or replace function mo_data.publish_pcn_names(batch_id integer) returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    perform mo_data.load_name(publish_pcn_names.batch_id, v.org_type, v.org_code, v.name)
    from (
        select v.org_type, v.org_code, max(v.name) as name
        from (
            select 'sub_icb' as org_type, d.sub_icb_code as org_code, d.sub_icb_name as name from pg_temp.stage_pcn d
            union all select 'pcn', d.pcn_code, d.pcn_name from pg_temp.stage_pcn d
            union all select 'sub_icb', s.sub_icb_code, s.sub_icb_name from pg_temp.stage s
            union all select 'sub_icb', s.pcn_sub_icb_code, s.pcn_sub_icb_name from pg_temp.stage s
            union all select 'pcn', s.pcn_code, s.pcn_name from pg_temp.stage s) v
        where v.org_code is not null
        group by v.org_type, v.org_code
        union all
        -- A member that the organisations file does not have yet: code and name are better than losing the membership.
        select 'practice', s.practice_code, max(s.practice_name)
        from pg_temp.stage s
        where not exists (select from mo_data.organisation o where o.org_code = s.practice_code)
        group by s.practice_code) v
    order by v.org_type, v.org_code;
    perform mo_data.load_icb_names(publish_pcn_names.batch_id);
end
$$;
comment on function mo_data.publish_pcn_names(integer) is
    'Makes or names the PCNs, sub-ICBs, ICBs and, where unknown, practices of a staged ePCN file.';

create or replace function mo_data.publish_pcn_members(batch_id integer) returns text
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    is_older boolean;
    shortened bigint;
    replaced bigint;
begin
    perform pg_advisory_xact_lock(hashtextextended('mo_data.organisation', 0));
    is_older := mo_data.load_is_older_edition(publish_pcn_members.batch_id);
    insert into mo_data.load_reject (batch_id, line_no, column_name, reason, line)
    select publish_pcn_members.batch_id, s.line_no, s.column_name, format('%s is already known as a %s', s.org_code, o.org_type), s.line
    from (
        select t.line_no, t.line, 'PCN Code' as column_name, t.pcn_code as org_code, 'pcn' as org_type from pg_temp.stage t
        union all select t.line_no, t.line, 'PCN Code', t.pcn_code, 'pcn' from pg_temp.stage_pcn t
        union all select t.line_no, t.line, 'Partner Organisation Code', t.practice_code, 'practice' from pg_temp.stage t) s
    join mo_data.organisation o on o.org_code = s.org_code and o.org_type <> s.org_type;
    insert into mo_data.load_reject (batch_id, line_no, column_name, reason, line)
    select publish_pcn_members.batch_id, d.line_no, 'PCN Code', format('%s is already in line %s', d.pcn_code, d.first_line), d.line
    from (select s.*, min(s.line_no) over (partition by s.pcn_code) as first_line from pg_temp.stage_pcn s) d
    where d.line_no > d.first_line and not exists (
        select from mo_data.load_reject r where r.batch_id = publish_pcn_members.batch_id and r.line_no = d.line_no);
    delete from pg_temp.stage s using mo_data.load_reject r where r.batch_id = publish_pcn_members.batch_id and r.line_no = s.line_no;
    delete from pg_temp.stage_pcn s using mo_data.load_reject r where r.batch_id = publish_pcn_members.batch_id and r.line_no = s.line_no;

    perform mo_data.publish_pcn_names(publish_pcn_members.batch_id);
    update mo_data.organisation o
    set open_from = coalesce(d.open_from, o.open_from), open_to = d.open_to, postcode = d.postcode, batch_id = publish_pcn_members.batch_id
    from pg_temp.stage_pcn d
    where d.pcn_code = o.org_code and (not is_older or (o.open_from = '1900-01-01' and num_nulls(o.open_to, o.postcode) = 2))
        and (d.open_to is null or d.open_to > coalesce(d.open_from, o.open_from));
    shortened := mo_data.reject_pcn_overlaps(publish_pcn_members.batch_id);

    -- The newest file states the whole history of the practices in it; an older one speaks only of practices not known.
    delete from pg_temp.stage_kept k
    where is_older and exists (
        select from mo_data.organisation_parent p where p.org_code = k.practice_code and p.parent_type = 'pcn');
    delete from mo_data.organisation_parent p
    where p.parent_type = 'pcn' and p.org_code in (select k.practice_code from pg_temp.stage_kept k)
        and not exists (
            select from pg_temp.stage_kept k
            where k.practice_code = p.org_code and k.pcn_code = p.parent_code and k.valid_from = p.valid_from
                and k.valid_to is not distinct from p.valid_to);
    get diagnostics replaced = row_count;
    insert into mo_data.organisation_parent (org_code, parent_type, parent_code, valid_from, valid_to, batch_id)
    select k.practice_code, 'pcn', k.pcn_code, k.valid_from, k.valid_to, publish_pcn_members.batch_id
    from pg_temp.stage_kept k
    on conflict (org_code, parent_type, valid_from) do nothing;

    perform mo_data.load_undated_parent(publish_pcn_members.batch_id, v.pcn_code, 'sub_icb', v.sub_icb_code)
    from (
        select d.pcn_code, max(d.sub_icb_code) as sub_icb_code from pg_temp.stage_pcn d where d.sub_icb_code is not null group by d.pcn_code
        union all
        select s.pcn_code, max(s.pcn_sub_icb_code) from pg_temp.stage s where s.pcn_sub_icb_code is not null group by s.pcn_code) v
    order by v.pcn_code;
    update mo_data.load_batch b set rows_replaced = replaced where b.batch_id = publish_pcn_members.batch_id;
    return nullif(concat_ws('; ',
        case when shortened > 0 then format('%s memberships ended on the day the next began and were shortened by that day', shortened) end,
        case when is_older then 'older than a loaded file: only what was not known was taken' end), '');
end
$$;
comment on function mo_data.publish_pcn_members(integer) is
    'Ends an ePCN load: PCNs, their lead sub-ICB, and practices'' dated memberships without overlaps. Called by load_finish.';

revoke all on function mo_data.stage_pcn_members(), mo_data.reject_pcn_overlaps(integer), mo_data.publish_pcn_names(integer),
    mo_data.publish_pcn_members(integer) from public;
