-- From 1.0: what no figure counts because a site has not decided something (40_refresh/00_refresh.table.sql).
do $migration$
begin
    if to_regclass('mo_data.source_left_out') is not null then
        return;
    end if;
    create table mo_data.source_left_out (
        source text primary key references mo_data.source,
        narrative text not null,
        run_id integer not null references mo_data.refresh_run
    );
    comment on table mo_data.source_left_out is
        'What of a source no figure counts because a site has not yet decided something (a window, an interval, a code), and who for want of a membership is not in the figures of every level, as of the last refresh. Prescribing is in source_reconciliation.';
    comment on column mo_data.source_left_out.source is 'Source.';
    comment on column mo_data.source_left_out.narrative is 'What is left out and why. Narrative.';
    comment on column mo_data.source_left_out.run_id is 'The refresh that wrote it.';
end
$migration$;
