-- Records behind figures, for logins that may open them: each call is checked against the session's login and noted.
create or replace function mo_data.access_note(what text, kpi_id text, org_code text, day date, records integer)
    returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
begin
    -- the server's log cannot be rolled back
    raise log 'mo_dashboard: % opened % of KPI %, organisation %, day %: % rows', quote_ident(session_user), what, quote_ident(kpi_id),
        quote_ident(org_code), day, records;
    insert into mo_data.record_access_log (what, kpi_id, org_code, day, records, application_name, client_address)
        values (access_note.what, access_note.kpi_id, access_note.org_code, access_note.day, access_note.records, current_setting('application_name'),
            inet_client_addr());
end
    $$;
revoke all on function mo_data.access_note(text, text, text, date, integer) from public;
comment on function mo_data.access_note(text, text, text, date, integer) is 'Notes in record_access_log, and in the server''s log, that records were opened.';

create or replace function mo_data.access_check_records(kpi_id text, org_code text, day date)
    returns void
    language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
begin
    if kpi_id is null or org_code is null or day is null then
        raise exception using errcode = 'null_value_not_allowed', message = 'a KPI, an organisation and a day are needed',
            hint = 'open_kpi_record(kpi_id => ''smr_completed'', org_code => ''U12345'', month => ''2026-04-01'')';
    end if;
    if not (select m.opens_all_records from mo_data.my_reach m) and not exists (
        select from mo_data.my_organisation m join mo_data.organisation_key k on k.org_key = m.org_key
        where k.org_code = access_check_records.org_code and m.may_open_records) then
        raise exception using errcode = 'insufficient_privilege', message = format('%s may not open records of organisation %s', session_user, org_code),
            hint = 'The site''s owner gives that right: mo_data.grant_records(role_name, org_code).';
    end if;
end
    $$;
revoke all on function mo_data.access_check_records(text, text, date) from public;
comment on function mo_data.access_check_records(text, text, date) is 'Refuses unless the session''s login may open records of the organisation, whether or not there is one.';

create or replace function mo_data.open_kpi_record(kpi_id text, org_code text, month date)
    returns table (record_org_code text, breakdown text, record_key text, numerator double precision, denominator double precision)
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
    as $$
declare
    returned integer;
begin
    perform mo_data.access_check_records(kpi_id, org_code, month);
    return query
        select r.record_org_code, r.breakdown, r.record_key, r.numerator, r.denominator
        from mo_data.kpi_record(kpi_id, org_code, month) r
        where (select m.opens_all_records from mo_data.my_reach m) or r.record_org_code in (
            select k.org_code from mo_data.my_organisation m join mo_data.organisation_key k on k.org_key = m.org_key where m.may_open_records);
    get diagnostics returned = row_count;
    perform mo_data.access_note('records', kpi_id, org_code, date_trunc('month', month)::date, returned);
end
    $$;
revoke all on function mo_data.open_kpi_record(text, text, date) from public;
comment on function mo_data.open_kpi_record(text, text, date) is
    'The records behind a KPI''s figure of a month (mo_data.kpi_record), for a login that may open them: those of organisations it may open '
    'now. Needs mo_data.grant_records(). Every call is noted with the login, the KPI, the organisation, the month and how many records there were.';

create or replace function mo_data.open_worklist(
    kpi_id text, org_code text, as_at date default (now() at time zone 'Europe/London')::date)
    returns table (record_org_code text, record_key text, due_on date, days_overdue integer, what text)
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
    as $$
declare
    returned integer;
begin
    perform mo_data.access_check_records(kpi_id, org_code, as_at);
    return query
        select w.record_org_code, w.record_key, w.due_on, w.days_overdue, w.what
        from mo_data.worklist(kpi_id, org_code, as_at) w
        where (select m.opens_all_records from mo_data.my_reach m) or w.record_org_code in (
            select k.org_code from mo_data.my_organisation m join mo_data.organisation_key k on k.org_key = m.org_key where m.may_open_records);
    get diagnostics returned = row_count;
    perform mo_data.access_note('worklist', kpi_id, org_code, as_at, returned);
end
    $$;
revoke all on function mo_data.open_worklist(text, text, date) from public;
comment on function mo_data.open_worklist(text, text, date) is
    'The worklist of a KPI and organisation on a day (mo_data.worklist), for a login that may open records: what is to be done by '
    'organisations it may open now. Needs mo_data.grant_records(). Every call is noted as open_kpi_record() does.';
