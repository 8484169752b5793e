-- Bank holidays: a file states all holidays of the years it covers.
create or replace function mo_data.stage_bank_holidays() returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    create temporary table stage (line_no bigint, line text, division text, day date, title text) on commit drop;
end
$$;
comment on function mo_data.stage_bank_holidays() is 'Makes the staging table of a bank holiday load.';

create or replace function mo_data.publish_bank_holidays(batch_id integer) returns text
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    replaced bigint;
begin
    insert into mo_data.load_reject (batch_id, line_no, column_name, reason, line)
    select publish_bank_holidays.batch_id, d.line_no, 'date', 'the day is already in line ' || d.first_line, d.line
    from (
        select s.*, min(s.line_no) over same as first_line, row_number() over (same order by s.line_no) as place
        from pg_temp.stage s
        window same as (partition by s.division, s.day)) d
    where d.place > 1;
    delete from pg_temp.stage s
    using mo_data.load_reject r
    where r.batch_id = publish_bank_holidays.batch_id and r.line_no = s.line_no;

    -- A holiday that was moved is gone from the newer file: its old day must go too.
    delete from mo_data.bank_holiday h
    using (select s.division, date_trunc('year', min(s.day)) as first_year, date_trunc('year', max(s.day)) as last_year
        from pg_temp.stage s group by s.division) f
    where h.division = f.division and date_trunc('year', h.day) between f.first_year and f.last_year
        and not exists (select from pg_temp.stage s where s.division = h.division and s.day = h.day);
    get diagnostics replaced = row_count;
    insert into mo_data.bank_holiday as h (division, day, title, batch_id)
    select s.division, s.day, s.title, publish_bank_holidays.batch_id
    from pg_temp.stage s
    on conflict (division, day) do update set title = excluded.title, batch_id = excluded.batch_id;
    update mo_data.load_batch b set rows_replaced = replaced where b.batch_id = publish_bank_holidays.batch_id;
    return case when replaced > 0 then format('%s days are no longer holidays', replaced) end;
end
$$;
comment on function mo_data.publish_bank_holidays(integer) is
    'Ends a bank holiday load: from the first to the last year of a division in the file, its days are the file''s. Called by load_finish.';

revoke all on function mo_data.stage_bank_holidays(), mo_data.publish_bank_holidays(integer) from public;
