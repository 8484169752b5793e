-- Control charts: XmR limits and special causes as NHS England's Making Data Count draws them. Without months every row is the month after the one before it.

create function mo.xmr_mean(value pg_catalog.float8) returns pg_catalog.float8
    language c window immutable parallel safe cost 10
    as 'MODULE_PATHNAME', 'mo_chart_xmr_mean';
comment on function mo.xmr_mean(pg_catalog.float8) is
    'Window function: the centre line of an XmR chart, the mean of all values of the partition: '
    'mo.xmr_mean(value) over (partition by org_code, kpi_id order by month). The frame does not matter. Nulls are left out; null '
    'when there is no value; the same on every row. NaN and infinities are refused.';

create function mo.xmr_lower(value pg_catalog.float8) returns pg_catalog.float8
    language c window immutable parallel safe cost 10
    as 'MODULE_PATHNAME', 'mo_chart_xmr_lower';
comment on function mo.xmr_lower(pg_catalog.float8) is
    'Window function: the lower process limit of an XmR chart, mean - 2.66 x mean moving range, over (partition by ... order by '
    'month). A moving range is the difference of two neighbouring rows, neither null; those above 3.267 x their mean are left out '
    'first. Not cut at 0. Null when no two neighbours have a value, and where only ranges of 0 would be left of a series that varies (few events): there is '
    'no estimate of its variation. NaN and infinities are refused.';

create function mo.xmr_upper(value pg_catalog.float8) returns pg_catalog.float8
    language c window immutable parallel safe cost 10
    as 'MODULE_PATHNAME', 'mo_chart_xmr_upper';
comment on function mo.xmr_upper(pg_catalog.float8) is
    'Window function: the upper process limit of an XmR chart, mean + 2.66 x mean moving range; see mo.xmr_lower.';

create function mo.special_cause(value pg_catalog.float8) returns pg_catalog.text
    language c window immutable parallel safe cost 10
    as 'MODULE_PATHNAME', 'mo_chart_special_cause';
comment on function mo.special_cause(pg_catalog.float8) is
    'Window function: why this point of an XmR chart stands out, over (partition by ... order by month). The first that holds of: '
    'above_upper_limit, below_lower_limit; increasing_trend, decreasing_trend (7 or more points, each beyond the one before; a '
    'turning point of two trends belongs to the later); two_of_three_above, two_of_three_below (between two thirds and the limit, two '
    'such in three points on one side of the mean); seven_above, seven_below (7 or more on one side of the mean); else '
    'common_cause. A null value is a gap, which ends trends and runs, and has a null cause; fewer than 12 values, or no limits, give null '
    'throughout. mo.special_cause_direction gives the direction. Rules and order as NHSRplotthedots.';

create function mo.xmr_lower(value pg_catalog.float8, month pg_catalog.date) returns pg_catalog.float8
    language c window immutable parallel safe cost 10
    as 'MODULE_PATHNAME', 'mo_chart_xmr_lower';
comment on function mo.xmr_lower(pg_catalog.float8, pg_catalog.date) is
    'Window function: as mo.xmr_lower(value), where a month without a row is a gap like one without a value: no moving range is taken '
    'across it. Over (partition by ... order by month), month being any day of it; a null month, months out of order and a month twice are refused.';

create function mo.xmr_upper(value pg_catalog.float8, month pg_catalog.date) returns pg_catalog.float8
    language c window immutable parallel safe cost 10
    as 'MODULE_PATHNAME', 'mo_chart_xmr_upper';
comment on function mo.xmr_upper(pg_catalog.float8, pg_catalog.date) is
    'Window function: as mo.xmr_upper(value), where a month without a row is a gap; see mo.xmr_lower(value, month).';

create function mo.special_cause(value pg_catalog.float8, month pg_catalog.date) returns pg_catalog.text
    language c window immutable parallel safe cost 10
    as 'MODULE_PATHNAME', 'mo_chart_special_cause';
comment on function mo.special_cause(pg_catalog.float8, pg_catalog.date) is
    'Window function: as mo.special_cause(value), where a month without a row is a gap, which ends trends and runs: seven months above the mean '
    'are seven in a row. See mo.xmr_lower(value, month).';

create function mo.special_cause_direction(cause pg_catalog.text) returns pg_catalog.int4
    language c immutable strict parallel safe cost 2
    as 'MODULE_PATHNAME', 'mo_chart_special_cause_direction';
comment on function mo.special_cause_direction(pg_catalog.text) is
    'The direction of a cause that mo.special_cause named: 1 towards higher values, -1 towards lower, 0 for common_cause. Equal to the '
    'direction of good it is an improvement, opposite a concern. Null in, null out; other text is refused.';
