#!/usr/bin/env perl
# What people look at is what the published views say: RANDOM_WORLDS (2; make client-random: 40) small worlds at random, with awkward names and texts, a KPI of
# every unit, huge and tiny figures, narratives, actions and submitted returns; for readers of everything, of a PCN, and one who sees small numbers, of
# organisations of every level: every cell of every sheet of the workbook, every chart, property and stored figure; the page as text, CSV, JSON and HTML, also of
# an earlier month. The reference (MoDashClient*.pm) is written from README, --help and the columns' comments.
# RANDOM_FIRST begins with a later world, KEEP_WORLD=1 leaves its database, RANDOM_SEED (1) gives the same worlds again, on the same day.
use strict;
use warnings;
use utf8;
use Test::More;
use MoDash;
use MoDashClientBook qw(open_book);
use MoDashClientCharts qw(chart_differences file_differences);
use MoDashClientLists qw(data_differences definitions_differences changes_differences exceptions_differences return_differences charts_sheet_differences);
use MoDashClientHtml qw(html_differences);
use MoDashClientPage qw(page_of);
use MoDashClientPages qw(text_differences csv_differences json_differences month_differences);
use MoDashClientSheets qw(page_differences members_differences trend_differences);
use MoDashClientWorld qw(awkward_world awkward_sql write_on_it);
use MoDashDemo;
use MoDashPublishedChanged qw(change_world);
use MoDashPublishedReading qw(read_view);
use MoDashPublishedReviews qw(add_reviews reviews_sql);
use MoDashPublishedWorld qw(world_sql today);

my $worlds = $ENV{RANDOM_WORLDS} // 2;
my $seed = $ENV{RANDOM_SEED} // 1;
my %count = (cells => 0, charts => 0);
binmode $_, ':utf8' for Test::More->builder->output, Test::More->builder->failure_output, Test::More->builder->todo_output;

# Says up to eight of the differences, and how to have them again.
sub agrees {
    my ($what, @said) = @_;
    return if ok(!@said, $what);
    diag('RANDOM_SEED=' . $seed . ' on ' . today() . ': ', map { substr($_, 0, 300) =~ s/([\x00-\x09\x0B-\x1F\x7F-\x9F])/sprintf '\\x%02x', ord $1/ger . "\n" } @said[0 .. ($#said < 7 ? $#said : 7)]);
    return;
}

# Organisations that have closed, but had figures: the page of their last month.
sub closed_agree {
    my ($what) = @_;
    for my $closed (read_view(undef, "select o.org_code, max(f.month_start) as month from mo_dashboard.dim_organisation o join mo_dashboard.fact_kpi f using (org_key) join mo_dashboard.dim_kpi k on k.kpi_id = f.kpi_id and k.is_on_front_page = 1
            where o.is_open = 0 and o.org_type in ('practice', 'pcn') group by o.org_type, o.org_code order by o.org_type, o.org_code limit 3")) {
        agrees("$what: $closed->{org_code}, which is closed: its last page", month_differences(page_of('mo_client_all', $closed->{org_code}), $closed->{month}));
    }
    return;
}

# Logins: of everything, one who sees small numbers, and of a PCN.
sub readers {
    psql("do \$\$ begin if not exists (select from pg_roles where rolname = 'mo_client_$_') then create role mo_client_$_ login; end if; end \$\$") for qw(all raw pcn);
    psql("select mo_data.grant_reader('mo_client_all'); select mo_data.grant_unsuppressed('mo_client_raw')");
    my $pcn = psql("select min(org_code) from mo_dashboard.dashboard where org_type = 'pcn' and value is not null");
    psql("select mo_data.grant_reader('mo_client_pcn', '$pcn')") if $pcn;
    return $pcn;
}

# Of every level the organisations with the most figures and some with few; nothing of those without any figure, but that modash says so.
sub organisations {
    my %of = map { $_->{org_type} => [split / /, $_->{codes}] } read_view(undef, "select org_type, string_agg(org_code, ' ' order by figures desc, org_code) as codes
        from (select org_type, org_code, count(value) as figures from mo_dashboard.dashboard where month_start is not null and org_code !~ ' ' group by 1, 2) x group by 1");
    return map { my @codes = @{$of{$_}}; (@codes[0 .. ($#codes < 1 ? $#codes : $_ eq 'pcn' ? 1 : 0)], @codes > 3 && /practice/ ? $codes[-1] : ()) } sort keys %of;
}

sub book_agrees {
    my ($what, $page) = @_;
    my $path = scratch('client.xlsx');
    local $ENV{PGUSER} = $page->{login};
    my ($exit, $out, $err) = modash('workbook', '--org', $page->{org_code}, '-q', '--force', '-o', $path);
    is("$exit $out$err", '0 ', "$what: a workbook") or return;
    my $book = open_book($path);
    my @said = map { $_->($book, $page) } \&page_differences, \&members_differences, \&trend_differences, \&data_differences, \&definitions_differences, \&changes_differences,
        \&exceptions_differences, \&return_differences, \&charts_sheet_differences, \&chart_differences, \&file_differences;
    $count{cells} += map { values %$_ } map { values %$_ } values %{$book->{sheet}};
    $count{charts} += grep { m{/chart\d} } keys %{$book->{part}};
    agrees("$what: every cell, chart and property", @said);
    return;
}

sub world_agrees {
    my ($what) = @_;
    my $pcn = readers();
    my @all = organisations();
    closed_agree($what);
    for my $reader (['mo_client_all', @all], ['mo_client_raw', $all[-1]], $pcn ? ['mo_client_pcn', $pcn] : ()) {
        my ($login, @codes) = @$reader;
        for my $code (@codes) {
            my $page = page_of($login, $code);
            my $whose = "$what: $page->{org_type} $code as $login";
            book_agrees($whose, $page);
            agrees("$whose: the page as text, CSV, JSON and HTML", map { $_->($page) } \&text_differences, \&csv_differences, \&json_differences, \&html_differences);
            my @months = map { $_->{month_start} } grep { defined $_->{value_status} } map { @$_ } values %{$page->{trend}};
            agrees("$whose: ... and of an earlier month", month_differences($page, (sort @months)[int rand @months])) if @months;
        }
    }
    return;
}

fresh_database('mo_client_empty');
for my $number (($ENV{RANDOM_FIRST} // 1) .. $worlds) {
    srand($seed * 1000 + $number);
    my $world = awkward_world();
    my $what = "world $number of $seed";
    {
        local $ENV{PGDATABASE} = 'postgres';
        psql('drop database if exists mo_client_random with (force)');
        psql('create database mo_client_random template mo_client_empty');
    }
    local $ENV{PGDATABASE} = 'mo_client_random';
    add_reviews($world) if $number % 2 == 0;
    $world->{more_sql} = reviews_sql($world) . awkward_sql($world);
    my $sql = world_sql($world);
    utf8::encode($sql);
    psql_script($sql);
    agrees("$what: what is written is taken", write_on_it());
    if ($number % 2 == 0) { # figures come again: changes, returns that differ from what was submitted
        $sql = 'set client_min_messages = warning; ' . change_world($world) . 'call mo_data.refresh();';
        utf8::encode($sql);
        psql_script($sql);
    }
    world_agrees($what);
}
note("$count{cells} cells and $count{charts} charts were held against the views");
cmp_ok($count{cells}, '>', 5000, 'cells were read');
{
    local $ENV{PGDATABASE} = 'postgres';
    psql("drop database if exists $_ with (force)") for 'mo_client_empty', $ENV{KEEP_WORLD} ? () : 'mo_client_random';
    psql("drop role if exists mo_client_$_") for $ENV{KEEP_WORLD} ? () : qw(all raw pcn);
}
done_testing();
