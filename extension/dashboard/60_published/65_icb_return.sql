-- The quarterly return, and what was submitted of it.
create or replace view mo_data.return_kept with (security_barrier = true) as
    select
        s.submission_id, s.org_key, k.org_type, k.org_code, s.quarter_start, s.version, s.reopened_at is null as is_standing, l.line_code,
            l.section_sort, l.section_label, l.line_sort,
        l.line_label, l.kpi_id, l.display_value, l.display_target, l.numerator, l.denominator, l.value, l.target, l.status_label,
            l.line_narrative, l.narrative_label,
        s.submitted_at, s.submitted_by, s.reopened_at, s.reopened_by, s.reopened_because
    from mo_data.return_submission s
        join mo_data.organisation_key k on k.org_key = s.org_key
        join mo_data.return_line l on l.submission_id = s.submission_id
    where (select m.sees_all from mo_data.my_reach m) or ((select m.keys from mo_data.my_organisation_keys m))[s.org_key];
comment on view mo_data.return_kept is 'Lines of every submitted return of the organisations that the session''s login sees.';
comment on column mo_data.return_kept.submission_id is 'The submission.';
comment on column mo_data.return_kept.org_key is 'Organisation (organisation_key).';
comment on column mo_data.return_kept.org_type is 'pcn or icb.';
comment on column mo_data.return_kept.org_code is 'ODS code of the organisation.';
comment on column mo_data.return_kept.quarter_start is 'First day of the quarter.';
comment on column mo_data.return_kept.version is 'Version of the return.';
comment on column mo_data.return_kept.is_standing is 'It has not been reopened.';
comment on column mo_data.return_kept.line_code is 'Name of the line, the same in every quarter.';
comment on column mo_data.return_kept.section_sort is 'Order of the section.';
comment on column mo_data.return_kept.section_label is 'Heading of the section.';
comment on column mo_data.return_kept.line_sort is 'Order of the line within its section; 0 is the text of the section.';
comment on column mo_data.return_kept.line_label is 'What the line is about.';
comment on column mo_data.return_kept.kpi_id is 'KPI.';
comment on column mo_data.return_kept.display_value is 'Figure as printed.';
comment on column mo_data.return_kept.display_target is 'Target as printed.';
comment on column mo_data.return_kept.numerator is 'Numerator.';
comment on column mo_data.return_kept.denominator is 'Denominator.';
comment on column mo_data.return_kept.value is 'Value.';
comment on column mo_data.return_kept.target is 'Target.';
comment on column mo_data.return_kept.status_label is 'Status, or reason of an exception.';
comment on column mo_data.return_kept.line_narrative is 'Text of the line.';
comment on column mo_data.return_kept.narrative_label is 'drafted or written.';
comment on column mo_data.return_kept.submitted_at is 'When it was submitted.';
comment on column mo_data.return_kept.submitted_by is 'Login that submitted it.';
comment on column mo_data.return_kept.reopened_at is 'When it was reopened.';
comment on column mo_data.return_kept.reopened_by is 'Login that reopened it.';
comment on column mo_data.return_kept.reopened_because is 'Why it was reopened.';

create or replace function mo_data.restated_label(
    is_kept boolean, is_now boolean, kept_display text, now_display text, kept_numerator double precision, now_numerator double precision,
    kept_denominator double precision, now_denominator double precision)
    returns text
    language sql immutable parallel safe
    begin atomic
        select case
            when not is_kept then 'not in the submitted return'
            when not is_now then 'not found now'
            when kept_display is distinct from now_display then 'was ' || coalesce(kept_display, 'empty') || ', now '
                || coalesce(now_display, 'empty')
            when abs(kept_numerator - now_numerator) > 1e-9 * abs(kept_numerator)
                or abs(kept_denominator - now_denominator) > 1e-9 * abs(kept_denominator)
                then 'was ' || to_char(kept_numerator::numeric, 'FM999,999,999,990')
                    || coalesce(' of ' || to_char(kept_denominator::numeric, 'FM999,999,999,990'), '')
                    || ', now ' || to_char(now_numerator::numeric, 'FM999,999,999,990')
                        || coalesce(' of ' || to_char(now_denominator::numeric, 'FM999,999,999,990'), '')
        end;
    end;
comment on function mo_data.restated_label(boolean, boolean, text, text, double precision, double precision, double precision,
    double precision) is
    'How a line of a submitted return differs from what would be submitted now, in words; null when it does not.';

create or replace view mo_dashboard.icb_return with (security_barrier = true) as
    select
        x.org_key::integer as org_key,
        x.org_type::varchar(10) as org_type,
        x.org_code::varchar(12) as org_code,
        n.org_name::varchar(255) as org_name,
        x.quarter_start::date as quarter_start,
        mo_data.quarter_label(x.quarter_start)::varchar(10) as quarter_label,
        x.section_sort::integer as section_sort,
        x.section_label::varchar(40) as section_label,
        x.line_sort::integer as line_sort,
        x.line_label::varchar(255) as line_label,
        x.kpi_id::varchar(40) as kpi_id,
        x.display_value::varchar(40) as display_value,
        x.display_target::varchar(40) as display_target,
        x.numerator::double precision as numerator,
        x.denominator::double precision as denominator,
        x.value::double precision as value,
        x.target::double precision as target,
        x.status_label::varchar(20) as status_label,
        x.line_narrative::text as line_narrative,
        case when s.submission_id is null then 'draft' else 'submitted' end::varchar(20) as state_label,
        (s.submitted_at at time zone 'UTC')::timestamp(0) as submitted_at_utc,
        s.submitted_by::varchar(63) as submitted_by,
        x.frozen_display_value::varchar(40) as frozen_display_value,
        x.frozen_value::double precision as frozen_value,
        case when s.submission_id is not null
            then mo_data.restated_label(x.is_kept, x.is_now, x.frozen_display_value, x.display_value, x.frozen_numerator, x.numerator,
            x.frozen_denominator, x.denominator) end::varchar(100) as restated_label,
        x.frozen_numerator::double precision as frozen_numerator,
        x.frozen_denominator::double precision as frozen_denominator,
        (extract(year from x.quarter_start - interval '3 months') * 10 + extract(quarter
            from x.quarter_start - interval '3 months'))::integer as quarter_label_sort,
        x.narrative_label::varchar(20) as narrative_label,
        s.version::integer as return_version,
        x.line_code::varchar(160) as line_code
    from (
            select
                u.org_key, u.org_type, u.org_code, u.quarter_start, u.line_code, bool_or(u.is_kept) as is_kept,
                    not bool_and(u.is_kept) as is_now,
                max(u.section_sort) as section_sort,
                coalesce(max(u.section_label) filter (where u.is_kept), max(u.section_label)) as section_label,
                coalesce(max(u.line_sort) filter (where u.is_kept), max(u.line_sort)) as line_sort,
                coalesce(max(u.line_label) filter (where u.is_kept), max(u.line_label)) as line_label,
                max(u.kpi_id) as kpi_id,
                max(u.display_value) filter (where not u.is_kept) as display_value,
                max(u.display_target) filter (where not u.is_kept) as display_target,
                max(u.numerator) filter (where not u.is_kept) as numerator,
                max(u.denominator) filter (where not u.is_kept) as denominator,
                max(u.value) filter (where not u.is_kept) as value,
                max(u.target) filter (where not u.is_kept) as target,
                max(u.status_label) filter (where not u.is_kept) as status_label,
                case when bool_or(u.is_kept) then max(u.line_narrative) filter (where u.is_kept)
                    else max(u.line_narrative) end as line_narrative,
                case when bool_or(u.is_kept) then max(u.narrative_label) filter (where u.is_kept)
                    else max(u.narrative_label) end as narrative_label,
                max(u.display_value) filter (where u.is_kept) as frozen_display_value,
                max(u.value) filter (where u.is_kept) as frozen_value,
                max(u.numerator) filter (where u.is_kept) as frozen_numerator,
                max(u.denominator) filter (where u.is_kept) as frozen_denominator
            from (
                    select n.org_key, n.org_type, n.org_code, n.quarter_start, n.line_code, false as is_kept, n.section_sort,
                        n.section_label, n.line_sort, n.line_label, n.kpi_id,
                        n.display_value, n.display_target, n.numerator, n.denominator, n.value, n.target, n.status_label, n.line_narrative,
                            n.narrative_label
                    from mo_data.return_now n
                    union all
                    select k.org_key, k.org_type, k.org_code, k.quarter_start, k.line_code, true, k.section_sort, k.section_label,
                        k.line_sort, k.line_label, k.kpi_id,
                        k.display_value, k.display_target, k.numerator, k.denominator, k.value, k.target, k.status_label, k.line_narrative,
                            k.narrative_label
                    from mo_data.return_kept k where k.is_standing
                ) u
            group by u.org_key, u.org_type, u.org_code, u.quarter_start, u.line_code
        ) x
        left join mo_data.return_submission s on s.org_key = x.org_key and s.quarter_start = x.quarter_start and s.reopened_at is null
        left join mo_data.organisation_named n on n.org_key = x.org_key;
comment on view mo_dashboard.icb_return is
    'The quarterly return to the ICB: one row a PCN or ICB, quarter and line, in five sections. A draft until mo_data.submit_return '
    'freezes it; then the frozen figure stands beside the one of now. '
    'Supports discussion of variation and is not performance management. Sort by org_code, quarter_start, section_sort, line_sort.';
comment on column mo_dashboard.icb_return.org_key is 'Key of dim_organisation.';
comment on column mo_dashboard.icb_return.org_type is 'pcn or icb.';
comment on column mo_dashboard.icb_return.org_code is 'ODS code of the organisation.';
comment on column mo_dashboard.icb_return.org_name is 'Name of the organisation.';
comment on column mo_dashboard.icb_return.quarter_start is 'First day of the quarter.';
comment on column mo_dashboard.icb_return.quarter_label is
    'Quarter of the NHS financial year, such as Q2 2026/27. Sort by quarter_label_sort.';
comment on column mo_dashboard.icb_return.section_sort is 'Order of section_label.';
comment on column mo_dashboard.icb_return.section_label is
    'Section of the return: cohort delivery, exception narrative, prescribing safety summary, cost outcome, supervision evidence.';
comment on column mo_dashboard.icb_return.line_sort is 'Order of the line within its section; 0 is the text of the section.';
comment on column mo_dashboard.icb_return.line_label is 'What the line is about: a section, a KPI, or a part of it.';
comment on column mo_dashboard.icb_return.kpi_id is 'Name of the KPI. Key of dim_kpi. Null: the line is the text of a section.';
comment on column mo_dashboard.icb_return.display_value is
    'Value as it is printed now; suppressed, no data, nothing due or none yet this year where there is none. Flows add up the months of '
    'the quarter; stocks are those of its last month. Null: a text.';
comment on column mo_dashboard.icb_return.display_target is 'Target as it is printed; no target where none is set. Null: a text or a part.';
comment on column mo_dashboard.icb_return.numerator is 'What was counted in the quarter (numerator_wording in dim_kpi). Null: suppressed or none.';
comment on column mo_dashboard.icb_return.denominator is 'What it is divided by (denominator_wording in dim_kpi). Null: suppressed or none.';
comment on column mo_dashboard.icb_return.value is
    'Numerator / denominator times rate_per, of the quarter; percent as 0 to 1; the numerator for a count. Null: suppressed or none.';
comment on column mo_dashboard.icb_return.target is
    'Target for value: that of the last month; of a count that adds up, those of the quarter''s months together. Null: none is set, or not for each of them.';
comment on column mo_dashboard.icb_return.status_label is
    'on target, off target and the others of dashboard; for an exception its first reason: off target, special cause, outside peer limits, '
    'data late or no later figure. Null: a text, or a part that is not suppressed.';
comment on column mo_dashboard.icb_return.line_narrative is
    'Text of the line: what was submitted, what people wrote, or what the system drafts. Null: nothing is said. Narrative.';
comment on column mo_dashboard.icb_return.state_label is 'draft or submitted.';
comment on column mo_dashboard.icb_return.submitted_at_utc is 'When it was submitted, UTC. Null: a draft.';
comment on column mo_dashboard.icb_return.submitted_by is 'Login that submitted it. Null: a draft.';
comment on column mo_dashboard.icb_return.frozen_display_value is
    'Figure as it was submitted. Null: a draft, a text, or a line that was not in it.';
comment on column mo_dashboard.icb_return.frozen_value is 'Value as it was submitted. Null: a draft, suppressed or none.';
comment on column mo_dashboard.icb_return.restated_label is
    'How the figure differs now from what was submitted. Null: a draft, or no difference.';
comment on column mo_dashboard.icb_return.frozen_numerator is 'Numerator as it was submitted. Null: a draft, suppressed or none.';
comment on column mo_dashboard.icb_return.frozen_denominator is 'Denominator as it was submitted. Null: a draft, suppressed or none.';
comment on column mo_dashboard.icb_return.quarter_label_sort is
    'Order of quarter_label: year in which the financial year begins and quarter as a number, 20262 for Q2 2026/27.';
comment on column mo_dashboard.icb_return.narrative_label is
    'drafted by the system, or written by somebody. Null: the text explains a figure.';
comment on column mo_dashboard.icb_return.return_version is
    'Version: 1, and one more after each reopening. Null: a draft.';
comment on column mo_dashboard.icb_return.line_code is 'Name of the line, the same in every quarter.';

create or replace view mo_dashboard.icb_return_submitted with (security_barrier = true) as
    select
        k.org_key::integer as org_key,
        k.org_type::varchar(10) as org_type,
        k.org_code::varchar(12) as org_code,
        n.org_name::varchar(255) as org_name,
        k.quarter_start::date as quarter_start,
        mo_data.quarter_label(k.quarter_start)::varchar(10) as quarter_label,
        k.section_sort::integer as section_sort,
        k.section_label::varchar(40) as section_label,
        k.line_sort::integer as line_sort,
        k.line_label::varchar(255) as line_label,
        k.kpi_id::varchar(40) as kpi_id,
        k.display_value::varchar(40) as frozen_display_value,
        k.display_target::varchar(40) as frozen_display_target,
        k.numerator::double precision as frozen_numerator,
        k.denominator::double precision as frozen_denominator,
        k.value::double precision as frozen_value,
        k.target::double precision as frozen_target,
        k.status_label::varchar(20) as frozen_status_label,
        k.line_narrative::text as line_narrative,
        case when k.is_standing then 'submitted' else 'reopened' end::varchar(20) as state_label,
        (k.submitted_at at time zone 'UTC')::timestamp(0) as submitted_at_utc,
        k.submitted_by::varchar(63) as submitted_by,
        k.version::integer as return_version,
        (k.reopened_at at time zone 'UTC')::timestamp(0) as reopened_at_utc,
        k.reopened_by::varchar(63) as reopened_by,
        k.reopened_because::text as reopened_narrative,
        (extract(year from k.quarter_start - interval '3 months') * 10 + extract(quarter
            from k.quarter_start - interval '3 months'))::integer as quarter_label_sort,
        k.narrative_label::varchar(20) as narrative_label,
        k.line_code::varchar(160) as line_code
    from mo_data.return_kept k
        left join mo_data.organisation_named n on n.org_key = k.org_key;
comment on view mo_dashboard.icb_return_submitted is
    'Every return as it was submitted, reopened versions too: one row a PCN or ICB, quarter, version and line. Nothing in it ever '
    'changes. Sort by org_code, quarter_start, return_version, section_sort, line_sort.';
comment on column mo_dashboard.icb_return_submitted.org_key is 'Key of dim_organisation.';
comment on column mo_dashboard.icb_return_submitted.org_type is 'pcn or icb.';
comment on column mo_dashboard.icb_return_submitted.org_code is 'ODS code of the organisation.';
comment on column mo_dashboard.icb_return_submitted.org_name is 'Name of the organisation.';
comment on column mo_dashboard.icb_return_submitted.quarter_start is 'First day of the quarter.';
comment on column mo_dashboard.icb_return_submitted.quarter_label is
    'Quarter of the NHS financial year, such as Q2 2026/27. Sort by quarter_label_sort.';
comment on column mo_dashboard.icb_return_submitted.section_sort is 'Order of section_label.';
comment on column mo_dashboard.icb_return_submitted.section_label is
    'Section of the return: cohort delivery, exception narrative, prescribing safety summary, cost outcome, supervision evidence.';
comment on column mo_dashboard.icb_return_submitted.line_sort is 'Order of the line within its section; 0 is the text of the section.';
comment on column mo_dashboard.icb_return_submitted.line_label is 'What the line is about: a section, a KPI, or a part of it.';
comment on column mo_dashboard.icb_return_submitted.kpi_id is 'Name of the KPI. Key of dim_kpi. Null: the line is the text of a section.';
comment on column mo_dashboard.icb_return_submitted.frozen_display_value is 'Figure as it was submitted. Null: a text.';
comment on column mo_dashboard.icb_return_submitted.frozen_display_target is 'Target as it was printed. Null: a text or a part.';
comment on column mo_dashboard.icb_return_submitted.frozen_numerator is 'Numerator as it was submitted. Null: suppressed or none.';
comment on column mo_dashboard.icb_return_submitted.frozen_denominator is 'Denominator as it was submitted. Null: suppressed or none.';
comment on column mo_dashboard.icb_return_submitted.frozen_value is 'Value as it was submitted. Null: suppressed or none.';
comment on column mo_dashboard.icb_return_submitted.frozen_target is 'Target as it was. Null: none was set.';
comment on column mo_dashboard.icb_return_submitted.frozen_status_label is 'Status as it was; for an exception its first reason. Null: a text, or a part that was not suppressed.';
comment on column mo_dashboard.icb_return_submitted.line_narrative is 'Text of the line as it was submitted. Null: nothing was said. Narrative.';
comment on column mo_dashboard.icb_return_submitted.state_label is 'submitted: it stands; reopened: a later version takes its place.';
comment on column mo_dashboard.icb_return_submitted.submitted_at_utc is 'When it was submitted, UTC.';
comment on column mo_dashboard.icb_return_submitted.submitted_by is 'Login that submitted it.';
comment on column mo_dashboard.icb_return_submitted.return_version is 'Version: 1, and one more after each reopening.';
comment on column mo_dashboard.icb_return_submitted.reopened_at_utc is 'When the return was reopened, UTC. Null: it stands.';
comment on column mo_dashboard.icb_return_submitted.reopened_by is 'Login that reopened it. Null: it stands.';
comment on column mo_dashboard.icb_return_submitted.reopened_narrative is 'Why it was reopened. Narrative. Null: it stands.';
comment on column mo_dashboard.icb_return_submitted.quarter_label_sort is
    'Order of quarter_label: year in which the financial year begins and quarter as a number, 20262 for Q2 2026/27.';
comment on column mo_dashboard.icb_return_submitted.narrative_label is
    'drafted by the system, or written by somebody. Null: the text explains a figure.';
comment on column mo_dashboard.icb_return_submitted.line_code is 'Name of the line, the same in every quarter.';
