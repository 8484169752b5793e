-- mo_dashboard: pure functions, aggregates and window functions in schema mo. Assembled from extension/functions/.
\echo Use "CREATE EXTENSION mo_dashboard" to load this file. \quit

comment on schema mo is
    'Functions of the medicines optimisation dashboard: NHS calendar, working days, cohort attainment, peers, intervals, '
    'funnels, control charts, disclosure control. Pure: they read no table; but for the three by which prescribing is loaded, '
    'mo.rolled_up_into, by which results are stored, and the procedures that make the layer and bring it up.';
grant usage on schema mo to public;
