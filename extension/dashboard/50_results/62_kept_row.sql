-- What was submitted and what was logged is kept: a mistaken UPDATE or DELETE is refused.
create or replace function mo_data.kept_row()
    returns trigger
    language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
begin
    raise exception using errcode = 'integrity_constraint_violation',
        message = format('rows of %I.%I are kept as they were written', tg_table_schema, tg_table_name),
        hint = case tg_table_name when 'review_action_change' then 'mo_data.update_action adds to the log.'
            else 'mo_data.reopen_return makes place for a new version; what was submitted stays.' end;
end
    $$;
revoke all on function mo_data.kept_row() from public;
comment on function mo_data.kept_row() is 'Trigger function of tables whose rows are only ever added: refuses the statement.';

create or replace trigger kept_row before update or delete or truncate on mo_data.return_line
    for each statement execute function mo_data.kept_row();
create or replace trigger kept_row before delete or truncate or update of submission_id, org_key, quarter_start, version, submitted_at,
    submitted_by, run_id
    on mo_data.return_submission for each statement execute function mo_data.kept_row();
create or replace trigger kept_row before update or delete or truncate on mo_data.return_narrative
    for each statement execute function mo_data.kept_row();
create or replace trigger kept_row before update or delete or truncate on mo_data.review_action_change
    for each statement execute function mo_data.kept_row();
