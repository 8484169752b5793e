-- From 1.0: successors are loaded from files, and one that was there before may take over (10_reference/10_organisation.table.sql).
do $migration$
begin
    if exists (select from pg_attribute where attrelid = 'mo_data.organisation_successor'::regclass and attname = 'batch_id' and not attisdropped) then
        return;
    end if;
    alter table mo_data.organisation_successor add column batch_id integer;
    alter table mo_data.organisation_successor drop constraint if exists organisation_successor_kind_check;
    alter table mo_data.organisation_successor add constraint organisation_successor_kind_check
        check (kind in ('merger', 'split', 'acquisition', 'rename', 'recode'));
    comment on column mo_data.organisation_successor.kind is 'merger, split, acquisition (by one that was there before), rename or recode.';
    comment on column mo_data.organisation_successor.batch_id is 'The load the row came with. Null: shipped or entered by hand.';
end
$migration$;
