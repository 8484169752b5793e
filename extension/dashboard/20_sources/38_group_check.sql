-- Groups are of practices, and no organisation: one of PCNs would have their own records and none of their practices', and one with an organisation's code
-- would be taken for it wherever a code alone is asked for.
create or replace function mo_data.group_fault(group_code text, org_code text) returns text
    language sql stable
    set search_path = pg_catalog, pg_temp
as $$
    select string_agg(f.fault, '; ' order by f.sort)
    from (
        select 1 as sort, format('group_code "%s" is the code of an organisation', o.org_code) as fault
        from mo_data.organisation o where o.org_code = group_fault.group_code
        union all
        select 2, format('org_code "%s" is no practice: groups are of practices', o.org_code)
        from mo_data.organisation o where o.org_code = group_fault.org_code and o.org_type <> 'practice'
    ) f
$$;
comment on function mo_data.group_fault(text, text) is
    'What is wrong with a row of organisation_group: its group has the code of an organisation, or its member is no practice. Null: nothing; a member that is '
    'not known may be loaded later.';

create or replace function mo_data.group_reject(batch_id integer) returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    with bad as (
        delete from pg_temp.stage s
        where mo_data.group_fault(s.group_code, s.org_code) is not null
        returning s.line_no, mo_data.group_fault(s.group_code, s.org_code) as reason
    )
    insert into mo_data.load_reject (batch_id, line_no, column_name, reason)
    select group_reject.batch_id, b.line_no, split_part(b.reason, ' ', 1), substr(b.reason, strpos(b.reason, ' ') + 1) from bad b;
end
$$;
comment on function mo_data.group_reject(integer) is 'Rejects staged rows of groups that group_fault finds fault with. Part of publish_flat().';

create or replace function mo_data.group_check_row() returns trigger
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
declare
    fault constant text := mo_data.group_fault(new.group_code, new.org_code);
begin
    if fault is not null then
        raise exception using errcode = 'check_violation', message = fault,
            hint = 'Give the group a code of its own, and the practices that are in it.';
    end if;
    return new;
end
$$;
comment on function mo_data.group_check_row() is 'Refuses rows of organisation_group, entered by hand, that group_fault finds fault with.';
revoke all on function mo_data.group_fault(text, text), mo_data.group_reject(integer), mo_data.group_check_row() from public;

create or replace trigger group_check before insert or update on mo_data.organisation_group
    for each row execute function mo_data.group_check_row();
