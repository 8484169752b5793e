-- What of a file's values may stand in a message.
create or replace function mo_data.value_in_message(value text) returns text
    language sql immutable strict parallel safe
    set search_path = pg_catalog, pg_temp
as $$
    select left(regexp_replace($1, '^([^,\r\n]*)[^\r\n]*[\r\n].*$', '\1...'), 60)
$$;
comment on function mo_data.value_in_message(text) is
    'As much of a value as may stand in a message, which is printed and ends in logs: 60 characters, and of a value with a line end in it '
    'what is before its first comma. There a quotation mark was not closed, and other rows follow, which may name patients.';

revoke all on function mo_data.value_in_message(text) from public;
