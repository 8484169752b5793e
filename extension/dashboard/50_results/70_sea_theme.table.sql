-- The theme map of significant events, stored when a refresh publishes: adding up 36 months over the memberships of an ICB takes a tenth of a
-- second and hiding small cells several passes, which no page should wait for.
create table mo_data.sea_theme_cell (
    org_key integer not null references mo_data.organisation_key,
    quarter_start date not null,
    theme_code text not null,
    harm_code text not null check (harm_code in ('fatal', 'severe', 'moderate', 'low', 'none', 'not_assessed')),
    events integer not null check (events > 0),
    is_hidden boolean not null default false,
    run_id integer not null references mo_data.refresh_run,
    primary key (org_key, quarter_start, theme_code, harm_code)
);
comment on table mo_data.sea_theme_cell is
    'Significant events raised, by organisation of any level, quarter of the financial year, theme and harm. An event with two themes is in both.';
comment on column mo_data.sea_theme_cell.org_key is 'Organisation (organisation_key), by membership on the last day of the month the event was raised in.';
comment on column mo_data.sea_theme_cell.quarter_start is 'First day of the quarter.';
comment on column mo_data.sea_theme_cell.theme_code is 'Theme (sea_theme); - where the event has none.';
comment on column mo_data.sea_theme_cell.harm_code is 'The worse of physical and psychological harm; not_assessed where neither is known.';
comment on column mo_data.sea_theme_cell.events is 'Events. Cells without events have no row.';
comment on column mo_data.sea_theme_cell.is_hidden is 'Not for readers: it is small, or would give a small one away.';
comment on column mo_data.sea_theme_cell.run_id is 'The refresh that last changed the number.';
