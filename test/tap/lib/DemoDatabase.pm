# A database with a small demonstration, refreshed: two PCNs of five practices and fourteen months. Made once for all tests of a layer, for it
# takes some twenty seconds; a test that changes it puts it back.
package DemoDatabase;
use strict;
use warnings;
use Digest::MD5;
use Exporter qw(import);
use MoDash;

our @EXPORT = qw(demo_database reader);

sub demo_database {
    my $made_by = Digest::MD5->new;
    $made_by->add(slurp($_)) for sort glob('build/mo_dashboard*.sql'), glob 'extension/client/demo_data*.c';
    my $wanted = $made_by->hexdigest;
    $ENV{PGDATABASE} = 'postgres';
    my $there = psql(q{select coalesce(shobj_description(oid, 'pg_database'), '') from pg_database where datname = 'mo_demo_pages'});
    if ($there ne $wanted) {
        fresh_database('mo_demo_pages');
        my ($code, $out, $err) = modash('demo-data', scratch('demo'), qw(--practices 10 --months 14 --seed 3 --to 2026-10));
        die "demo-data: $err" if $code;
        ($code, $out, $err) = modash('load', '-q', '--all', scratch('demo'));
        die "load: $err" if $code != 0 && $code != 3;
        ($code, $out, $err) = modash('refresh');
        die "refresh: $err" if $code;
        psql(q{update mo_data.site set data_kind = 'synthetic'});
        psql("comment on database mo_demo_pages is '$wanted'");
    }
    $ENV{PGDATABASE} = 'mo_demo_pages';
    return;
}

# A login that may read the published views for these organisations, all of them where none is named, and nothing else.
sub reader {
    my ($name, @organisations) = @_;
    psql("do \$\$ begin if not exists (select from pg_roles where rolname = '$name') then create role $name login; end if; end \$\$");
    psql("select mo_data.revoke_reader('$name')");
    psql("select mo_data.grant_reader('$name'" . join('', map { ", '$_'" } @organisations) . ')');
    return $name;
}

1;
