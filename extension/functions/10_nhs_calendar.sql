-- NHS calendar: financial years begin on 1 April; April is month 1.

create function mo.financial_year(day pg_catalog.date) returns pg_catalog.text
    language c immutable strict parallel safe cost 5
    as 'MODULE_PATHNAME', 'mo_calendar_financial_year';
comment on function mo.financial_year(pg_catalog.date) is
    'The NHS financial year a day is in, as text: 2026-05-01 gives 2026/27. Infinite dates are refused.';

create function mo.financial_year_start(day pg_catalog.date) returns pg_catalog.date
    language c immutable strict parallel safe cost 2
    as 'MODULE_PATHNAME', 'mo_calendar_financial_year_start';
comment on function mo.financial_year_start(pg_catalog.date) is
    '1 April on or before the day. Infinite dates stay as they are.';

create function mo.financial_quarter(day pg_catalog.date) returns pg_catalog.int4
    language c immutable strict parallel safe cost 2
    as 'MODULE_PATHNAME', 'mo_calendar_financial_quarter';
comment on function mo.financial_quarter(pg_catalog.date) is
    'The quarter of the NHS financial year, 1 (April to June) to 4 (January to March).';

create function mo.financial_month(day pg_catalog.date) returns pg_catalog.int4
    language c immutable strict parallel safe cost 2
    as 'MODULE_PATHNAME', 'mo_calendar_financial_month';
comment on function mo.financial_month(pg_catalog.date) is
    'The month of the NHS financial year, 1 (April) to 12 (March).';

create function mo.month_start(day pg_catalog.date) returns pg_catalog.date
    language c immutable strict parallel safe cost 2
    as 'MODULE_PATHNAME', 'mo_calendar_month_start';
comment on function mo.month_start(pg_catalog.date) is
    'The first day of the calendar month of the day. Infinite dates stay as they are.';

create function mo.month_end(day pg_catalog.date) returns pg_catalog.date
    language c immutable strict parallel safe cost 2
    as 'MODULE_PATHNAME', 'mo_calendar_month_end';
comment on function mo.month_end(pg_catalog.date) is
    'The last day of the calendar month of the day. Infinite dates stay as they are.';
