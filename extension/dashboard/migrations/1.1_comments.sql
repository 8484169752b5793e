-- From 1.0: what comments of tables and their columns said otherwise than the rows: shipped rows have no load either, and what null means.
comment on column mo_data.organisation_parent.batch_id is 'The load that last wrote the row. Null: entered by hand.';
comment on column mo_data.weight.source is 'Where the weight was published. Null: not said.';
comment on column mo_data.prescribing.total_quantity is 'Quantity times items. Null: not in the file.';
comment on column mo_data.prescribing_gbp.total_quantity is 'Quantity times items. Null: not in the file.';
comment on column mo_data.code_set.code is 'SNOMED CT concept id as text, or a site''s own code beginning LOCAL:.';
comment on column mo_data.code_set.source is 'Where the code is known from. Null: not said.';
comment on column mo_data.code_set.batch_id is 'The load the row came with. Null: shipped or entered by hand.';
comment on column mo_data.cohort.batch_id is 'The load the row came with. Null: shipped or entered by hand.';
comment on column mo_data.monitoring_requirement.interval_months is 'Months a test stays in date. Null: interval_days says it.';
comment on column mo_data.monitoring_requirement.interval_days is 'Days a test stays in date. Null: interval_months says it.';
comment on column mo_data.monitoring_requirement.source is 'Where the interval is known from. Null: not said.';
comment on column mo_data.monitoring_requirement.batch_id is 'The load the row came with. Null: shipped or entered by hand.';
comment on column mo_data.cohort_member.interval_months is 'For a register: this patient''s own interval where it depends on the patient (DOAC by creatinine clearance). Null: the usual one.';
comment on column mo_data.activity.code is 'SNOMED CT concept id as text, or LOCAL: and a site''s own code.';
comment on column mo_data.alert.deadline_at is 'Deadline the alert itself carries. Null: the window of its class.';
comment on column mo_data.alert_window.window_unit is 'hours, days or working_days. Null: no window.';
comment on column mo_data.alert_window.source is 'Where the window is known from. Null: not said.';
comment on column mo_data.alert_window.batch_id is 'The load the row came with. Null: shipped or entered by hand.';
comment on column mo_data.pincer_indicator.batch_id is 'The load the row came with. Null: shipped or entered by hand.';
comment on column mo_data.sea_theme.batch_id is 'The load the row came with. Null: shipped or entered by hand.';
comment on column mo_data.arrs_role.batch_id is 'The load the row came with. Null: shipped or entered by hand.';
comment on column mo_data.kpi_target.target is 'Target, as the KPI''s value is (0.9 for 90 %).';
comment on table mo_data.monitoring_requirement is
    'Which tests a drug''s register needs, and how often. All that hold for a patient must be in date.';
comment on table mo_data.alert_action is
    'What a practice''s log says of an alert: one row a practice and alert it applies to, more when it was closed more than once.';
comment on table mo_data.staff is
    'People of the networks'' teams, as numbers.';
comment on table mo_data.scope_of_practice is
    'Reviews of each person''s scope of practice.';
comment on table mo_data.cohort_target_profile is
    'Share of the year''s target expected by the end of each month; without rows it is linear.';
comment on table mo_data.kpi_target is
    'Targets of KPIs by organisation and period. An organisation without one inherits that of the nearest organisation it belongs to.';
comment on column mo_data.kpi.follows_clock is 'Its figure changes as time passes, without a new load (an open alert falls due): the months that had ended at the last refresh, look_back_months + 1 of them, and those since are always refreshed.';
comment on table mo_data.kpi_value is
    'Base figures: one row a KPI, month, organisation the KPI counts for (a practice, mostly) and breakdown. Levels above are sums of these. What is '
    'recorded of an organisation that is closed on the month''s last day, or of a code that is none, stands here and is in no result, its own included.';
comment on column mo_data.source.replaces is
    'Which rows of earlier files of the same source and part a new file replaces. whole: all of them, the file is the register as it now '
    'stands. month:COLUMN: those of the months it has, by that date; rows of the same key in other months too; a row without that date is of the month it counts '
    'in (the first date of touches), which makes its file one of that month only where no row of it has the date. each:COLUMN: those with a '
    'value of the column that it has. key: those with the same key; nothing else, and shipped rows too. delta: changes, applied in their '
    'order. A site whose files are made otherwise changes the row. Null: the source has a loader of its own.';
comment on column mo_data.measure_decile.org_count is 'Organisations with a value that is not hidden.';
comment on column mo_data.measure_decile.total_numerator is 'Sum of numerators of the organisations that have a value and are not hidden.';
comment on column mo_data.measure_decile.total_denominator is 'Sum of denominators of the organisations that have a value and are not hidden.';
comment on column mo_data.measure_decile.numerator_unit_cost is
    'Pounds a unit of what the numerator counts, over all practices whose quantity and cost are not hidden; only of cost-based percentages. Null: none was prescribed.';
comment on column mo_data.measure_decile.other_unit_cost is 'Pounds a unit of what the denominator counts and the numerator does not, of the same practices.';
comment on column mo_data.generic_equivalent.primary_code is 'The generic presentation it is counted with, and with what that one is counted with.';
comment on column mo_data.load_batch.changed_from is
    'For a load without months: first month whose figures it can have changed; infinity: none. Null: any. Of events: the first of their months to come, which are not in months.';
comment on column mo_data.kpi_coverage.first_month is 'First month with anything in a numerator, or the one in which it opened where an ICB had that of whom it is made. Null: none yet.';
comment on column mo_data.kpi_coverage.last_month is 'Last month with a record; the one before it opened where there is none since.';
