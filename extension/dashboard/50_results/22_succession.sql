-- Who followed whom, in words: why the figures of an organisation begin or end where they do.
create or replace view mo_data.succession as
    with called as (
        select o.org_code, coalesce(nullif(o.name, o.org_code) || ' (' || o.org_code || ')', o.org_code) as name from mo_data.organisation o
    )
    select c.org_code, string_agg(c.sentence, ' ' order by c.effective_from, c.sort) as narrative, max(c.effective_from) as latest_on
    from (
            select s.org_code, s.effective_from, 2 as sort, 'Followed by ' || string_agg(coalesce(o.name, s.successor_code), ', ' order by s.successor_code collate "C")
                || ' from ' || to_char(s.effective_from, 'FMDD FMMonth YYYY') || '.' as sentence
            from mo_data.organisation_successor s
                left join called o on o.org_code = s.successor_code
            group by s.org_code, s.effective_from
            union all
            select s.successor_code, s.effective_from, 1, 'Follows ' || string_agg(case when s.successors > 1 then 'part of ' else '' end
                    || coalesce(o.name, s.org_code), ', ' order by s.successors > 1, s.org_code collate "C")
                || ' from ' || to_char(s.effective_from, 'FMDD FMMonth YYYY') || '.'
            from (
                    select x.org_code, x.successor_code, x.effective_from, count(*) over (partition by x.org_code, x.effective_from) as successors
                    from mo_data.organisation_successor x
                ) s
                left join called o on o.org_code = s.org_code
            group by s.successor_code, s.effective_from
        ) c
    group by c.org_code;
comment on view mo_data.succession is
    'organisation_successor as sentences of both sides. One that several follow on a day was split: each of them follows part of it.';
comment on column mo_data.succession.org_code is 'The organisation.';
comment on column mo_data.succession.narrative is 'Which organisations it follows and which followed it, and when, oldest first.';
comment on column mo_data.succession.latest_on is 'Day of the last of these changes.';
