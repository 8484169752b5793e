#!/usr/bin/env perl
# modash powerbi: the project is valid, complete, the same every time, made by any reader, and there whole or not at all.
use strict;
use warnings;
use Cwd qw(abs_path);
use File::Basename qw(dirname);
use File::Copy qw(copy);
use File::Find qw(find);
use File::Path qw(make_path remove_tree);
use Test::More;
use DemoDatabase;
use MoDash;

my $project = abs_path(dirname(__FILE__) . '/../..');
my $tools = "$project/test/clients/powerbi";
my $schemas = "$project/../shared/powerbi_schemas";
my ($code, $out, $err);

demo_database();
# Roles of other tests may see organisations of this database too; only those below count here.
my $all = reader('mo_powerbi_all');
my $pcn = psql(q{select min(org_code) from mo_data.organisation_key where org_type = 'pcn'});
my $scoped = reader('mo_powerbi_pcn', $pcn);
psql(q{do $$ begin if not exists (select from pg_roles where rolname = 'mo_powerbi_nobody') then create role mo_powerbi_nobody login; end if;
    if not exists (select from pg_roles where rolname = 'mo''s "odd" role') then create role "mo's ""odd"" role"; end if; end $$});
psql(q{select mo_data.grant_reader('mo''s "odd" role', (select min(org_code) from mo_data.organisation_key where org_type = 'practice'))});
sub as { my ($user, $code) = @_; local $ENV{PGUSER} = $user; return $code->() }

my $columns = file_with('columns.tsv', join("\n", split(/\n/, psql(q{select concat_ws(E'\t', c.relname, a.attname, format_type(a.atttypid, a.atttypmod))
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped where c.relnamespace = 'mo_dashboard'::regnamespace})), ''));

sub tree_of {
    my ($folder) = @_;
    my %tree;
    find({wanted => sub { $tree{substr $File::Find::name, length $folder} = slurp($File::Find::name) if -f }, no_chdir => 1}, $folder);
    return \%tree;
}
sub lint {
    my ($folder, $of) = @_;
    my ($status, $faults) = MoDash::run_program("$tools/tmdl_lint", $folder, $of // $columns);
    return ($status, $faults);
}
sub leftovers { return join ' ', grep { !/^\.(out|err)$/ && /out\./ } map { substr $_, length scratch() } glob scratch('{,.}*') }

# --- written by a reader of everything, and sound
my $home = scratch('out');
($code, $out, $err) = as($all, sub { modash('powerbi', '-o', $home, '--server', 'db.example.nhs.uk:5433') });
is("$code $err", '0 ', 'a reader writes a project') or BAIL_OUT($err);
my ($faults, $status);
($status, $faults) = lint($home);
is("$status $faults", '0 ', 'the linter finds nothing');
my $files = tree_of($home);
my $model = join "\n", map { $files->{$_} } sort grep { /\.tmdl$/ } keys %$files;
ok($files->{"/mo_dashboard.Report/definition/pages/$_/page.json"}, "page $_") for qw(page comparison trend variation return);

# --- all of the contract is in it, in the words of its comments
my %absent = map { $_ => 1 } qw(data_status.left_out_narrative measure_decile.total_numerator measure_decile.total_denominator);
my @missing;
for (split /\x1e/, psql(q{select string_agg(concat_ws(E'\x1f', c.relname, a.attname, col_description(c.oid, a.attnum)), E'\x1e')
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped where c.relnamespace = 'mo_dashboard'::regnamespace})) {
    my ($view, $column, $comment) = split /\x1f/;
    my ($table) = grep { /Item = "\Q$view\E"/ } map { $files->{$_} } grep { m{/tables/} } keys %$files;
    push @missing, "$view.$column" unless $absent{"$view.$column"} || ($table // '') =~ m{^\t/// \Q$comment\E\n\tcolumn [^\n]+\n(?:\t\t[^\n]+\n)*\t\tsourceColumn: \Q$column\E\n}m;
}
is("@missing", '', 'each published column, with its comment');
is(join(' ', grep { $model =~ /sourceColumn: \Q$_\E$/m } map { s/.*\.//r } keys %absent), '', '... but what only who sees everything may know');

# --- sorting and relating as Power BI can: one sort value for one text, one row for one key
my @unfit;
for my $file (grep { m{/tables/} } sort keys %$files) {
    my ($view) = $files->{$file} =~ /Item = "([^"]+)"/;
    my %source = $files->{$file} =~ /^\tcolumn ('(?:[^']|'')*'|\w+)\n(?:\t\t[^\n]+\n)*?\t\tsourceColumn: (\w+)$/mg;
    while ($files->{$file} =~ /\t\tsourceColumn: (\w+)\n\t\tsortByColumn: ([^\n]+)$/mg) {
        my ($column, $sort) = ($1, $source{$2});
        push @unfit, "$view.$column" if psql("select exists (select from mo_dashboard.$view group by $column having count(distinct $sort) > 1)") eq 't';
    }
}
is("@unfit", '', 'every sorted column has one sort number for one text');
my %keys = (KPI => 'dim_kpi.kpi_id', Organisation => 'dim_organisation.org_key', Date => 'dim_date.day_date', Source => 'dim_source.source_name');
is(join(' ', sort { $a cmp $b } do { my %t; $t{$_}++ for $model =~ /^\ttoColumn: (\w+)\./mg; keys %t }), join(' ', sort keys %keys), 'relationships reach the four dimensions');
for my $key (sort values %keys) {
    my ($view, $column) = split /\./, $key;
    is(psql("select exists (select from mo_dashboard.$view where $column is null) or count(*) <> count(distinct $column) from mo_dashboard.$view"), 'f', "$key is a key");
}

# --- organisations: practices share names, and months of one are not set beside months of another
my $visuals = join "\n", map { $files->{$_} } grep { m{/visual\.json$} } sort keys %$files;
is(psql('select exists (select from mo_dashboard.dim_organisation group by org_label having count(*) > 1)'), 'f', 'a label is one organisation\'s');
is(psql("select count(*) from mo_dashboard.dim_organisation where org_label <> org_name || ' (' || org_code || ')' and org_key <> -1 and org_name <> org_code"), '0', '... its name and code');
unlike($visuals, qr/"Property": "Organisation name"/, 'no visual chooses or groups by a name');
is(scalar(() = $visuals =~ /"queryRef": "\w[^"]*\.Organisation"/g), 6, '... but by the label: three slicers and three visuals that compare');
my ($compared) = map { $files->{$_} } grep { $files->{$_} =~ /Item = "peer_comparison"/ } keys %$files;
is(scalar(() = $compared =~ /CALCULATE\(MAX\('?[^\[]+'?\[Month start\]\), ALLSELECTED\(/g), scalar(() = $compared =~ /^\tmeasure /mg), 'every comparison is of one month');

# --- nothing of the data and nothing of this machine
my @names = split /\n/, psql(q{select distinct name from mo_data.organisation where org_type in ('practice', 'pcn', 'icb') and length(name) > 6});
my $everything = join "\n", values %$files;
is(join(', ', grep { index($everything, $_) >= 0 } @names), '', 'no organisation is named in the project');
unlike($everything, qr/\Q$ENV{PGHOST}\E/, 'nor where this server is') if $ENV{PGHOST} =~ m{^/};
like($files->{'/mo_dashboard.pbids'}, qr/"server": "db\.example\.nhs\.uk:5433",\s*"database": "\Q$ENV{PGDATABASE}\E"/, 'the connection file names server and database');
like($model, qr/^expression Server = "db\.example\.nhs\.uk:5433" meta /m, '... and so does the model');

# --- who sees what: the rows that roles filter by are those that the database shows
like($model, qr/^role \Q$_\E$/m, "role $_ of the database is a role of the model") for $all, $scoped, q{'mo''s "odd" role'};
like($model, qr/= USERPRINCIPALNAME\(\)/, 'one role goes by the sign-in name');
is(as($scoped, sub { psql(q{select string_agg(distinct role_name, ' ') from mo_dashboard.access_map}) }), $scoped, 'a scoped reader sees its own rows of the map');
# Every row that the model's roles leave of what a reader of everything imports is a row that the scoped reader sees in the database.
my $own_keys = "select org_key from mo_dashboard.access_map where role_name = '$scoped'";
my $enough = 'exists (select from mo_dashboard.measure_decile d where (d.kpi_id, d.month_start, d.org_type) = (x.kpi_id, x.month_start, x.org_type) and d.level_count >= 5)';
my %role_filter = (change_log => "x.org_key is null or x.org_key in ($own_keys)", access_map => "x.role_name = '$scoped'",
    variation => "x.group_code = 'ENG' or x.group_code in (select o.current_icb_code from mo_dashboard.dim_organisation o where o.org_key in ($own_keys))",
    measure_decile => 'x.level_count >= 5', measure_value => "x.level_count >= 5 and x.org_key in ($own_keys)", measure_saving => "$enough and x.org_key in ($own_keys)",
    innovation_uptake => "$enough and x.org_key in ($own_keys)");
my %fewer = map { $_ => 1 } qw(dim_organisation measure_decile measure_value measure_saving innovation_uptake);
for my $file (grep { m{/tables/} } sort keys %$files) {
    local $ENV{PGOPTIONS} = '-c extra_float_digits=-3';    # sums in another order
    my ($view) = $files->{$file} =~ /Item = "([^"]+)"/;
    my @columns = $files->{$file} =~ /^\t\tsourceColumn: (\w+)$/mg;
    my $where = $role_filter{$view} // ((grep { $_ eq 'org_key' } @columns) ? "x.org_key in ($own_keys)" : 'true');
    my $rows = sub { psql('select ' . join(', ', map { "x.$_" } @columns) . " from mo_dashboard.$view x where $_[0]") };
    my %database = map { $_ => 1 } split /\n/, as($scoped, sub { $rows->('true') });
    my @model = split /\n/, as($all, sub { $rows->($where) });
    is((grep { !$database{$_} } @model)[0], undef, "$view: a role shows no row that the database would not");
    my %model = map { $_ => 1 } @model;
    is((grep { !$model{$_} } sort keys %database)[0], undef, "$view: ... and all that it would") unless $fewer{$view};
}
is(psql("select string_agg(coalesce(org_key::text, 'all'), ' ') from mo_dashboard.access_map where role_name = '$all'"), 'all', 'a reader of everything has one row, without a key');

# --- the same every time; what a scoped reader writes differs in roles only
as($all, sub { modash('powerbi', '-o', scratch('again'), '--server', 'db.example.nhs.uk:5433') });
is_deeply(tree_of(scratch('again')), $files, 'two runs write the same');
($code, $out, $err) = as($scoped, sub { modash('powerbi', '-o', scratch('scoped'), '--server', 'db.example.nhs.uk:5433') });
is("$code $err", '0 ', 'a scoped reader writes a project');
($status, $faults) = lint(scratch('scoped'));
is("$status $faults", '0 ', '... a sound one');
my $own = tree_of(scratch('scoped'));
is_deeply([grep { ($own->{$_} // '') ne $files->{$_} && !m{/roles/|/model\.tmdl$} } keys %$files], [], '... with the same tables and pages');
unlike(join('', values %$own), qr/mo_powerbi_all/, '... and of roles its own');

# --- a view of the site: unknown to roles, so closed; with a name of ours and odd columns, told apart
psql(q{create view mo_dashboard.organisation as select 1::integer as "Total's ""x""", 2::integer as total_label, 3::integer as total, now() as moment});
psql(q{select mo_data.grant_reader('mo_powerbi_all')});
($code, $out, $err) = as($all, sub { modash('powerbi', '-o', scratch('site'), '--server', 'x') });
psql('drop view mo_dashboard.organisation');
is($code, 0, 'a site has a view of its own');
like($err, qr/^modash powerbi: organisation\.moment is left out: Power BI has no type for timestamp with time zone$/m, '... a column without a type is left out, and that is said');
like(slurp($_), qr/^\ttablePermission 'organisation view' = FALSE\(\)$/m, '... roles do not see it') for glob scratch('site') . '/*/definition/roles/mo_powerbi_pcn.tmdl';
($status, $faults) = lint(scratch('site'), file_with('site.tsv', slurp($columns),
    qq{organisation\tTotal's "x"\tinteger\norganisation\ttotal_label\tinteger\norganisation\ttotal\tinteger\n}));
is("$status $faults", '0 ', '... and the project is sound');

# --- Microsoft's schemas and parser
sub validation_missing {
    return '../shared is not here' unless -d $schemas;
    for (qw(node npm)) { return "$_ is not installed" if system("command -v $_ >/dev/null 2>&1") }
    make_path("$project/build/powerbi");
    return '' if -d "$project/build/powerbi/node_modules/ajv" && -d "$project/build/powerbi/node_modules/\@microsoft/powerquery-parser";
    my $install = "npm install --prefix '$project/build/powerbi' --no-save --no-package-lock --no-audit --no-fund --loglevel=error";
    return system("$install ajv\@8 \@microsoft/powerquery-parser\@0.18 >'$project/build/powerbi/npm.log' 2>&1") ? 'npm could not install ajv and powerquery-parser' : '';
}
sub validation { my ($folder) = @_; return MoDash::run_program('node', "$tools/validate.mjs", "$project/build/powerbi", $schemas, $folder) }
SKIP: {
    my $why = validation_missing();
    skip $why, 6 if $why;
    for my $folder ($home, scratch('scoped')) {
        my ($status, $tap, $said) = validation($folder);
        my @bad = $tap =~ /^(not ok.*(?:\n#.*)*)/mg;
        my ($planned) = $tap =~ /^1\.\.(\d+)$/m;
        ok(!@bad && !$status && ($planned // 0) > 60, 'every JSON file follows its schema, every M expression parses (' . ($planned // 'none') . ')') or diag @bad, $said;
    }
    my %break = (
        '/mo_dashboard.Report/definition/pages/trend/visuals/chart/visual.json' => sub { s/"visualType"/"visualTypo"/ },
        '/mo_dashboard.Report/definition/report.json' => sub { s/"themeCollection"/"themes"/ },
        '/mo_dashboard.SemanticModel/definition/tables/KPI.tmdl' => sub { s/^(\t+)in$/$1on/m },
        '/mo_dashboard.SemanticModel/definition/expressions.tmdl' => sub { s/ meta \[/ meta (/ },
    );
    for my $file (sort keys %break) { is_broken($file, $break{$file}, sub { (validation($_[0]))[1] =~ /^not ok/m }, 'validation') }
}

# --- the linter fails where the project is broken
sub is_broken {
    my ($file, $change, $finds, $by) = @_;
    my $copy = scratch('mutant');
    remove_tree($copy);
    for my $path (keys %$files) {
        make_path(dirname("$copy$path"));
        local $_ = $files->{$path};
        if ($path eq $file) { $change->(); die "the change of $file changes nothing\n" if $_ eq $files->{$path} }
        open my $to, '>:raw', "$copy$path" or die "$path: $!";
        print {$to} $_;
        close $to or die "$path: $!";
    }
    ok($finds->($copy), "$by finds what is broken in $file");
}
my ($definition, $report) = ('/mo_dashboard.SemanticModel/definition', '/mo_dashboard.Report/definition');
my @mutants = (
    ['tables/KPI.tmdl', sub { s/^\tcolumn/    column/m }], ['tables/KPI.tmdl', sub { s/^\tcolumn/\t\t\tcolumn/m }], ['tables/KPI.tmdl', sub { s/^\tcolumn/\tcolumm/m }],
    ['tables/KPI.tmdl', sub { s/'KPI name'/KPI name/ }], ['tables/KPI.tmdl', sub { s/sourceColumn: kpi_name/sourceColumn: kpi_nam/ }],
    ['tables/KPI.tmdl', sub { s/"kpi_name", // }], ['tables/KPI.tmdl', sub { s/dataType: string/dataType: int64/ }], ['tables/KPI.tmdl', sub { s/summarizeBy: none/summarizeBy: sum/ }],
    ['tables/KPI.tmdl', sub { s/sortByColumn: [^\n]+/sortByColumn: Nothing/ }], ['tables/KPI.tmdl', sub { s/lineageTag: .{8}/lineageTag: zzzzzzzz/ }],
    ['tables/KPI.tmdl', sub { my ($first) = /lineageTag: (\S+)/; s/(.*)lineageTag: \S+/$1lineageTag: $first/s }], ['tables/KPI.tmdl', sub { s/Item = "dim_kpi"/Item = "dim_kpy"/ }],
    ['tables/KPI.tmdl', sub { s/mode: import/mode: import\n\t\tmode: import/ }], ['tables/KPI.tmdl', sub { s/^table KPI/table KPY/m }],
    ['tables/KPI figures.tmdl', sub { s/'KPI figures'\[Numerator\]/'KPI figures'[Numerato]/ }], ['tables/KPI figures.tmdl', sub { s/\[KPI value a year before\]/[KPI value a year ago]/ }],
    ['tables/KPI figures.tmdl', sub { s/\tsum_numerators,/\tnumerators,/ }], ['tables/KPI figures.tmdl', sub { s/HASONEVALUE\(/HASONEVALUE((/ }], ['tables/KPI figures.tmdl', sub { s/"flow"/"flow/ }],
    ['tables/KPI figures.tmdl', sub { s/\[period_start\] >= RangeStart/true/ }], ['tables/KPI figures.tmdl', sub { s/measure 'KPI unit'/measure Numerator/ }],
    ['tables/Date.tmdl', sub { s/^\t\tisKey\n//m }], ['tables/Date.tmdl', sub { s/\t\t\tcolumn: Month$/\t\t\tcolumn: Week/m }], ['tables/Date.tmdl', sub { s/^table/\/\/ note\ntable/m }],
    ['relationships.tmdl', sub { s/toColumn: KPI\.'KPI id'/toColumn: KPI.'KPI ids'/ }], ['relationships.tmdl', sub { s/toColumn: KPI\.'KPI id'/toColumn: Date.'Day date'/ }],
    ['relationships.tmdl', sub { s/\A((?:[^\n]+\n){3})/$1\n$1/ }], ['model.tmdl', sub { s/^ref table Date\n//m }], ['model.tmdl', sub { s/$/ref role Nobody\n/ }],
    ['expressions.tmdl', sub { s/"db\.example/"password=x db.example/ }], ['expressions.tmdl', sub { s/RangeEnd/RangeStop/ }], ['expressions.tmdl', sub { s/"db\.example/"\/home\/me\/db.example/ }],
    ['roles/mo_powerbi_pcn.tmdl', sub { s/tablePermission Organisation/tablePermission Organisations/ }], ['roles/mo_powerbi_pcn.tmdl', sub { s/'Access map'\[Role name\]/'Access map'[Login]/ }],
    ['roles/mo_powerbi_pcn.tmdl', sub { s/modelPermission: read/modelPermission: administrator/ }],
);
is_broken("$definition/$_->[0]", $_->[1], sub { (lint($_[0]))[0] == 1 }, 'the linter') for @mutants;
my @page_mutants = (
    ['pages/trend/visuals/chart/visual.json', sub { s/"Trend mean"/"Trend meen"/ }], ['pages/trend/visuals/chart/visual.json', sub { s/"Entity": "KPI trend"/"Entity": "Trend"/ }],
    ['pages/trend/visuals/chart/visual.json', sub { s/"name": "chart"/"name": "graph"/ }], ['pages/trend/visuals/chart/visual.json', sub { s/"y": 136/"y": 600/ }],
    ['pages/pages.json', sub { s/"trend",// }], ['report.json', sub { s/"path": "mo_dashboard_theme/"path": "theme/ }],
);
is_broken("$report/$_->[0]", $_->[1], sub { (lint($_[0]))[0] == 1 }, 'the linter') for @page_mutants;
is_broken('/mo_dashboard.pbip', sub { s/"mo_dashboard\.Report"/"Report"/ }, sub { (lint($_[0]))[0] == 1 }, 'the linter');

# --- wrong use, and folders that may not be written
sub refused {
    my ($expected, $says, $what, @arguments) = @_;
    my ($code, $out, $err) = modash('powerbi', @arguments);
    is($code, $expected, "$what: exit $expected");
    like($err, $says, '... says why') ;
    is(scalar(() = $err =~ /\n/g), 1, '... in one line') if $expected != 1;
    return;
}
($code, $out, $err) = modash('powerbi', '--help');
like("$code $out", qr/^0 usage: modash powerbi.*exit codes: 0 done/s, '--help');
ok(!(grep { length > 120 } split /\n/, $out), '--help fits a terminal');
refused(1, qr/see modash powerbi --help/, "wrong use: @$_", @$_)
    for [], ['-o'], ['-o', ''], ['-o', scratch('out.x'), 'more'], ['--nonsense'], ['-o', scratch('out.x'), '--name', '../x'], ['-o', scratch('out.x'), '--server', '/var/run'];
refused(2, qr/exists already; --force/, 'an existing folder', '-o', $home);
is_deeply(tree_of($home), $files, '... is left as it was');
my $file = file_with('out.file', 'x');
refused(2, qr/exists already/, 'an existing file', '-o', $file);
refused(2, qr/holds no project of this name/, 'an existing file, with --force', '-o', $file, '--force');
make_path(scratch('out.other'));
refused(2, qr/holds no project of this name/, 'somebody else\'s folder, with --force', '-o', scratch('out.other'), '--force');
refused(2, qr/No such file or directory/, 'a folder in none', '-o', scratch('out.none/there/x'));
SKIP: {
    skip 'root may write anywhere', 3 if $> == 0;
    make_path(scratch('out.closed'));
    chmod 0500, scratch('out.closed');
    refused(2, qr/Permission denied/, 'a folder that is closed', '-o', scratch('out.closed/x'));
}
{
    local $ENV{PGHOST} = '/nonexistent';
    refused(4, qr/cannot connect/, 'no server', '-o', scratch('out.x'));
}
{
    local $ENV{PGUSER} = 'mo_powerbi_nobody';
    refused(4, qr/permission denied: .*grant_reader/, 'a login without rights', '-o', scratch('out.x'));
}
{
    local $ENV{PGDATABASE} = 'postgres';
    refused(4, qr/there is no dashboard in this database/, 'no dashboard', '-o', scratch('out.x'));
}
psql(q{revoke select on mo_dashboard.dim_kpi from mo_powerbi_all});
as($all, sub { refused(4, qr/no mo_dashboard\.dim_kpi that this login may read/, 'a part of the star is not to be read', '-o', scratch('out.x')) });
psql(q{select mo_data.grant_reader('mo_powerbi_all')});
($code, $out, $err) = MoDash::run_program('sh', '-c', 'ulimit -f 1; exec "$0" powerbi -o "$1" --server x', "$project/build/modash", scratch('out.x'));
is($code, 2, 'a disk that is full: exit 2');
like($err, qr/cannot write .*: File too large/, '... says so');
ok(!-e scratch('out.x'), 'nothing was written by any of these');
is(leftovers() =~ s/out\.(file|other|closed)//gr =~ s/ +//gr, '', '... and nothing is left beside');

# --- again, in place
my $kept = "$home/notes.txt";
open my $notes, '>', $kept or die; print {$notes} 'mine'; close $notes;
unlink "$home/mo_dashboard.pbids";
open my $old, '>', "$home/mo_dashboard.Report/old.json" or die; print {$old} '{}'; close $old;
($code, $out, $err) = as($all, sub { modash('powerbi', '-o', "$home/", '--server', 'db.example.nhs.uk:5433', '--force') });
is("$code $err", '0 ', '--force replaces the project');
is(slurp($kept), 'mine', '... and nothing else');
unlink $kept;
is_deeply(tree_of($home), $files, '... as a whole');
($code, $out, $err) = as($all, sub { MoDash::run_program('sh', '-c', 'ulimit -f 1; exec "$0" powerbi -o "$1" --server other --force', "$project/build/modash", $home) });
is($code, 2, '--force on a full disk fails');
is_deeply(tree_of($home), $files, '... and leaves the older project whole');
is(leftovers() =~ s/out\.(file|other|closed)//gr =~ s/ +//gr, '', '... and nothing beside it');
($code, $out, $err) = modash('powerbi', '-o', scratch('local'), '--name', 'Our dashboard');
like($err, qr/written as localhost; --server/, 'connected by a socket: it is said that the server is not known') if $ENV{PGHOST} =~ m{^/};
ok(-f scratch('local/Our dashboard.pbip'), '--name names the files');

psql("select mo_data.revoke_reader('$_')") for $all, $scoped, q{mo''s "odd" role};
psql(q{drop role mo_powerbi_all}), psql(q{drop role mo_powerbi_pcn}), psql(q{drop role mo_powerbi_nobody}), psql(q{drop role "mo's ""odd"" role"});
done_testing;
