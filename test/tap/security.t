#!/usr/bin/env perl
# What someone hostile would try: functions and operators planted in public under the names of built-in ones, before anything is installed; a search
# path that puts them first; names of columns and files made to be executed; a password on the command line; a server that is not the one it says
# it is; pseudonyms of patients in messages and logs. And plpgsql_check over every function of the layer.
use strict;
use warnings;
use IO::Socket::INET;
use Test::More;
use MoDash;
use MoDashDemo;

# 1. Planted objects. Every built-in function and operator of ordinary types has a twin in public that notes that it was called.
$ENV{PGDATABASE} = 'postgres';
psql('drop database if exists mo_hostile with (force)');
psql('create database mo_hostile');
$ENV{PGDATABASE} = 'mo_hostile';
my $plant = <<'SQL';
create table public.hit (what text);
create function public.note_hit(what text) returns void language sql security definer as $$ insert into public.hit values (what) $$;
grant insert on public.hit to public;
do $plant$
declare
    f record;
begin
    for f in
        select p.proname, pg_catalog.pg_get_function_identity_arguments(p.oid) as arguments, pg_catalog.format_type(p.prorettype, null) as result, p.oid
        from pg_catalog.pg_proc p
        where p.pronamespace = 'pg_catalog'::regnamespace and p.prokind = 'f' and not p.proretset and p.provariadic = 0 and p.proargmodes is null
            and not exists (select from pg_catalog.unnest(p.proargtypes::oid[] || p.prorettype) t join pg_catalog.pg_type y on y.oid = t where y.typtype = 'p')
    loop
        begin
            execute pg_catalog.format('create function public.%I(%s) returns %s language plpgsql as $f$ begin insert into public.hit values (%L); return null; end $f$',
                f.proname, f.arguments, f.result, f.proname);
        exception when others then null;
        end;
    end loop;
    for f in
        select o.oprname, o.oprleft::regtype as l, o.oprright::regtype as r, pr.proname, pg_catalog.format_type(o.oprresult, null) as result
        from pg_catalog.pg_operator o join pg_catalog.pg_proc pr on pr.oid = o.oprcode
        where o.oprnamespace = 'pg_catalog'::regnamespace and o.oprleft <> 0 and o.oprright <> 0
            and not exists (select from pg_catalog.pg_type y where y.oid in (o.oprleft, o.oprright, o.oprresult) and y.typtype = 'p')
    loop
        begin
            execute pg_catalog.format('create function public.%I(%s, %s) returns %s language plpgsql as $f$ begin insert into public.hit values (%L); return null; end $f$',
                'op_' || f.proname, f.l, f.r, f.result, f.oprname);
            execute pg_catalog.format('create operator public.%s (leftarg = %s, rightarg = %s, function = public.%I)', f.oprname, f.l, f.r, 'op_' || f.proname);
        exception when others then null;
        end;
    end loop;
end
$plant$;
SQL
psql_script($plant);
my $planted = psql(q{select (select count(*) from pg_proc where pronamespace = 'public'::regnamespace) + (select count(*) from pg_operator where oprnamespace = 'public'::regnamespace)});
cmp_ok($planted, '>', 1500, "$planted objects planted in public");
psql(q{alter database mo_hostile set search_path = public, pg_catalog});
psql_script('create table pg_temp.t (a int); select lower(a::text) from pg_temp.t; select \'a\'::text || \'b\'::text;');
cmp_ok(psql('select count(*) from public.hit'), '>', 0, 'a planted object is called where nothing prevents it');
psql('truncate public.hit');
psql('create extension mo_dashboard');
psql('set client_min_messages = warning; call mo.create_dashboard()');
is(psql('select pg_catalog.string_agg(distinct what, pg_catalog.chr(32)) from public.hit'), '', 'nothing planted runs while extension and layer are made');
my $folder = demo_data(qw(--practices 4 --months 4 --patients-per-practice 20 --rows-per-practice 20));
load_demo($folder);
psql('set client_min_messages = warning; call mo_data.refresh()');
is(psql('select pg_catalog.string_agg(distinct what, pg_catalog.chr(32)) from public.hit'), '', 'nor while files are loaded and figures counted');
psql('set client_min_messages = warning; call mo.update_dashboard()');
psql('select count(*) from (select * from mo_data.after_restore()) x');
my @views = split /\n/, do { local $ENV{PGOPTIONS} = '-c search_path=pg_catalog'; psql(q{select oid::regclass from pg_class where relnamespace = 'mo_dashboard'::regnamespace and relkind = 'v'}) };
for my $view (@views) { psql("copy (select * from $view) to stdout") }
cmp_ok(scalar @views, '>', 7, scalar(@views) . ' views read');
my $pcn = psql(q{select org_code from mo_data.organisation where org_type operator(pg_catalog.=) 'pcn' order by 1 limit 1});
psql(qq{copy (select * from mo_data.worklist('hrd_monitoring_current', '$pcn', current_date)) to stdout});
psql(qq{copy (select * from mo_data.kpi_record('hrd_monitoring_current', '$pcn', '2026-01-01')) to stdout});
is(psql('select pg_catalog.string_agg(distinct what, pg_catalog.chr(32)) from public.hit'), '', 'nor in an update, a check, a view, a worklist or a drill-through');

# 2. Names made to be executed.
fresh_database('mo_security');
load_demo($folder);
psql('set client_min_messages = warning; call mo_data.refresh()');
my $evil = q{x'; drop table mo_data.kpi; --};
my ($code, $out, $err) = modash('load', 'incident', file_with("$evil.csv", qq{incident_id,"$evil"\n1,2\n}));
is($code, 2, 'a column named as SQL is refused');
like($err, qr/has a column/, 'by its name');
($code, $out, $err) = modash('load', 'incident', file_with("\$(touch pwned) `id` \e[31m.csv", "incident_id,practice_code,occurred_on,category\nI9,X10001,2026-01-02,=cmd|calc\n"));
unlike($out . $err, qr/\e/, 'a file name with a terminal escape is printed without it');
ok(!-e 'pwned', 'no shell sees a file name');
is(psql('select count(*) > 10 from mo_data.kpi'), 't', 'and nothing was dropped');
for my $name ("U'; drop table mo_data.kpi; --", "\e]0;x\a", '=1+1', '../../etc/passwd') {
    ($code, $out, $err) = modash('page', '--org', $name);
    ok($code != 0 && ($out . $err) !~ /[\e\a]/, 'page: a hostile organisation code is refused');
}

# 3. Passwords.
($code, $out, $err) = modash('status', '-d', 'postgresql://someone:secret@localhost/x');
is($code, 1, 'a password on the command line is refused');
unlike($out . $err, qr/secret/, 'and not repeated');

# 4. Pseudonyms: neither in what modash prints, nor in the server's log at its most talkative, nor in what BI reads.
my $log = psql("select current_setting('data_directory') || '/../server.log'");
my $before = -s $log // 0;
{
    local $ENV{PGOPTIONS} = '-c log_min_messages=debug1 -c log_min_error_statement=debug1 -c log_statement=none';
    my $rows = join '', map { "$_,X10001,2024-01-01,\n" } 987650001 .. 987650020;
    ($code, $out, $err) = modash('load', 'registration', file_with('registration.csv',
        "patient_key,practice_code,registered_from,registered_to\n987654321x,X10001,2024-01-01,\n-987654322,X10001,2024-01-01,\n987654323,X10001,2024-01-01,2023-01-01\n"
        . "987654323,X10001,2024-01-01,2023-01-01\n$rows"));
    is($code, 3, 'rows with bad patient keys are rejected');
    my ($code2, $out2, $err2) = modash('refresh');
    unlike($out . $err . $out2 . $err2, qr/(?<![\d.])98765\d{4}/, 'modash prints no patient key');
}
open my $server_log, '<', $log or die "cannot read $log: $!";
seek $server_log, $before, 0;
my $logged = do { local $/; <$server_log> } // '';
unlike($logged, qr/(?<![\d.])98765\d{4}/, 'the server log has no patient key');
is(psql(q{select count(*) from mo_data.load_reject where line like '%98765%'}), '4', 'the lines themselves are kept where only the owner reads');
for my $view (split /\n/, psql(q{select oid::regclass from pg_class where relnamespace = 'mo_dashboard'::regnamespace and relkind = 'v' order by 1})) {
    unlike(psql("select string_agg(x::text, ' ') from $view x"), qr/(?<![\d.])98765\d{4}/, "$view has no patient key");
}

# 5. plpgsql_check.
SKIP: {
    skip 'plpgsql_check is not installed', 1 if psql(q{select count(*) from pg_available_extensions where name = 'plpgsql_check'}) eq '0';
    psql('create extension plpgsql_check');
    my $findings = psql(q{set client_min_messages = error;
        select string_agg(f.signature || ': ' || c.message, E'\n') from (
            select p.oid, p.oid::regprocedure::text as signature from pg_proc p join pg_language l on l.oid = p.prolang
            where l.lanname = 'plpgsql' and p.pronamespace = 'mo_data'::regnamespace and p.prorettype <> 'trigger'::regtype) f
            cross join lateral plpgsql_check_function_tb(f.oid, fatal_errors := false, other_warnings := true, performance_warnings := false, extra_warnings := false) c
        where c.level = 'error' and c.message !~ '^relation "(pg_temp\.)?\w+" does not exist|(schema|relation) "cron[".]'
            and not (c.message ~ '^record "|^cached plan' and pg_get_functiondef(f.oid) ~ 'pg_temp')}); # what is made at run time it cannot see
    is($findings, '', 'plpgsql_check finds no error in the layer');
    # A trigger's function is checked with each table that it stands on, and one that stands on none is not checked: a load's staging table is made for its.
    psql(q{select mo_data.prescribing_stage(0, '2000-01-01')});
    is(psql(q{select string_agg(p.oid::regprocedure || ' on ' || t.tgrelid::regclass || ': ' || c.message, E'\n')
        from pg_trigger t join pg_proc p on p.oid = t.tgfoid cross join lateral plpgsql_check_function_tb(p.oid, t.tgrelid, fatal_errors := false,
            other_warnings := true, security_warnings := true, oldtable := t.tgoldtable, newtable := t.tgnewtable) c
        where not t.tgisinternal and p.pronamespace = 'mo_data'::regnamespace}), '', 'nor in the functions of triggers');
    is(psql(q{select string_agg(p.oid::regprocedure::text, ' ') from pg_proc p where p.pronamespace in ('mo_data'::regnamespace, 'mo_dashboard'::regnamespace)
        and p.prorettype in ('trigger'::regtype, 'event_trigger'::regtype) and not exists (select from pg_trigger t where t.tgfoid = p.oid)}), '', '... and every one was checked');
    psql('drop table mo_data.prescribing_stage_0_2000_01, mo_data.prescribing_sums_0_2000_01');
    is(psql(q{select count(*) from pg_proc p join pg_language l on l.oid = p.prolang where l.lanname = 'plpgsql' and p.pronamespace in ('mo'::regnamespace, 'mo_dashboard'::regnamespace)}),
        '0', '... for plpgsql is in mo_data only');
    my $injection = psql(q{select string_agg(p.oid::regprocedure || ': ' || c.message, E'\n') from pg_proc p join pg_language l on l.oid = p.prolang
        cross join lateral plpgsql_check_function_tb(p.oid, fatal_errors := false, security_warnings := true) c
        where l.lanname = 'plpgsql' and p.pronamespace = 'mo_data'::regnamespace and p.prorettype <> 'trigger'::regtype and c.level = 'security'});
    # It cannot follow quoting through a variable. These were read by a person: they put in names that quote_ident() or regclass made, expressions of
    # the catalogue (constraints, defaults), function names that kpi_function() has checked, and calls made of literals that format() quoted. A function that is not here fails.
    my %read = map { $_ => 1 } qw(figures_counted stage_flat flat_defaults flat_remove flat_put_back flat_reject flat_reject_same flat_changed flat_strangers flat_store flat_note flat_last_month refresh_kpi kpi_record
        restored_sequences access_privileges purge distribute widen_key);
    my @unread = grep { /^mo_data\.(\w+)/ && !$read{$1} } split /\n/, $injection;
    is(join("\n", @unread), '', 'nor text that could be executed, but in functions that have been read for it');
}

# 6. TLS: the right certificate, a name that is not in it, an authority that did not sign it.
SKIP: {
    skip 'openssl is not here', 4 if system('openssl version >/dev/null 2>&1') != 0;
    my $tls = scratch('tls');
    mkdir $tls;
    my $make = sub { system("cd $tls && $_[0] >/dev/null 2>&1") == 0 or die "openssl failed: $_[0]" };
    for my $authority (qw(ours other)) { $make->("openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=$authority -keyout $authority.key -out $authority.crt") }
    $make->('openssl req -newkey rsa:2048 -nodes -subj /CN=localhost -keyout server.key -out server.csr');
    $make->('openssl x509 -req -in server.csr -CA ours.crt -CAkey ours.key -CAcreateserial -days 2 -out server.crt');
    my $probe = IO::Socket::INET->new(Listen => 1, LocalAddr => '127.0.0.1', LocalPort => 0) or die;
    my $port = $probe->sockport;
    close $probe;
    system('test/cluster start tls >/dev/null 2>&1') == 0 or die; # made, so that it has a place for the key
    my ($cluster) = `test/cluster dir tls` =~ /(.*)/;
    system('test/cluster stop tls');
    system("cp $tls/server.key $tls/server.crt $cluster/data/ && chown --reference=$cluster/data $cluster/data/server.key $cluster/data/server.crt && chmod 600 $cluster/data/server.key") == 0 or die;
    system(qq{test/cluster start tls "listen_addresses = '127.0.0.1'" "port = $port" "ssl = on"}) == 0 or die;
    local %ENV = %ENV;
    delete $ENV{PGHOST};
    my $try = sub { return modash('status', '-d', "host=$_[0] hostaddr=127.0.0.1 port=$port user=postgres dbname=postgres sslmode=verify-full sslrootcert=$tls/$_[1].crt") };
    ($code, $out, $err) = $try->('localhost', 'ours');
    unlike($err, qr/cannot connect/, 'verify-full: connects to a server whose certificate is right');
    ($code, $out, $err) = $try->('elsewhere.example', 'ours');
    ok($code == 4 && $err =~ /cannot connect.*does not match host name/s, 'refuses a name that is not in the certificate') or diag $err;
    ($code, $out, $err) = $try->('localhost', 'other');
    ok($code == 4 && $err =~ /cannot connect.*certificate verify failed/s, 'refuses an authority that did not sign it') or diag $err;
    system('test/cluster stop tls');
}

$ENV{PGDATABASE} = 'postgres';
psql("drop database if exists $_ with (force)") for qw(mo_hostile mo_security);
done_testing();
