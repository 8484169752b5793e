-- London dates, whatever the session's time zone.

create function mo.london_date(moment pg_catalog.timestamptz) returns pg_catalog.date
    language c immutable strict parallel safe cost 5
    as 'MODULE_PATHNAME', 'mo_london_time_london_date';
comment on function mo.london_date(pg_catalog.timestamptz) is
    'The date in London at a moment, whatever the session''s time zone: (moment at time zone ''Europe/London'')::date. Immutable in '
    'the same sense as that: it follows the server''s time zone data. Infinite times are refused. Null in, null out.';
