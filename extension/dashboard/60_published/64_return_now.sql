-- The lines of each return as they stand now: the text of each section, a line a KPI and one a part of it, and the exceptions.
create or replace view mo_data.return_written as
    select distinct on (n.org_key, n.quarter_start, n.section, n.kpi_id) n.org_key, n.quarter_start, n.section, n.kpi_id, n.narrative
    from mo_data.return_narrative n
    order by n.org_key, n.quarter_start, n.section, n.kpi_id, n.narrative_id desc;
comment on view mo_data.return_written is 'The latest wording of each text that people have written in a return.';
comment on column mo_data.return_written.org_key is 'Organisation (organisation_key).';
comment on column mo_data.return_written.quarter_start is 'First day of the quarter.';
comment on column mo_data.return_written.section is 'Section of the return.';
comment on column mo_data.return_written.kpi_id is 'KPI whose exception it is about. Empty: the section.';
comment on column mo_data.return_written.narrative is 'The text. Null: withdrawn.';

create or replace view mo_data.return_open_action as
    select a.org_key, a.kpi_id,
        string_agg('Action: ' || rtrim(a.action_narrative, '. ') || ' (' || a.owner_name || ', due '
            || to_char(a.due_date, 'FMDD FMMonth YYYY') || ').', ' ' order by a.due_date, a.action_id) as actions
    from mo_data.review_action a
    where a.state in ('open', 'in progress') and a.kpi_id is not null
    group by a.org_key, a.kpi_id;
comment on view mo_data.return_open_action is
    'What is being done about a KPI of an organisation, in words: its actions that are not closed.';
comment on column mo_data.return_open_action.org_key is 'Organisation (organisation_key).';
comment on column mo_data.return_open_action.kpi_id is 'KPI.';
comment on column mo_data.return_open_action.actions is 'The actions, earliest due first.';

-- What is behind a figure, in one line.
create or replace function mo_data.return_note(
    unit text, numerator double precision, denominator double precision, numerator_wording text, denominator_wording text,
    month_count integer, months_text text, year_before text, peers text, due text)
    returns text
    language sql immutable parallel safe
    begin atomic
        select nullif(concat_ws('; ',
            case
                when numerator is null or unit = 'count' then null
                when unit in ('percent', 'score') and denominator > 0 then to_char(numerator::numeric, 'FM999,999,999,990') || ' of '
                    || to_char(denominator::numeric, 'FM999,999,999,990')
                when unit = 'percent' and numerator > 0 then to_char(numerator::numeric, 'FM999,999,999,990') || ' ' || numerator_wording
                when unit in ('pounds', 'rate') and denominator > 0 then case unit when 'pounds' then '£' else '' end
                    || to_char(numerator::numeric, 'FM999,999,999,990') || ' in '
                    || case month_count when 1 then 'one month' when 2 then 'two months, the figure is per month'
                        else 'three months, the figure is per month' end
                when unit = 'ratio' and denominator > 0 then to_char(numerator::numeric, 'FM999,999,999,990') || ' ' || numerator_wording
                    || ', '
                    || to_char(denominator::numeric, 'FM999,999,999,990') || ' ' || denominator_wording
            end,
            months_text, year_before, peers, due), '');
    end;
comment on function mo_data.return_note(text, double precision, double precision, text, text, integer, text, text, text, text) is
    'The text beside a figure of a return: what it is made of, its months, a year before, its peers, until when it may '
    'change. Parts that are null are left out; '
    'null when all are.';

create or replace function mo_data.return_summary(exceptions bigint, on_target bigint, off_target bigint, unclear bigint, names text)
    returns text
    language sql immutable parallel safe
    set search_path = pg_catalog, pg_temp -- keeps it out of plans: of few rows, it would cost more to plan than to run
    begin atomic
        select case on_target + off_target + unclear
                when 0 then 'No measure was compared with a target.'
                when 1 then 'The one measure compared with a target is '
                    || case when on_target = 1 then 'on target' when off_target = 1 then 'off target' else 'not clearly off it' end || '.'
                else 'Of ' || on_target + off_target + unclear || ' measures compared with a target, '
                    || case on_target when 0 then 'none is' when 1 then '1 is' else on_target || ' are' end || ' on target'
                    || case unclear when 0 then '' else ', ' || unclear || ' not clearly off' end
                    || case off_target when 0 then '' else ', ' || off_target || ' off target' end || '.'
            end
            || case exceptions when 0 then ' No exceptions.' when 1 then ' Exception: ' || names || '.' else ' Exceptions: ' || names
                || '.' end;
    end;
comment on function mo_data.return_summary(bigint, bigint, bigint, bigint, text) is
    'The drafted text of a section of a return, from counts of its measures.';

create or replace view mo_data.return_now as
    select
        f.org_key, f.org_type, f.org_code, f.quarter_start, l.section_sort, l.section_label, l.line_sort,
        l.line_code::varchar(160) as line_code, l.line_label, l.kpi_id, l.display_value, l.display_target, l.numerator,
        nullif(l.denominator, 0) as denominator, l.value, l.target, l.status_label, l.line_narrative, l.narrative_label
    from (
            select
                k.*, row_number() over in_section as place_in_section, row_number() over in_return as place_in_return,
                count(*) over whole_section as section_measures, count(k.reason) over whole_section as section_exceptions,
                count(*) filter (where k.status_label = 'on target') over whole_section as on_target,
                count(*) filter (where k.status_label = 'off target') over whole_section as off_target,
                count(*) filter (where k.status_label = 'not clearly off') over whole_section as unclear,
                string_agg(k.short_name, ', ') filter (where k.reason is not null) over (in_section rows between unbounded preceding
                    and unbounded following) as exception_names,
                count(*) over whole_return as measures, count(k.reason) over whole_return as exceptions
            from mo_data.return_kpi k
            window whole_return as (partition by k.org_key, k.org_type, k.org_code, k.quarter_start),
                in_return as (whole_return order by k.page_order, k.kpi_id),
                whole_section as (partition by k.org_key, k.org_type, k.org_code, k.quarter_start, k.section),
                in_section as (whole_section order by k.page_order, k.kpi_id)
        ) f
        left join mo_data.return_section x on x.family is null
        left join mo_data.return_written w on w.org_key = f.org_key and w.quarter_start = f.quarter_start and w.section = x.section
            and w.kpi_id = f.kpi_id
        left join mo_data.return_written ws on ws.org_key = f.org_key and ws.quarter_start = f.quarter_start and ws.section = f.section
            and ws.kpi_id = ''
        left join mo_data.return_written wx on wx.org_key = f.org_key and wx.quarter_start = f.quarter_start and wx.section = x.section
            and wx.kpi_id = ''
        left join mo_data.return_open_action a on a.org_key = f.org_key and a.kpi_id = f.kpi_id
        cross join lateral (select coalesce(mo_data.display_value(f.target, f.unit, f.per, f.decimals), 'no target') as display_target) t
        cross join lateral (
            select
                f.section_sort, f.section_label, 1000 * f.page_order as line_sort, f.kpi_id as line_code, f.name as line_label, f.kpi_id,
                f.display_value, t.display_target, f.numerator, f.denominator, f.value, f.target,
                case when f.is_hidden then 'suppressed' else f.status_label end as status_label,
                mo_data.return_note(f.unit, f.numerator, f.denominator, f.numerator_wording, f.denominator_wording, f.month_count,
                    coalesce(f.months_text, f.latest_text),
                    mo_data.figure_text(f.value_year_before, f.unit, f.decimals) || ' a year before',
                    case when f.peer_rank is not null and f.peer_n > 1 then case f.org_type when 'pcn' then 'ICB' else 'national' end
                        || ' median in ' || to_char(f.last_month, 'FMMonth') || ' '
                        || mo_data.figure_text(f.peer_median, f.unit, f.decimals) || ', rank ' || f.peer_rank || ' of ' || f.peer_n
                        || ' (1 is the lowest)' end,
                    'may change until ' || to_char(f.due_on, 'FMDD FMMonth YYYY')) as line_narrative,
                null as narrative_label
            union all
            select
                x.section_sort, x.section_label, 1000 * f.page_order, 'exception/' || f.kpi_id, f.short_name, f.kpi_id, f.display_value,
                t.display_target, f.numerator, f.denominator, f.value, f.target, f.reason,
                coalesce(w.narrative, concat_ws(' ', f.sentences, a.actions)), case when w.narrative is null then 'drafted'
                    else 'written' end
            where f.reason is not null or w.narrative is not null
            union all
            select
                f.section_sort, f.section_label, 0, 'section/' || f.section, f.section_label, null, null, null, null, null, null, null,
                null,
                coalesce(ws.narrative, mo_data.return_summary(f.section_exceptions, f.on_target, f.off_target, f.unclear,
                    f.exception_names)),
                case when ws.narrative is null then 'drafted' else 'written' end
            where f.place_in_section = 1
            union all
            select
                x.section_sort, x.section_label, 0, 'section/' || x.section, x.section_label, null, null, null, null, null, null, null,
                null,
                coalesce(wx.narrative, case f.exceptions when 0 then 'No exceptions were found.' when 1 then 'One of ' || f.measures
                    || ' measures has an exception.'
                    else f.exceptions || ' of ' || f.measures || ' measures have an exception.' end),
                case when wx.narrative is null then 'drafted' else 'written' end
            where f.place_in_return = 1 and x.section is not null
            union all -- a section that is not there could be one that was forgotten
            select
                e.section_sort, e.section_label, 0, 'section/' || e.section, e.section_label, null, null, null, null, null, null, null,
                null,
                coalesce(we.narrative, 'No measure of this section is switched on.'), case when we.narrative is null then 'drafted'
                    else 'written' end
            from mo_data.return_section e
                left join mo_data.return_written we on we.org_key = f.org_key and we.quarter_start = f.quarter_start and we.section = e.section
                    and we.kpi_id = ''
            where f.place_in_return = 1 and e.family is not null
                and not exists (select from mo_data.kpi k where k.family = e.family and k.is_active)
        ) l
    union all
    select
        p.org_key, p.org_type, p.org_code, p.quarter_start, r.section_sort, r.section_label, 1000 * k.page_order + p.place,
            p.line_code::varchar(160), k.short_name || ': ' || p.label, p.kpi_id,
        case when p.is_hidden then 'suppressed'
            else coalesce(mo_data.display_value(p.value, k.unit, k.per, k.decimals),
            to_char(p.numerator::numeric, 'FM999,999,999,990')) end, null,
        p.numerator, nullif(p.denominator, 0), p.value, null, case when p.is_hidden then 'suppressed' end,
        case
            when p.is_hidden then p.hidden_parts
            when p.breakdown = 'in_month' then p.months_text
            else mo_data.return_note(k.unit, case when p.denominator > 0 then p.numerator end, p.denominator, k.numerator_wording,
                k.denominator_wording, p.month_count, null, null, null, null)
        end, null
    from (
            select g.org_key, g.org_type, g.org_code, g.quarter_start, g.kpi_id, g.is_hidden, g.line_code, max(g.breakdown) as breakdown,
                (row_number() over (partition by g.org_key, g.org_type, g.org_code, g.quarter_start, g.kpi_id order by g.is_hidden,
                    min(g.sort_name)))::integer as place,
                case when g.is_hidden then 'parts with small numbers' else max(g.label) end as label,
                case when g.is_hidden then string_agg(g.label, '; ' order by g.sort_name) end as hidden_parts,
                max(g.numerator) as numerator, max(g.denominator) as denominator, max(g.value) as value, max(g.month_count) as month_count,
                    max(g.months_text) as months_text
            from (
                    select q.org_key, q.org_type, q.org_code, q.quarter_start, q.kpi_id, q.breakdown, q.is_hidden, q.numerator,
                        q.denominator, q.value, q.month_count, q.months_text,
                        q.kpi_id || '/' || case when q.is_hidden then '(suppressed)' else q.breakdown end as line_code, l.label,
                            coalesce(n.sort_name, l.label) as sort_name
                    from mo_data.return_part q
                        left join mo_data.breakdown_label n on n.breakdown = q.breakdown
                        cross join lateral (select coalesce(n.label, mo_data.breakdown_words(q.breakdown)) as label) l
                    where q.is_hidden or q.numerator <> 0 or q.denominator <> 0
                ) g
            group by g.org_key, g.org_type, g.org_code, g.quarter_start, g.kpi_id, g.is_hidden, g.line_code
        ) p
        join mo_data.kpi k on k.kpi_id = p.kpi_id
        join mo_data.return_section r on r.family = k.family;
comment on view mo_data.return_now is
    'Every return as it would be submitted now, line by line: five sections, each with its text, its KPIs and their parts; in the section '
    'of exceptions a line for each KPI that has one.';
comment on column mo_data.return_now.org_key is 'Organisation (organisation_key).';
comment on column mo_data.return_now.org_type is 'pcn or icb.';
comment on column mo_data.return_now.org_code is 'Code of the organisation.';
comment on column mo_data.return_now.quarter_start is 'First day of the quarter.';
comment on column mo_data.return_now.section_sort is 'Order of the section.';
comment on column mo_data.return_now.section_label is 'Heading of the section.';
comment on column mo_data.return_now.line_sort is 'Order of the line within its section.';
comment on column mo_data.return_now.line_code is
    'What the line is: the KPI, the KPI and its part, exception/ and the KPI, section/ and the section.';
comment on column mo_data.return_now.line_label is 'What the line says it is about.';
comment on column mo_data.return_now.kpi_id is 'KPI.';
comment on column mo_data.return_now.display_value is 'Figure as printed, or why there is none.';
comment on column mo_data.return_now.display_target is 'Target as printed.';
comment on column mo_data.return_now.numerator is 'Numerator. Null: suppressed or none.';
comment on column mo_data.return_now.denominator is 'Denominator. Null: suppressed or none.';
comment on column mo_data.return_now.value is 'Value of the quarter. Null: suppressed or none.';
comment on column mo_data.return_now.target is 'Target of the last month.';
comment on column mo_data.return_now.status_label is 'Status against the target.';
comment on column mo_data.return_now.line_narrative is 'Text of the line.';
comment on column mo_data.return_now.narrative_label is 'drafted or written.';
