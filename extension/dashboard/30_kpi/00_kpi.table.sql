-- The catalogue of KPIs: everything a page, a workbook or a Power BI model says of a KPI comes from here.
create table mo_data.kpi (
    kpi_id text primary key check (kpi_id ~ '^[a-z][a-z0-9_]{0,39}$'),
    family text not null check (family in ('clinical_activity', 'prescribing_safety', 'cost', 'des_assurance', 'prescribing_measure')),
    page_order integer not null,
    on_front_page boolean not null default true,
    name text not null,
    short_name text not null check (length(short_name) <= 30),
    unit text not null check (unit in ('percent', 'ratio', 'rate', 'count', 'pounds', 'score')),
    per double precision not null default 1 check (per > 0),
    decimals smallint not null default 1 check (decimals between 0 and 4),
    numerator_wording text not null,
    denominator_wording text not null,
    direction text not null check (direction in ('higher', 'lower', 'neither')),
    time_basis text not null check (time_basis in ('flow', 'stock', 'annual')),
    interval_method text not null check (interval_method in ('wilson', 'byar', 'none')),
    hide_from integer check (hide_from >= 0),
    hide_to integer check (hide_to >= hide_from),
    round_to integer check (round_to > 0),
    hide_denominator_below integer check (hide_denominator_below > 0),
    parts_add_up text[] not null default '{.}',
    sources text[] not null check (cardinality(sources) > 0),
    optional_sources text[] not null default '{}' check (optional_sources <@ sources[2:]),
    history_months integer not null default 0 check (history_months between 0 and 120),
    counts_from_april boolean not null default false,
    begins_with_first boolean not null default false,
    look_back_months integer not null default 0 check (look_back_months between 0 and 120),
    look_ahead_months integer not null default 0 check (look_ahead_months between 0 and 12),
    follows_clock boolean not null default false,
    expected_lag_days integer not null default 0,
    owner_role text not null,
    definition_version text not null,
    rationale text not null,
    reference text not null,
    rps_principle smallint not null check (rps_principle between 1 and 4),
    records_function text not null,
    total_function text,
    is_site_kpi boolean not null default false,
    is_active boolean not null default true,
    is_shared boolean not null default false
);
comment on table mo_data.kpi is 'The catalogue: one row a KPI, with all that pages, workbook and Power BI model say of it.';
comment on column mo_data.kpi.kpi_id is 'Name of the KPI; its records come from mo_data.kpi_<kpi_id>(from_month, to_month).';
comment on column mo_data.kpi.family is 'clinical_activity, prescribing_safety, cost, des_assurance or prescribing_measure.';
comment on column mo_data.kpi.page_order is 'Row on the page.';
comment on column mo_data.kpi.on_front_page is 'Shown on the single page, or only in comparisons.';
comment on column mo_data.kpi.name is 'Full name.';
comment on column mo_data.kpi.short_name is 'Name of at most 30 characters.';
comment on column mo_data.kpi.unit is 'percent (a ratio shown times 100), ratio, rate (per), count, pounds or score.';
comment on column mo_data.kpi.per is 'What a rate is per: 10000 for incidents per 10,000 patients; 1 otherwise.';
comment on column mo_data.kpi.decimals is 'Decimals in display text.';
comment on column mo_data.kpi.numerator_wording is 'What is counted.';
comment on column mo_data.kpi.denominator_wording is 'What it is divided by.';
comment on column mo_data.kpi.direction is 'Which way is good: higher, lower, or neither (never coloured).';
comment on column mo_data.kpi.time_basis is 'flow: months add up; stock: the last month counts; annual: once a year.';
comment on column mo_data.kpi.interval_method is 'wilson for proportions, byar for counts and rates, none.';
comment on column mo_data.kpi.hide_from is 'Counts from this number are hidden from readers. Null: nothing is hidden.';
comment on column mo_data.kpi.hide_to is 'Counts up to this number are hidden.';
comment on column mo_data.kpi.round_to is 'Shown counts are rounded to this. Null: not rounded.';
comment on column mo_data.kpi.hide_denominator_below is
    'A figure over a smaller denominator (from 1) is hidden, 0 included. Null: none for its denominator, except that a share with hide_to is hidden below hide_to + 1.';
comment on column mo_data.kpi.parts_add_up is
    'Families of parts that together make the KPI, each a regular expression of the parts'' names; {.}: all parts are one family. Hiding '
    'small numbers needs it: a part is what the others leave of the KPI. A part of no family is only taken to be not more than the KPI.';
comment on column mo_data.kpi.sources is
    'Sources it needs (mo_data.source). The first is its driver: it has figures for the months that source reaches (mo_data.kpi_span).';
comment on column mo_data.kpi.optional_sources is
    'Of its sources, those without which it can be counted all the same: no file of long leave means that nobody is on leave.';
comment on column mo_data.kpi.history_months is
    'Months of its driver that a figure needs before its own month: earlier months have no figure, rather than one that is too low.';
comment on column mo_data.kpi.counts_from_april is
    'Its figure counts from 1 April: a financial year that the driver does not reach from its beginning has no figures.';
comment on column mo_data.kpi.begins_with_first is
    'An ICB has no figure before the first month with anything in its numerator: what was not yet recorded there is not 0. So for counts, and for '
    'ratios whose numerator a site records by codes of its own.';
comment on column mo_data.kpi.look_back_months is 'How many months before a month its figure depends on: which figures a late load can change.';
comment on column mo_data.kpi.look_ahead_months is 'How many months after a month its figure still depends on (a medicine stopped the month after its review).';
comment on column mo_data.kpi.follows_clock is 'Its figure changes as time passes, without a new load (an open alert falls due): the months that had ended at the last refresh, look_back_months + 1 of them, and those since are always refreshed.';
comment on column mo_data.kpi.expected_lag_days is 'Days after a month''s end when its figure can be complete.';
comment on column mo_data.kpi.owner_role is 'Who answers for it.';
comment on column mo_data.kpi.definition_version is 'Version of its definition; a change is written to change_log.';
comment on column mo_data.kpi.rationale is 'Why it is on the page.';
comment on column mo_data.kpi.reference is 'Where its definition comes from.';
comment on column mo_data.kpi.rps_principle is
    'Which of the four principles of medicines optimisation (Royal Pharmaceutical Society) it serves: 1 patient experience, '
    '2 evidence-based choice, 3 safe use, 4 part of routine practice.';
comment on column mo_data.kpi.records_function is 'Function that gives its records, as text, checked when used.';
comment on column mo_data.kpi.total_function is 'Function that gives the same sums without the records. Null: the records are summed.';
comment on column mo_data.kpi.is_site_kpi is 'Registered by the site, not shipped.';
comment on column mo_data.kpi.is_active is 'Refreshed and shown.';
comment on column mo_data.kpi.is_shared is
    'Its functions count several KPIs in one call: records (kpi_ids text[], from_month, to_month, org_codes text[], null: all), totals '
    '(kpi_ids text[], from_month, to_month); both return kpi_id besides the columns of the contract.';
