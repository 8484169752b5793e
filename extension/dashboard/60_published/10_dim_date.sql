create or replace view mo_dashboard.dim_date as
    select
        c.day as day_date,
        c.month_start::date as month_start,
        to_char(c.month_start, 'Mon YYYY')::varchar(8) as month_label,
        (extract(year from c.month_start) * 100 + extract(month from c.month_start))::integer as month_label_sort,
        extract(year from c.day)::integer as calendar_year,
        c.financial_year::varchar(7) as financial_year,
        c.financial_year_sort::integer as financial_year_sort,
        ('Q' || c.financial_quarter || ' ' || c.financial_year)::varchar(10) as financial_quarter_label,
        (c.financial_year_sort * 10 + c.financial_quarter)::integer as financial_quarter_label_sort,
        c.financial_quarter::integer as financial_quarter,
        c.financial_month::integer as financial_month,
        case when c.month_start = date_trunc('month', current_date)::date then 1 else 0 end::smallint as is_current_month,
        case when c.month_start = date_trunc('month', current_date)::date then 'Current month' else 'Other month' end::varchar(20)
            as current_month_label,
        case when c.financial_year = t.financial_year then 1 else 0 end::smallint as is_current_financial_year,
        case when c.financial_year = t.financial_year then 'Current financial year' else 'Other financial year' end::varchar(30)
            as current_financial_year_label
    from mo_data.calendar_day c
        left join mo_data.calendar_day t on t.day = current_date;
comment on view mo_dashboard.dim_date is
    'One row a day, without gaps, over whole NHS financial years: the date table. Facts are monthly and join by day_date, the month''s first day.';
comment on column mo_dashboard.dim_date.day_date is 'The day. Key.';
comment on column mo_dashboard.dim_date.month_start is 'First day of the month.';
comment on column mo_dashboard.dim_date.month_label is 'Month as text, such as Apr 2026. Sort by month_label_sort.';
comment on column mo_dashboard.dim_date.month_label_sort is 'Order of month_label: year and month as a number, 202604.';
comment on column mo_dashboard.dim_date.calendar_year is 'Calendar year.';
comment on column mo_dashboard.dim_date.financial_year is 'NHS financial year, 1 April to 31 March, such as 2026/27.';
comment on column mo_dashboard.dim_date.financial_year_sort is 'Order of financial_year: the calendar year in which it begins.';
comment on column mo_dashboard.dim_date.financial_quarter_label is 'Quarter of the financial year, such as Q1 2026/27. Sort by financial_quarter_label_sort.';
comment on column mo_dashboard.dim_date.financial_quarter_label_sort is 'Order of financial_quarter_label: year and quarter as a number, 20261.';
comment on column mo_dashboard.dim_date.financial_quarter is 'Quarter of the financial year: 1 is April to June.';
comment on column mo_dashboard.dim_date.financial_month is 'Month of the financial year: 1 is April.';
comment on column mo_dashboard.dim_date.is_current_month is '1 in the calendar month of today, else 0.';
comment on column mo_dashboard.dim_date.current_month_label is 'Current month or Other month.';
comment on column mo_dashboard.dim_date.is_current_financial_year is '1 in the financial year of today, else 0.';
comment on column mo_dashboard.dim_date.current_financial_year_label is 'Current financial year or Other financial year.';
