-- What parts of KPIs are called, in one place: the lines of the return and fact_kpi_part.
create or replace view mo_data.breakdown_label as
    select c.cohort_code as breakdown, c.name as label, c.name as sort_name from mo_data.cohort c where c.kind = 'smr'
    union all
    select 'indicator_' || i.indicator_code, i.title || ' (' || i.indicator_code || ')', i.indicator_code from mo_data.pincer_indicator i
    union all
    select 'role_' || r.role_code, r.role, r.role from mo_data.arrs_role r
    union all
    select 'theme_' || t.theme_code, coalesce(lower(t.parent_label) || ', ', '') || t.label, t.label from mo_data.sea_theme t
    union all
    select 'programme_' || p.programme_code, p.title, p.title from mo_data.switch_programme p
    union all
    select x.breakdown, x.label, x.sort_name
    from (values ('in_month', 'reviewed in the month itself', '~'), ('no_theme', 'no theme recorded', '~'),
        ('reviewed_and_changed', 'reviewed, prescribing changed', '!'),
        ('reviewed_no_change', 'reviewed, no change', '!!')) x (breakdown, label, sort_name);
comment on view mo_data.breakdown_label is
    'What parts of KPIs are called, where their code does not say it: cohorts, PINCER indicators, ARRS roles, themes, switch programmes.';
comment on column mo_data.breakdown_label.breakdown is 'Part, as in kpi_result.breakdown.';
comment on column mo_data.breakdown_label.label is 'Its name.';
comment on column mo_data.breakdown_label.sort_name is 'Text that orders the parts of a KPI.';

create or replace function mo_data.breakdown_words(breakdown text)
    returns text
    language sql immutable parallel safe
    begin atomic
        select case
            when breakdown ~ '^class_[0-9]+$' then 'class ' || substr(breakdown, 7)
            else replace(regexp_replace(breakdown, '^(class|tool|programme|indicator|role|theme)_', ''), '_', ' ')
        end;
    end;
comment on function mo_data.breakdown_words(text) is
    'The name of a part whose code speaks for itself: class_2 is class 2, class_DOAC is DOAC, type_2_diabetes is type 2 diabetes. For parts '
    'that breakdown_label does not name. For the published views.';
