-- Working days: Monday to Friday, not a holiday. The holidays are an argument; '{}' says that there are none.

create function mo.is_working_day(day pg_catalog.date, holidays pg_catalog.date[]) returns pg_catalog.bool
    language c immutable strict parallel safe cost 5
    as 'MODULE_PATHNAME', 'mo_working_days_is_working_day';
comment on function mo.is_working_day(pg_catalog.date, pg_catalog.date[]) is
    'True from Monday to Friday unless the day is one of the holidays. Holidays may be unsorted, repeated or at weekends; '
    'null elements and infinite dates are refused. Null in, null out.';

create function mo.working_days_between(start pg_catalog.date, finish pg_catalog.date, holidays pg_catalog.date[])
    returns pg_catalog.int4 language c immutable strict parallel safe cost 8
    as 'MODULE_PATHNAME', 'mo_working_days_count_between';
comment on function mo.working_days_between(pg_catalog.date, pg_catalog.date, pg_catalog.date[]) is
    'How many working days d have start < d <= finish; negative when finish comes before start. The cost does not depend on the '
    'span. Give the holidays as one array for all rows, (select array_agg(day) from ...): it is sorted once. Holidays may be '
    'unsorted, repeated or at weekends; null elements and infinite dates are refused. Null in, null out.';

create function mo.add_working_days(day pg_catalog.date, n pg_catalog.int4, holidays pg_catalog.date[])
    returns pg_catalog.date language c immutable strict parallel safe cost 8
    as 'MODULE_PATHNAME', 'mo_working_days_add';
comment on function mo.add_working_days(pg_catalog.date, pg_catalog.int4, pg_catalog.date[]) is
    'The n-th working day strictly after the day; the day itself for n = 0, worked or not. A negative n goes back to the working '
    'day r with -n working days in r < d <= day, so that working_days_between(day, add_working_days(day, n, h), h) = n always '
    '(from a Saturday, -1 is Thursday: Friday is 0 working days back). Infinite dates, null elements of holidays and a result '
    'outside the range of dates are refused. Null in, null out.';
