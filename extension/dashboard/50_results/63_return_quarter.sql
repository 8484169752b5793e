-- Quarters as people write them, and organisations that a login may write for.
create or replace function mo_data.quarter_label(quarter_start date)
    returns text
    language sql immutable strict parallel safe
    begin atomic
        select 'Q' || ((extract(month from quarter_start)::integer + 8) % 12 / 3 + 1) || ' '
            || extract(year from quarter_start - interval '3 months') || '/'
            || to_char((extract(year from quarter_start - interval '3 months') + 1)::integer % 100, 'FM00');
    end;
comment on function mo_data.quarter_label(date) is
    'A quarter of the NHS financial year as it is printed, from its first day: Q1 2026/27 begins on 1 April 2026.';

create or replace function mo_data.quarter_of(quarter text)
    returns date
    language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
declare
    part text[] := regexp_match(upper(btrim(quarter)), '^Q\s?([1-4]),?\s+(\d{4})\s?[/-]\s?(?:\d\d)?(\d\d)$');
    turned text[] := regexp_match(upper(btrim(quarter)), '^(\d{4})\s?[/-]\s?(?:\d\d)?(\d\d),?\s+Q\s?([1-4])$');
begin
    if turned is not null then
        part := array[turned[3], turned[1], turned[2]];
    end if;
    if part is not null and part[2]::integer between 1900 and 9998 and (part[2]::integer + 1) % 100 = part[3]::integer then
        return make_date(part[2]::integer, 4, 1) + make_interval(months => 3 * (part[1]::integer - 1));
    elsif btrim(quarter) ~ '^[1-9]\d{3}-(01|04|07|10)-01$' then
        return btrim(quarter)::date;
    end if;
    raise exception using errcode = 'invalid_parameter_value',
        message = format('%s is not a quarter', coalesce(quote_literal(quarter), 'null')),
        hint = 'Write Q2 2026/27, or the first day of the quarter: 2026-07-01. The financial year begins in April.';
end
    $$;
revoke all on function mo_data.quarter_of(text) from public;
comment on function mo_data.quarter_of(text) is
    'First day of a quarter of the NHS financial year written as Q2 2026/27 or 2026/27 Q2, or as its first day, 2026-07-01. Anything else '
    'is refused.';

create or replace function mo_data.writable_organisation(org_code text, org_types text[])
    returns integer
    language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
declare
    found_key integer;
begin
    select k.org_key into found_key from mo_data.organisation_key k
        where k.org_code = writable_organisation.org_code and k.org_type = any (org_types)
        order by k.org_type = 'group' limit 1;
    if found_key is null then
        raise exception using errcode = 'undefined_object',
            message = format('there is no %s with code %s', case org_types when '{pcn,icb}' then 'PCN or ICB' else 'organisation' end,
                coalesce(quote_literal(org_code), 'null')),
            hint = 'mo_dashboard.dim_organisation lists the organisations; one is there after the first refresh that knows it.';
    elsif not coalesce((select m.sees_all from mo_data.my_reach m), false)
        and not exists (select from mo_data.my_organisation m where m.org_key = found_key) then
        raise exception using errcode = 'insufficient_privilege',
            message = format('%I may not write for organisation %s', session_user, org_code),
            hint = 'A login writes for the organisations that access_scope lets it see.';
    end if;
    return found_key;
end
    $$;
revoke all on function mo_data.writable_organisation(text, text[]) from public;
comment on function mo_data.writable_organisation(text, text[]) is
    'Key of an organisation of the types given that the session''s login may write for: one it sees. Unknown organisations and those '
    'outside its scope are refused.';
