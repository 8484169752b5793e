-- Submitting a return: every line is frozen in one statement, so that it holds the figures of one moment.
create or replace procedure mo_data.submit_return(org_code text, quarter date)
    language plpgsql security definer
    set search_path = pg_catalog, pg_temp
    as $$
declare
    wanted_key integer := mo_data.writable_organisation(org_code, '{pcn,icb}');
    ends_on date;
    standing record;
    figures integer;
    incomplete text;
    frozen integer;
begin
    if quarter is null or quarter not between '1900-01-01' and '9999-12-31' then
        raise exception using errcode = 'invalid_parameter_value', message = format('%s is not a quarter', coalesce(quarter::text, 'null')),
            hint = 'Write Q2 2026/27 or its first day, 2026-07-01.';
    elsif quarter <> date_trunc('quarter', quarter::timestamp) then
        raise exception using errcode = 'invalid_parameter_value',
            message = format('no quarter begins on %s', to_char(quarter, 'YYYY-MM-DD')),
            hint = format('The quarter of that day begins on %s.', to_char(date_trunc('quarter', quarter::timestamp), 'YYYY-MM-DD'));
    end if;
    ends_on := quarter + interval '3 months' - interval '1 day';
    if ends_on >= (now() at time zone 'Europe/London')::date then
        raise exception using errcode = 'object_not_in_prerequisite_state',
            message = format('%s has not ended', mo_data.quarter_label(quarter)),
            hint = format('It can be submitted from %s; mo_dashboard.icb_return shows the draft until then.',
                to_char(ends_on + 1, 'YYYY-MM-DD'));
    end if;
    select s.version, s.submitted_by, s.submitted_at into standing from mo_data.return_submission s
        where s.org_key = wanted_key and s.quarter_start = quarter and s.reopened_at is null;
    if not found then
        select count(f.last_month), string_agg(f.short_name, ', ' order by f.page_order) filter (where f.is_incomplete) into figures,
            incomplete
            from mo_data.return_kpi f where f.org_key = wanted_key and f.org_code = submit_return.org_code and f.quarter_start = quarter;
        if figures = 0 then
            raise exception using errcode = 'no_data_found',
                message = format('there are no figures of %s for %s', org_code, mo_data.quarter_label(quarter)),
                hint = 'mo_dashboard.data_status says how far each source reaches.';
        end if;
        with submission as (
            insert into mo_data.return_submission (org_key, quarter_start, version, submitted_by, run_id)
                select wanted_key, quarter, coalesce(max(s.version), 0) + 1, session_user,
                    (select max(r.run_id) from mo_data.refresh_run r where r.published_at is not null)
                from mo_data.return_submission s where s.org_key = wanted_key and s.quarter_start = quarter
            on conflict do nothing
            returning submission_id
        )
        insert into mo_data.return_line (
            submission_id, line_code, section_sort, section_label, line_sort, line_label, kpi_id, display_value, display_target, numerator,
            denominator, value, target, status_label, line_narrative, narrative_label)
        select s.submission_id, n.line_code, n.section_sort, n.section_label, n.line_sort, n.line_label, n.kpi_id, n.display_value,
            n.display_target, n.numerator, n.denominator, n.value, n.target, n.status_label, n.line_narrative, n.narrative_label
        from submission s cross join mo_data.return_now n
        where n.org_key = wanted_key and n.org_code = submit_return.org_code and n.quarter_start = quarter;
        get diagnostics frozen = row_count;
        if frozen > 0 then
            if incomplete is not null then
                raise notice 'submitted with figures that are not complete: %', incomplete;
            end if;
            perform mo_data.change_note('return submitted', format('The return of %s for %s was submitted by %s.', org_code,
                mo_data.quarter_label(quarter), session_user), org_code => submit_return.org_code);
            raise notice 'return of % for % submitted: % lines', org_code, mo_data.quarter_label(quarter), frozen;
            return;
        end if;
        select s.version, s.submitted_by, s.submitted_at into standing from mo_data.return_submission s -- by another session, meanwhile
            where s.org_key = wanted_key and s.quarter_start = quarter and s.reopened_at is null;
    end if;
    raise exception using errcode = 'unique_violation',
        message = format('the return of %s for %s is already submitted', org_code, mo_data.quarter_label(quarter)),
        detail = format('Version %s was submitted by %s on %s.', standing.version, standing.submitted_by,
            to_char(standing.submitted_at at time zone 'Europe/London', 'YYYY-MM-DD HH24:MI')),
        hint = format('call mo_data.reopen_return(%L, %L, ''why'') keeps it and lets the next version be submitted.', org_code,
            mo_data.quarter_label(quarter));
end
    $$;
revoke all on procedure mo_data.submit_return(text, date) from public;
comment on procedure mo_data.submit_return(text, date) is
    'Submits the return of a PCN or ICB for the quarter that begins on this day: freezes every line of icb_return with who and when. '
    'Refused: an unknown '
    'organisation or one outside the login''s scope, a day on which no quarter begins, a quarter that has not ended or has no figures, and '
    'a return already submitted (see reopen_return). Small numbers are suppressed in it, whoever submits. Of two at once one wins. '
    'Figures that lack a month, or are not due yet, are named in a NOTICE. Runs with the rights of the layer''s owner; nobody may call it until it is granted.';

create or replace procedure mo_data.submit_return(org_code text, quarter text)
    language plpgsql security definer
    set search_path = pg_catalog, pg_temp
    as $$
begin
    call mo_data.submit_return(org_code, mo_data.quarter_of(quarter));
end
    $$;
revoke all on procedure mo_data.submit_return(text, text) from public;
comment on procedure mo_data.submit_return(text, text) is
    'submit_return with the quarter as people write it, Q2 2026/27 or its first day. Runs with the rights of the layer''s owner; nobody '
    'may call it until it is granted.';

create or replace procedure mo_data.reopen_return(org_code text, quarter text, reason text)
    language plpgsql security definer
    set search_path = pg_catalog, pg_temp
    as $$
declare
    wanted_key integer := mo_data.writable_organisation(org_code, '{pcn,icb}');
    wanted date := mo_data.quarter_of(quarter);
begin
    if coalesce(btrim(reason), '') = '' or length(reason) > 4000 then
        raise exception using errcode = 'invalid_parameter_value', message = 'a reason is needed to reopen a return',
            hint = 'Say in up to 4,000 characters why the submitted return no longer stands; it is kept with it.';
    end if;
    update mo_data.return_submission s set reopened_at = clock_timestamp(), reopened_by = session_user, reopened_because = btrim(reason)
        where s.org_key = wanted_key and s.quarter_start = wanted and s.reopened_at is null;
    if not found then
        raise exception using errcode = 'object_not_in_prerequisite_state',
            message = format('no submitted return of %s stands for %s', org_code, mo_data.quarter_label(wanted)),
            hint = 'mo_dashboard.icb_return_submitted lists what was submitted.';
    end if;
    perform mo_data.change_note('return submitted', format('The return of %s for %s was reopened by %s.', org_code, mo_data.quarter_label(wanted),
        session_user), org_code => reopen_return.org_code);
end
    $$;
revoke all on procedure mo_data.reopen_return(text, text, text) from public;
comment on procedure mo_data.reopen_return(text, text, text) is
    'Reopens a submitted return: it stays in icb_return_submitted with who reopened it, when and why, the draft can be changed again, and '
    'the next submission is a '
    'new version. Runs with the rights of the layer''s owner; nobody may call it until it is granted.';

create or replace procedure mo_data.set_return_narrative(org_code text, quarter text, section text, narrative text,
    kpi_id text default null)
    language plpgsql security definer
    set search_path = pg_catalog, pg_temp
    as $$
declare
    wanted_key integer := mo_data.writable_organisation(org_code, '{pcn,icb}');
    wanted date := mo_data.quarter_of(quarter);
begin
    if not exists (select from mo_data.return_section s where s.section = set_return_narrative.section) then
        raise exception using errcode = 'undefined_object',
            message = format('the return has no section %s', coalesce(quote_literal(section), 'null')),
            hint = 'The sections: ' || (select string_agg(s.section, ', ' order by s.section_sort) from mo_data.return_section s) || '.';
    elsif kpi_id is not null and not exists (
        select from mo_data.kpi k join mo_data.return_section s on s.family = k.family where k.kpi_id = set_return_narrative.kpi_id) then
        raise exception using errcode = 'undefined_object', message = format('the return has no KPI %s', quote_literal(kpi_id)),
            hint = 'select kpi_id from mo_dashboard.dim_kpi;';
    elsif kpi_id is not null and exists (select from mo_data.return_section s where s.section = set_return_narrative.section
        and s.family is not null) then
        raise exception using errcode = 'invalid_parameter_value',
            message = format('the sentence of a KPI is not part of section %s', section),
            hint = 'Give it in section exception_narrative, or leave out kpi_id and write the text of the section.';
    elsif length(narrative) > 4000 then
        raise exception using errcode = 'string_data_right_truncation',
            message = format('a narrative of %s characters is too long', length(narrative)),
            hint = 'At most 4,000 characters.';
    elsif exists (select from mo_data.return_submission s where s.org_key = wanted_key and s.quarter_start = wanted
        and s.reopened_at is null) then
        raise exception using errcode = 'object_not_in_prerequisite_state',
            message = format('the return of %s for %s is submitted', org_code, mo_data.quarter_label(wanted)),
            hint = 'mo_data.reopen_return lets it be changed; the submitted version is kept.';
    end if;
    insert into mo_data.return_narrative (org_key, quarter_start, section, kpi_id, narrative, written_by)
        values (wanted_key, wanted, section, coalesce(kpi_id, ''), nullif(btrim(narrative), ''), session_user);
end
    $$;
revoke all on procedure mo_data.set_return_narrative(text, text, text, text, text) from public;
comment on procedure mo_data.set_return_narrative(text, text, text, text, text) is
    'Writes the text of a section of a return, or with a kpi_id the sentence of that KPI''s exception (section exception_narrative), in '
    'place of the drafted one; null or empty goes '
    'back to the draft. Earlier wordings are kept. Refused once the return is submitted. Runs with the rights of the layer''s owner; '
    'nobody may call it until it is granted.';
