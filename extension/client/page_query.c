#include "page_query.h"

const char mo_organisation_query[] =
	"select o.org_key, o.org_code, o.org_name, o.org_type, o.org_type_label, o.current_pcn_name, o.current_icb_name,\n"
	"    to_char(now() at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') as generated_at_utc,\n"
	"    to_char(now() at time zone 'Europe/London', 'FMDD FMMonth YYYY') as generated_on,\n"
	"    nullif(concat_ws(' ', case when o.valid_to <= current_date then 'Closed since ' || to_char(o.valid_to, 'FMDD FMMonth YYYY') || '.' end,\n"
	"        case when o.valid_to <= current_date or o.succession_on > coalesce($2::date, current_date) - interval '2 years'\n"
	"            then o.succession_narrative end), '') as history\n"
	"from mo_dashboard.dim_organisation o where o.org_code in ($1::text, upper($1::text)) order by o.org_code <> $1::text, o.org_key limit 1";

/* What both pages take from the catalogue, and say once on the page. */
#define OF_CATALOGUE \
	"k.kpi_id, k.kpi_name, k.kpi_short_name, k.family, k.family_label, k.kpi_sort, k.unit, k.excel_format, k.direction_of_good,\n" \
	"to_char(d.data_to, 'FMDD FMMonth YYYY') as data_to_text, to_char(max(d.data_to) over (), 'FMDD FMMonth YYYY') as page_data_to,\n" \
	"max(d.data_kind_label) over () as data_kind_label, max(d.run_id) over () as page_run_id"

const char mo_latest_rows_query[] =
	"select " OF_CATALOGUE ",\n"
	"    d.month_label, d.month_start, d.display_value, d.display_target, d.status_label, d.rag, d.display_peer_median,\n"
	"    d.display_change_on_year, d.display_change_on_month, d.display_interval, d.peer_rank, d.peer_n, d.trend_spark,\n"
	"    d.exception_text, d.data_to, d.next_data_due, d.value_status, d.numerator, d.denominator, d.value, d.value_lower,\n"
	"    d.value_upper, d.target, d.comparator_value, d.comparator_name, d.change_on_month, d.change_on_year, d.spc_variation_label,\n"
	"    d.spc_assurance_label, d.run_id,\n"
	"    to_char(min(d.next_data_due) filter (where d.next_data_due >= current_date) over (), 'FMDD FMMonth YYYY') as page_next_due\n"
	"from mo_dashboard.dashboard d join mo_dashboard.dim_kpi k on k.kpi_id = d.kpi_id\n"
	"where d.org_key = $1::integer order by k.kpi_sort, k.kpi_id";

/* A value as dashboard prints it: n.pattern and n.per come from the lateral of the query below. */
#define SIGNED_TEXT(value) \
	"case when " value " < 0 then '-' else '' end || case k.unit when 'pounds' then '£' else '' end\n" \
	"    || to_char(abs(case k.unit when 'percent' then 100 * (" value ") else " value " end)::numeric, n.pattern)\n"
#define VALUE_TEXT(value) SIGNED_TEXT(value) "    || n.per"
/* As mo_data.display_change(): what rounds to nothing has no sign. */
#define CHANGE_TEXT(value) \
	"case when round(abs(case k.unit when 'percent' then 100 * (" value ") else " value " end)::numeric, k.decimals) = 0 then ''\n" \
	"    when " value " > 0 then '+' else '-' end || " SIGNED_TEXT("abs(" value ")") "    || case k.unit when 'percent' then ' pp' else '' end"

const char mo_month_rows_query[] =
	"with figure as (\n"
	"    select distinct on (f.kpi_id) f.*, (f.month_start + interval '1 month')::date - 1 as data_to\n"
	"    from mo_dashboard.fact_kpi f where f.org_key = $1::integer and f.month_start <= $2::date\n"
	"    order by f.kpi_id, f.month_start desc\n"
	"), kind as (\n"
	"    select s.data_kind_label from mo_dashboard.data_status s limit 1\n"
	"), page as (\n"
	"    select f.*, kind.data_kind_label, t.spc_variation_label\n"
	"    from figure f cross join kind left join mo_dashboard.kpi_trend t\n"
	"        on t.org_key = $1::integer and t.kpi_id = f.kpi_id and t.month_start = f.month_start\n"
	")\n"
	"select " OF_CATALOGUE ",\n"
	"    to_char(d.month_start, 'Mon YYYY') as month_label, d.month_start,\n"
	"    coalesce(" VALUE_TEXT("d.value") ", n.state) as display_value,\n"
	"    coalesce(" VALUE_TEXT("d.target") ", 'no target') as display_target, n.state as status_label,\n"
	"    case when n.state = d.status_label then d.rag else 'grey' end as rag, " VALUE_TEXT("d.comparator_value") " as display_peer_median,\n"
	"    " CHANGE_TEXT("d.change_on_year") " as display_change_on_year,\n"
	"    " CHANGE_TEXT("d.change_on_month") " as display_change_on_month,\n"
	"    " VALUE_TEXT("d.value_lower") " || ' to ' || " VALUE_TEXT("d.value_upper") " as display_interval,\n"
	"    d.peer_rank, d.peer_n, null::text as trend_spark,\n"
	"    nullif(concat_ws(' ', case when d.month_start < $2::date then 'Its latest figure by then is of ' || to_char(d.month_start, 'Mon YYYY') || '.' end,\n"
	"        case d.value_status when 'suppressed' then 'Not shown: it is small, or would give away one that is.'\n"
	"            when 'not_due' then to_char(d.month_start, 'Mon YYYY') || ' is not due yet and may change.' end), '') as exception_text,\n"
	"    d.data_to, null::date as next_data_due,\n"
	"    case when d.value_status = 'ok' and d.month_start < $2::date - case k.time_basis when 'annual' then interval '11 months' else interval '0' end then 'stale'\n"
	"        else coalesce(d.value_status, 'no_data') end as value_status, d.numerator, d.denominator, d.value, d.value_lower, d.value_upper,\n"
	"    d.target, d.comparator_value, d.comparator_name, d.change_on_month, d.change_on_year, d.spc_variation_label,\n"
	"    null::text as spc_assurance_label, d.run_id, null::text as page_next_due\n"
	"from mo_dashboard.dim_kpi k left join page d on d.kpi_id = k.kpi_id\n"
	"    cross join lateral (\n"
	"        select case when k.decimals > 0 then 'FM999,999,999,999,990.' || repeat('0', k.decimals) else 'FM999,999,999,999,990' end as pattern,\n"
	"            case when k.unit = 'percent' then '%' when k.unit = 'rate' and k.rate_per <> 1\n"
	"                then ' per ' || to_char(k.rate_per::numeric, 'FM999,999,999,990') else '' end as per,\n"
	"            case when d.value_status in ('suppressed', 'no_data', 'not_due') then replace(d.value_status, '_', ' ')\n"
	"                else coalesce(d.status_label, 'no data') end as state\n"
	"    ) n\n"
	"where k.is_on_front_page = 1 and exists (select from figure f where f.month_start = $2::date)\n"
	"    and (d.kpi_id is not null\n"
	"        or k.kpi_id in (select p.kpi_id from mo_dashboard.dashboard p where p.org_key = $1::integer))\n"
	"order by k.kpi_sort, k.kpi_id";

/* Every one of the 24 months of every KPI of the page, so that a month without a figure is a gap. */
const char mo_trend_query[] =
	"with page as (\n"
	"    select d.kpi_id, k.kpi_sort, coalesce($2::date, max(d.month_start) over ()) as last_month\n"
	"    from mo_dashboard.dashboard d join mo_dashboard.dim_kpi k on k.kpi_id = d.kpi_id where d.org_key = $1::integer\n"
	"    union\n" /* one that has closed since is not on dashboard */
	"    select k.kpi_id, k.kpi_sort, $2::date\n"
	"    from mo_dashboard.dim_kpi k join mo_dashboard.fact_kpi f on f.org_key = $1::integer and f.kpi_id = k.kpi_id and f.month_start <= $2::date\n"
	"    where k.is_on_front_page = 1\n"
	"), trend as (\n"
	"    select t.kpi_id, t.month_start, t.value, t.display_value, t.value_status, t.target, t.comparator_value, t.spc_mean, t.spc_lower,\n"
	"        t.spc_upper, t.special_cause_label\n"
	"    from mo_dashboard.kpi_trend t where t.org_key = $1::integer\n"
	")\n"
	"select p.kpi_id, m.month::date as month_start, to_char(m.month, 'Mon YYYY') as month_label, t.value, t.display_value, t.value_status,\n"
	"    t.target, t.comparator_value, t.spc_mean, t.spc_lower, t.spc_upper, t.special_cause_label\n"
	"from page p cross join generate_series(0, 23) as back (months)\n"
	"    cross join lateral (select p.last_month - make_interval(months => 23 - back.months) as month) m\n"
	"    left join trend t on t.kpi_id = p.kpi_id and t.month_start = m.month::date\n"
	"where p.last_month is not null order by p.kpi_sort, p.kpi_id, m.month";

const char mo_latest_exceptions_query[] =
	"select e.kpi_id, k.kpi_short_name, e.reason_label, e.exception_text, e.reason_sort\n"
	"from mo_dashboard.exception e join mo_dashboard.dim_kpi k on k.kpi_id = e.kpi_id\n"
	"where e.org_key = $1::integer order by e.reason_sort, k.kpi_sort, k.kpi_id";

/* Of one that is not open any more: when it closed, and the last month of which there is a page. */
const char mo_closed_query[] =
	"select to_char(o.valid_to, 'FMDD FMMonth YYYY') as closed_on, to_char(max(f.month_start), 'YYYY-MM') as last_month\n"
	"from mo_dashboard.dim_organisation o left join mo_dashboard.fact_kpi f on f.org_key = o.org_key\n"
	"where o.org_key = $1::integer and o.valid_to <= current_date group by o.valid_to";

/* The same two reasons for an earlier month, which mo_dashboard.exception does not have. */
const char mo_month_exceptions_query[] =
	"select k.kpi_id, k.kpi_short_name, x.reason_label, x.reason_sort,\n"
	"    x.lead || t.display_value || ' in ' || t.month_label || x.rest as exception_text\n"
	"from mo_dashboard.fact_kpi f join mo_dashboard.dim_kpi k on k.kpi_id = f.kpi_id and k.is_on_front_page = 1\n"
	"    join mo_dashboard.kpi_trend t on t.org_key = f.org_key and t.kpi_id = f.kpi_id and t.month_start = f.month_start\n"
	"    cross join lateral (values\n"
	"        ('off target', 1, k.kpi_short_name || ': ', ', off target.', f.rag = 'red' and f.value_status in ('ok', 'stale')),\n"
	"        ('special cause', 2, k.kpi_short_name || ': ', ', a special cause on the control chart of all its months.',\n"
	"            t.spc_variation_label = 'special cause: concerning')\n"
	"    ) x (reason_label, reason_sort, lead, rest, holds)\n"
	"where f.org_key = $1::integer and f.month_start = $2::date and x.holds order by x.reason_sort, k.kpi_sort, k.kpi_id";
