# Alert closure: 6,300 practices x 300 (and 3,000) alerts, counted by PCN x month of issue x class as closed in the window, closed late,
# open in the window, open overdue; windows in working days, bank holidays of England. As at midnight on 1 April 2026.
# The table has the moment of closure and its London day, so that plain SQL need not convert every row.
package MoBench::Area::alerts;
use strict;
use warnings;

my $as_at = "timestamptz '2026-04-01 00:00 Europe/London'";
my $holidays = join ', ', map { "date '$_'" } qw(
    2023-01-02 2023-04-07 2023-04-10 2023-05-01 2023-05-08 2023-05-29 2023-08-28 2023-12-25 2023-12-26
    2024-01-01 2024-03-29 2024-04-01 2024-05-06 2024-05-27 2024-08-26 2024-12-25 2024-12-26
    2025-01-01 2025-04-18 2025-04-21 2025-05-05 2025-05-26 2025-08-25 2025-12-25 2025-12-26
    2026-01-01 2026-04-03 2026-04-06 2026-05-04 2026-05-25 2026-08-31 2026-12-25 2026-12-28);

# Counts by PCN, month and class from a join of the rows "a" (alert), "f" (practice_alert), "p" (practice) and tests on them.
sub grouped {
    my ($from, $closed, $in_window, $overdue, $more) = @_;
    return "select p.pcn, a.month, a.class,
            count(*) filter (where $closed and $in_window) as closed_in_window,
            count(*) filter (where $closed and not ($in_window)) as closed_late,
            count(*) filter (where ($closed) is not true and not ($overdue)) as open_in_window,
            count(*) filter (where ($closed) is not true and $overdue) as open_overdue $more
        from $from group by 1, 2, 3";
}

# Running working-day number of each day: days to close are a subtraction. In the window is "fewer working days than the window lie between
# issue and closure": a Saturday after a Friday's deadline is as many working days from issue as the Friday, but late. The alert's own number is joined to 300 alerts, not to the rows.
sub prefix {
    my ($alert, $fact, $last) = @_;
    return grouped(
        "(select l.*, c.working_no from $alert as l join bench_alerts.calendar as c on c.day = l.issued_on) as a
            join $fact as f using (alert_key) join bench_alerts.practice as p using (practice_key)
            left join bench_alerts.calendar as c on c.day = f.closed_on",
        "f.closed_on < date '2026-04-01'", 'c.number_before - a.working_no < a.window_days', "$last - a.working_no >= a.window_days",
        ", sum(c.working_no - a.working_no) filter (where f.closed_on < date '2026-04-01') as days_to_close");
}

my $number_of_last_day = "(select working_no from bench_alerts.calendar where day = date '2026-03-31')";

# The deadline once per alert, then one comparison per row: no days to close.
sub deadline {
    my ($alert, $fact) = @_;
    return grouped(
        "(select l.*, (
                select (min(n.day) + 1)::timestamp at time zone 'Europe/London' from bench_alerts.calendar as n
                where n.working_no = c.working_no + l.window_days) as deadline
            from $alert as l join bench_alerts.calendar as c on c.day = l.issued_on offset 0) as a
            join $fact as f using (alert_key) join bench_alerts.practice as p using (practice_key)",
        "f.closed_at < $as_at", 'f.closed_at < a.deadline', "a.deadline <= $as_at", '');
}

# What is usually written: every day from issue to closure, for every row (for open ones once per alert, which is kind).
sub each_day {
    my ($alert, $fact) = @_;
    my $days = sub {
        return "(select count(*) from generate_series(a.issued_on + 1, $_[0], interval '1 day') as d
            where extract(isodow from d) < 6 and d::date not in (select day from bench_alerts.holiday))";
    };
    my $to_close = $days->('q.closed_on');
    my $to_now = $days->("date '2026-03-31'");
    return grouped(
        "(select q.*, case when q.closed_on < date '2026-04-01' then $to_close end as days,
                (extract(isodow from q.closed_on) < 6 and q.closed_on not in (select day from bench_alerts.holiday))::int4 as on_working_day,
                a.days_open, a.month, a.class, a.window_days
            from (select a.*, $to_now as days_open from $alert as a offset 0) as a join $fact as q using (alert_key) offset 0) as a
            join bench_alerts.practice as p using (practice_key)",
        "a.closed_on < date '2026-04-01'", 'a.days - a.on_working_day < a.window_days', 'a.days_open >= a.window_days',
        ', sum(a.days) as days_to_close');
}

# Ours: what is to be known of 6,300 practices and 300 alerts packed once (the deadline once per alert), then one pass without joins.
sub ours {
    my ($alert, $fact) = @_;
    return "select t.group_no as pcn, t.month, t.class_no as class, t.closed_in_window, t.closed_late, t.open_in_window, t.open_overdue
        from mo.alert_closure_table((
            select mo.alert_closure_counts(practice_key, alert_key, closed_at, (
                select mo.alert_closure_dimensions(
                    (select array_agg(pcn order by practice_key) from bench_alerts.practice),
                    array_agg(class order by alert_key), array_agg(issued_at order by alert_key),
                    array_agg(mo.alert_deadline(issued_at, window_days, 'working_days', array[$holidays]) order by alert_key), $as_at)
                from $alert))
            from $fact)) as t";
}

# Our scalar function in ordinary SQL.
sub ours_scalar {
    my ($alert, $fact) = @_;
    return grouped("$alert as a join $fact as f using (alert_key) join bench_alerts.practice as p using (practice_key)",
        "f.closed_on < date '2026-04-01'", "mo.working_days_between(a.issued_on, f.closed_on - 1, array[$holidays]) < a.window_days",
        "mo.working_days_between(a.issued_on, date '2026-03-31', array[$holidays]) >= a.window_days", '');
}

sub comparison {
    my ($id, $name, $number, $slow, %bars) = @_;
    my ($alert, $fact) = ("bench_alerts.alert_$number", "bench_alerts.practice_alert_$number");
    my @needs = (needs => ['mo.alert_deadline(timestamptz, int4, text, date[])', 'mo.alert_closure_dimensions(int4[], int4[], timestamptz[], timestamptz[], timestamptz)']);
    my @slow_forms = (
        {id => 'each_day', name => 'generate_series per row', sql => each_day($alert, $fact)},
        {
            id => 'ours_scalar', name => 'mo.working_days_between in SQL', sql => ours_scalar($alert, $fact),
            needs => ['mo.working_days_between(date, date, date[])'],
        },
    );
    return {
        id => $id, name => $name, key => [qw(pcn month class)], tolerance => 0, bars => \%bars,
        forms => [
            {id => 'prefix', name => 'prefix SQL', sql => prefix($alert, $fact, $number_of_last_day)},
            {id => 'deadline', name => 'deadline SQL', sql => deadline($alert, $fact)},
            {id => 'ours', name => 'mo.alert_closure_counts', sql => ours($alert, $fact), @needs},
            {id => 'duckdb', name => 'DuckDB prefix', engine => 'duckdb', sql => prefix($alert, $fact, $number_of_last_day)},
            $slow ? @slow_forms : (),
        ],
    };
}

sub {
    my ($scale) = @_;
    my ($practices, $pcns, $few, $many) = $scale eq 'small' ? (630, 125, 30, 300) : (6300, 1250, 300, 3000);
    my $alert = sub {
        my ($alerts, $salt) = @_;
        return "select alert_key, class, issued_at, issued_on, date_trunc('month', issued_on)::date as month, (array[2, 5, 10, 20])[class] as window_days
            from (
                select i as alert_key, 1 + floor(bench.u(i, $salt) * 4)::int4 as class, issued_at, (issued_at at time zone 'Europe/London')::date as issued_on
                from (
                    select i, timestamptz '2023-04-01 00:00 Europe/London' + bench.u(i, $salt + 1) * interval '1095 days' as issued_at
                    from generate_series(1, $alerts) as i) as moment) as alert";
    };
    # Nine in a hundred are never closed; the rest after up to 60 days, most of them soon, some after the day that is asked for.
    my $fact = sub {
        my ($alerts, $table, $salt) = @_;
        return "select alert_key, practice_key, closed_at, (closed_at at time zone 'Europe/London')::date as closed_on
            from (
                select alert_key, p as practice_key, case when bench.u(alert_key * 10000 + p, $salt) < 0.91
                        then issued_at + power(bench.u(alert_key * 10000 + p, $salt + 1), 2) * interval '60 days' end as closed_at
                from $table cross join generate_series(1, $practices) as p) as closure";
    };
    my $alert_columns = 'alert_key integer, class integer, issued_at timestamp with time zone, issued_on date, month date, window_days integer';
    my $fact_columns = 'alert_key integer, practice_key integer, closed_at timestamp with time zone, closed_on date';
    return {
        tables => [
            {name => 'bench_alerts.holiday', sql => "select unnest(array[$holidays]) as day"},
            {
                name => 'bench_alerts.calendar', duckdb => 'day date, working_no integer, number_before integer',
                sql => "select day, working_no, working_no - working::int4 as number_before
                    from (
                        select day, working, (count(*) filter (where working) over (order by day))::int4 as working_no
                        from (
                            select d.day, extract(isodow from d.day) < 6 and d.day not in (select h.day from bench_alerts.holiday as h) as working
                            from (select date '2023-01-01' + k as day from generate_series(0, 1460) as k) as d) as days) as numbered",
            },
            {
                name => 'bench_alerts.practice', duckdb => 'practice_key integer, pcn integer',
                sql => "select i as practice_key, 1 + (i * 31) % $pcns as pcn from generate_series(1, $practices) as i",
            },
            {name => 'bench_alerts.alert_300', sql => $alert->($few, 20), duckdb => $alert_columns},
            {name => 'bench_alerts.alert_3000', sql => $alert->($many, 30), duckdb => $alert_columns},
            {name => 'bench_alerts.practice_alert_300', sql => $fact->($few, 'bench_alerts.alert_300', 40), duckdb => $fact_columns},
            {name => 'bench_alerts.practice_alert_3000', sql => $fact->($many, 'bench_alerts.alert_3000', 50), duckdb => $fact_columns},
        ],
        comparisons => [
            comparison('few', '1.9M practice-alerts', 300, 1, prefix_2m => ['ours', 'prefix'], deadline_2m => ['ours', 'deadline'],
                generate_series => ['ours', 'each_day'], duckdb_2m => ['ours', 'duckdb']),
            comparison('many', '18.9M practice-alerts', 3000, 0, prefix_19m => ['ours', 'prefix'], deadline_19m => ['ours', 'deadline'],
                duckdb_19m => ['ours', 'duckdb']),
        ],
    };
};
