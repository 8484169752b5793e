# Does the bench see that two answers differ? Needs no server.
use strict;
use warnings;
use File::Basename qw(dirname);
use File::Temp qw(tempdir);
use Test::More;
use lib dirname(__FILE__) . '/lib';
use MoBench::Answers;

my $folder = tempdir(CLEANUP => 1);

sub answer {
    my ($text, @key) = @_;
    open my $out, '>', "$folder/answer.csv" or die $!;
    print $out $text;
    close $out;
    return MoBench::Answers::read_answer("$folder/answer.csv", @key);
}

sub differences {
    my ($one, $other, $tolerance) = @_;
    return scalar(my @found = MoBench::Answers::differences(answer($one, 'k'), answer($other, 'k'), $tolerance, 'k'));
}

my $answer = "k,n,v\n1,2,0.5\n2,,1e-3\n";
is(differences($answer, $answer, 0), 0, 'the same answer agrees');
is(differences($answer, "v,k,n\n0.001,2,\n0.50,1,2\n", 0), 0, 'whatever the order of rows and columns and the way numbers are written');
is(differences($answer, "k,n\n1,2\n2,\n", 0), 0, 'columns that only one has are not compared');
is(differences($answer, "k,n,v\n1,3,0.5\n2,,1e-3\n", 0), 1, 'another number differs');
is(differences($answer, "k,n,v\n1,2,0.5\n2,0,1e-3\n", 0), 1, 'null is not 0');
is(differences($answer, "k,n,v\n1,2,0.5\n", 0), 2, 'a missing row differs');
is(differences("k,n\n1,2\n", "k,n\n1,2\n2,3\n", 0), 1, 'a row too many differs');
is(differences("k,v\n1,1\n", "k,v\n1,1.0000001\n", 1e-6), 0, 'within the tolerance agrees');
is(differences("k,v\n1,1\n", "k,v\n1,1.0000001\n", 1e-8), 1, 'outside it differs');
is(differences("k,v\n1,NaN\n", "k,v\n1,1\n", 1), 1, 'NaN agrees with no number');
is(differences("k,v\n", "k,v\n", 0), 1, 'empty answers prove nothing');
is(differences("k,v\n1,1\n", "k,w\n1,1\n", 0), 1, 'nor do answers without a common column');
ok(!eval { answer("k,v\n1,1\n1,2\n", 'k') }, 'a key that occurs twice is refused');
ok(!eval { answer("a,v\n1,1\n", 'k') }, 'so is an answer without its key column');
done_testing();
