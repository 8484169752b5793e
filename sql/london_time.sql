-- London dates, whatever the session's time zone
set datestyle = iso;
set timezone = 'Europe/London';
select moment, mo.london_date(moment)
from (values (timestamptz '2026-06-02 22:59:59.999999+00'), ('2026-06-02 23:00+00'), ('2026-12-01 23:59:59.999999+00'), ('2026-12-02 00:00+00'),
    ('2026-03-29 00:59:59+00'), ('2026-03-29 01:00+00'), ('2026-10-24 23:00+00'), ('2026-10-25 00:59:59+00')) v (moment);
set timezone = 'Pacific/Auckland';
select mo.london_date(moment => '2026-06-02 23:30+00') as from_auckland;
set timezone = 'America/Los_Angeles';
select mo.london_date('2026-06-02 23:30+00') as from_los_angeles;
set timezone = 'UTC';
-- London was not on UTC in the winters of 1968 to 1971, nor near UTC before December 1847
select mo.london_date('1969-12-31 22:59:59+00'), mo.london_date('1969-12-31 23:00+00'), mo.london_date('1847-11-30 00:01:14+00'), mo.london_date('1847-11-30 00:01:15+00');
-- null in, null out; the ends of time
select mo.london_date(null) is null as null_in_null_out;
select mo.london_date('294276-12-31 23:59:59.999999+00'), mo.london_date('0001-01-01 00:00+00 BC');
-- refused
select mo.london_date('infinity');
select mo.london_date('4714-11-24 00:00+00 BC');
-- catalogue
select proname, prokind, provolatile, proisstrict, proparallel from pg_proc
where pronamespace = 'mo'::regnamespace and proname ~ '^london_' order by 1;
