-- What a refresh writes: its own record, base figures, every restatement, and what it has already taken into account.
create table mo_data.refresh_run (
    run_id integer generated always as identity primary key,
    kind text not null check (kind in ('incremental', 'range')),
    from_month date,
    to_month date,
    as_at timestamptz not null default now(),
    started_at timestamptz not null,
    published_at timestamptz,
    figures_written bigint not null default 0,
    figures_restated bigint not null default 0,
    results_written bigint not null default 0,
    refreshed_by text not null default session_user
);
comment on table mo_data.refresh_run is 'Every refresh that had something to do; what it wrote became visible at once when it ended.';
comment on column mo_data.refresh_run.run_id is 'Number of the refresh.';
comment on column mo_data.refresh_run.kind is 'incremental: what loads since the last run can have changed; range: months asked for.';
comment on column mo_data.refresh_run.from_month is 'First month that was counted again. Null: none.';
comment on column mo_data.refresh_run.to_month is 'Last month that was counted again. Null: none.';
comment on column mo_data.refresh_run.as_at is 'The time as at which it counted what changes as time passes (an open alert falls due): when its transaction began.';
comment on column mo_data.refresh_run.started_at is 'When it began.';
comment on column mo_data.refresh_run.published_at is 'When its figures became the published ones.';
comment on column mo_data.refresh_run.figures_written is 'Base figures written: new, restated or withdrawn.';
comment on column mo_data.refresh_run.figures_restated is 'Of these, figures of months that had been published before.';
comment on column mo_data.refresh_run.results_written is 'Rows of kpi_result written.';
comment on column mo_data.refresh_run.refreshed_by is 'Database role that ran it.';

create table mo_data.refresh_log (
    run_id integer not null references mo_data.refresh_run,
    step integer not null,
    what text not null,
    kpi_id text,
    from_month date,
    to_month date,
    rows bigint not null,
    milliseconds double precision not null,
    primary key (run_id, step)
);
comment on table mo_data.refresh_log is 'The steps of each refresh, with rows and time.';
comment on column mo_data.refresh_log.run_id is 'The refresh.';
comment on column mo_data.refresh_log.step is 'Number of the step within it.';
comment on column mo_data.refresh_log.what is 'count together (KPIs at once, by whichever processes there are), count (base figures of a KPI), reconcile, results (levels, peers), results after (what later months show of them), indexes, positions (of a measure), latest page, page, price per unit, theme map, changes.';
comment on column mo_data.refresh_log.kpi_id is 'KPI. Null: a step for all.';
comment on column mo_data.refresh_log.from_month is 'First month of the step. Null: no months.';
comment on column mo_data.refresh_log.to_month is 'Last month of the step. Null: no months.';
comment on column mo_data.refresh_log.rows is 'Rows written by the step.';
comment on column mo_data.refresh_log.milliseconds is 'Time it took. What was counted together, by several processes, has its own step; KPIs counted from the same registrations each say the time of all of them.';

create table mo_data.refresh_batch (
    batch_id integer primary key references mo_data.load_batch,
    run_id integer not null references mo_data.refresh_run
);
comment on table mo_data.refresh_batch is 'Loads whose months have been counted, and by which refresh; a load not here is still to be taken into account.';
comment on column mo_data.refresh_batch.batch_id is 'The load.';
comment on column mo_data.refresh_batch.run_id is 'The refresh that took it into account.';

create table mo_data.refresh_reference (
    item text primary key,
    fingerprint text not null,
    run_id integer not null references mo_data.refresh_run
);
comment on table mo_data.refresh_reference is
    'Fingerprints of reference tables and KPI definitions as the figures were counted with them; a different one makes every month dirty.';
comment on column mo_data.refresh_reference.item is 'Name of the table, or kpi: and the KPI.';
comment on column mo_data.refresh_reference.fingerprint is 'MD5 of what matters of its content.';
comment on column mo_data.refresh_reference.run_id is 'The refresh that took it into account.';

-- No foreign keys, as only refresh_kpi writes here and they were looked up for every row: kpi_month has them.
create table mo_data.kpi_value (
    kpi_id text not null,
    month date not null check (extract(day from month) = 1),
    org_code text not null,
    breakdown text not null default '' check (length(breakdown) <= 100),
    numerator double precision not null check (numerator > '-infinity' and numerator < 'infinity'),
    denominator double precision not null check (denominator > '-infinity' and denominator < 'infinity'),
    run_id integer not null,
    primary key (kpi_id, month, breakdown, org_code)
);
comment on table mo_data.kpi_value is
    'Base figures: one row a KPI, month, organisation the KPI counts for (a practice, mostly) and breakdown. Levels above are sums of these. What is '
    'recorded of an organisation that is closed on the month''s last day, or of a code that is none, stands here and is in no result, its own included.';
comment on column mo_data.kpi_value.kpi_id is 'KPI.';
comment on column mo_data.kpi_value.month is 'First day of the month.';
comment on column mo_data.kpi_value.org_code is 'Organisation the KPI counts for.';
comment on column mo_data.kpi_value.breakdown is 'Part of the KPI (a drug group, an alert class); empty: the KPI itself.';
comment on column mo_data.kpi_value.numerator is 'Sum of the numerators of its records.';
comment on column mo_data.kpi_value.denominator is 'Sum of the denominators of its records.';
comment on column mo_data.kpi_value.run_id is 'The refresh that last wrote it.';

create table mo_data.kpi_value_change (
    kpi_id text not null,
    month date not null,
    org_code text not null,
    breakdown text not null,
    run_id integer not null references mo_data.refresh_run,
    old_run_id integer references mo_data.refresh_run,
    old_numerator double precision,
    old_denominator double precision,
    new_numerator double precision,
    new_denominator double precision,
    batch_ids integer[] not null,
    primary key (kpi_id, month, breakdown, org_code, run_id)
);
create index kpi_value_change_run on mo_data.kpi_value_change (run_id);
comment on table mo_data.kpi_value_change is
    'Every restatement of a published figure, kept for ever: what it was, what it became, and because of which loads.';
comment on column mo_data.kpi_value_change.kpi_id is 'KPI.';
comment on column mo_data.kpi_value_change.month is 'First day of the month.';
comment on column mo_data.kpi_value_change.org_code is 'Organisation the KPI counts for.';
comment on column mo_data.kpi_value_change.breakdown is 'Part of the KPI; empty: the KPI itself.';
comment on column mo_data.kpi_value_change.run_id is 'The refresh that changed it.';
comment on column mo_data.kpi_value_change.old_run_id is 'The refresh that had written the old figure. Null: there was none in a month published before.';
comment on column mo_data.kpi_value_change.old_numerator is 'Numerator before. Null: there was no figure.';
comment on column mo_data.kpi_value_change.old_denominator is 'Denominator before. Null: there was no figure.';
comment on column mo_data.kpi_value_change.new_numerator is 'Numerator after. Null: the figure was withdrawn.';
comment on column mo_data.kpi_value_change.new_denominator is 'Denominator after. Null: the figure was withdrawn.';
comment on column mo_data.kpi_value_change.batch_ids is 'The loads that were new to this refresh and touch the KPI; empty: a reference table or definition changed.';

create table mo_data.kpi_month (
    kpi_id text not null references mo_data.kpi,
    month date not null,
    figures integer not null,
    first_run_id integer not null references mo_data.refresh_run,
    run_id integer not null references mo_data.refresh_run,
    primary key (kpi_id, month)
);
comment on table mo_data.kpi_month is 'The months each KPI has been published for.';
comment on column mo_data.kpi_month.kpi_id is 'KPI.';
comment on column mo_data.kpi_month.month is 'First day of the month.';
comment on column mo_data.kpi_month.figures is 'Base figures of the month (without breakdowns).';
comment on column mo_data.kpi_month.first_run_id is 'The refresh that first published the month.';
comment on column mo_data.kpi_month.run_id is 'The refresh that last changed a figure of it.';

create table mo_data.source_reconciliation (
    source text not null references mo_data.source,
    month date not null,
    category text not null,
    organisations integer not null,
    rows bigint not null,
    actual_cost numeric(18, 5) not null,
    org_codes text not null,
    run_id integer not null references mo_data.refresh_run,
    primary key (source, month, category)
);
comment on table mo_data.source_reconciliation is
    'What of a source counts and what is left out, as of the last refresh, so that pages can say so without reading the source again.';
comment on column mo_data.source_reconciliation.source is 'Source.';
comment on column mo_data.source_reconciliation.month is 'First day of the month.';
comment on column mo_data.source_reconciliation.category is 'Why the rows count or not; for prescribing see prescribing_by_practice.';
comment on column mo_data.source_reconciliation.organisations is 'Organisation codes with such rows.';
comment on column mo_data.source_reconciliation.rows is 'Rows loaded.';
comment on column mo_data.source_reconciliation.actual_cost is 'Actual cost in pounds.';
comment on column mo_data.source_reconciliation.org_codes is 'The first twenty codes that are left out; empty where they count.';
comment on column mo_data.source_reconciliation.run_id is 'The refresh that wrote it.';

create table mo_data.source_left_out (
    source text primary key references mo_data.source,
    narrative text not null,
    run_id integer not null references mo_data.refresh_run
);
comment on table mo_data.source_left_out is
    'What of a source no figure counts because a site has not yet decided something (a window, an interval, a code), and who for want of a membership is not in the figures of every level, as of the last refresh. Prescribing is in source_reconciliation.';
comment on column mo_data.source_left_out.source is 'Source.';
comment on column mo_data.source_left_out.narrative is 'What is left out and why. Narrative.';
comment on column mo_data.source_left_out.run_id is 'The refresh that wrote it.';
