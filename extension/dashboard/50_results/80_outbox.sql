-- What a site's mailer calls: take some, send them, say so. One that failed in between is given out again later.
create or replace function mo_data.outbox_claim(n integer default 10, again_after interval default interval '15 minutes')
    returns table (outbox_id integer, subscriber text, subject text, body text, attempts integer)
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    if n is null or n < 1 or again_after is null or again_after <= interval '0' then
        raise exception using errcode = 'invalid_parameter_value', message = 'outbox_claim takes a number of messages and a time, both above 0',
            hint = 'Such as mo_data.outbox_claim(10, ''15 minutes'').';
    end if;
    return query
    with free as (
        select o.outbox_id from mo_data.outbox o
        where o.sent_at is null and (o.claimed_at is null or o.claimed_at < clock_timestamp() - again_after)
        order by o.outbox_id
        limit n
        for update skip locked -- another mailer's are not waited for
    )
    update mo_data.outbox o
        set claimed_at = clock_timestamp(), claimed_by = session_user, attempts = o.attempts + 1
        from free f where o.outbox_id = f.outbox_id
        returning o.outbox_id, o.subscriber::text, o.subject::text, o.body, o.attempts;
end
$$;
revoke all on function mo_data.outbox_claim(integer, interval) from public;
comment on function mo_data.outbox_claim(integer, interval) is
    'Gives a mailer up to n unsent messages and marks them as taken: no other mailer gets them until again_after has passed without outbox_sent(), '
    'so that one that failed is tried again. Commit before sending.';

create or replace function mo_data.outbox_sent(outbox_id integer)
    returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    update mo_data.outbox o set sent_at = clock_timestamp()
        where o.outbox_id = outbox_sent.outbox_id and o.sent_at is null and o.claimed_at is not null;
    if not found then
        raise exception using errcode = 'object_not_in_prerequisite_state',
            message = format('message %s is not one that was taken and not yet sent', coalesce(outbox_sent.outbox_id::text, 'null')),
            hint = 'outbox_claim() gives the messages to send.';
    end if;
end
$$;
revoke all on function mo_data.outbox_sent(integer) from public;
comment on function mo_data.outbox_sent(integer) is 'Says that a message taken by outbox_claim() was sent. Refused for one not taken, and for one sent before.';

create or replace function mo_data.outbox_failed(outbox_id integer)
    returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    update mo_data.outbox o set claimed_at = null, claimed_by = null
        where o.outbox_id = outbox_failed.outbox_id and o.sent_at is null and o.claimed_at is not null;
    if not found then
        raise exception using errcode = 'object_not_in_prerequisite_state',
            message = format('message %s is not one that was taken and not yet sent', coalesce(outbox_failed.outbox_id::text, 'null')),
            hint = 'outbox_claim() gives the messages to send.';
    end if;
end
$$;
revoke all on function mo_data.outbox_failed(integer) from public;
comment on function mo_data.outbox_failed(integer) is 'Gives a message taken by outbox_claim() back at once, because it could not be sent.';
