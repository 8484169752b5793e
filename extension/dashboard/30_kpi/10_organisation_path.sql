-- To which organisations each organisation belonged on given days. Everything that rolls up, and every KPI that asks whether a practice
-- belonged to anything, asks here, so they cannot disagree.
create or replace function mo_data.organisation_path_on(days date[])
    returns table (
        day date, org_code text, org_type text, prescribing_setting smallint, pcn_code text, sub_icb_code text,
        icb_code text, region_code text, nation_code text)
    language sql stable rows 10000
    set enable_nestloop = off -- row counts cannot be estimated here, and hash joins on all keys are right at every size
    set enable_mergejoin = off
    set jit = off
    begin atomic
        with open_organisation as (
            select d.day, o.org_code, o.org_type, o.prescribing_setting
            from (select distinct x.day from unnest(days) as x (day) where x.day is not null) d
                join mo_data.organisation o on o.open_from <= d.day and (o.open_to is null or o.open_to > d.day)
        ), parent as (
            select d.day, p.org_code, p.parent_type, p.parent_code -- nobody belongs to what has closed, whatever membership was left open
            from (select distinct x.day from unnest(days) as x (day) where x.day is not null) d
                join mo_data.organisation_parent p on p.valid_from <= d.day and (p.valid_to is null or p.valid_to > d.day)
                join mo_data.organisation o on o.org_code = p.parent_code and o.open_from <= d.day and (o.open_to is null or o.open_to > d.day)
        ), commissioned as (
            select
                o.day, o.org_code, o.org_type, o.prescribing_setting,
                case when o.org_type = 'pcn' then o.org_code else pcn.parent_code end as pcn_code,
                case when o.org_type = 'sub_icb' then o.org_code else own.parent_code end as sub_icb_code,
                case when o.org_type = 'sub_icb' then o.org_code else coalesce(lead.parent_code, own.parent_code) end as lead_code
            from open_organisation o
                left join parent pcn on pcn.day = o.day and pcn.org_code = o.org_code and pcn.parent_type = 'pcn'
                left join parent own on own.day = o.day and own.org_code = o.org_code and own.parent_type = 'sub_icb'
                left join parent lead on lead.day = o.day and lead.org_code = pcn.parent_code and lead.parent_type = 'sub_icb'
        )
        select
            c.day, c.org_code, c.org_type, c.prescribing_setting, c.pcn_code, c.sub_icb_code, chain.icb_code, chain.region_code,
            case when c.org_type = 'nation' then c.org_code else nation.parent_code end
        from commissioned c
            left join parent icb on icb.day = c.day and icb.org_code = c.lead_code and icb.parent_type = 'icb'
            left join parent region on region.day = c.day and region.parent_type = 'region'
                and region.org_code = case when c.org_type = 'icb' then c.org_code else icb.parent_code end
            cross join lateral (
                select
                    case when c.org_type = 'icb' then c.org_code else icb.parent_code end as icb_code,
                    case when c.org_type = 'region' then c.org_code else region.parent_code end as region_code
            ) chain
            left join parent nation on nation.day = c.day and nation.org_code = chain.region_code and nation.parent_type = 'nation';
    end;
revoke all on function mo_data.organisation_path_on(date[]) from public;
comment on function mo_data.organisation_path_on(date[]) is
    'To whom every organisation open on a day belonged on it: one row a day and organisation. sub_icb_code is its own sub-ICB; ICB, '
    'region and nation are those of the lead sub-ICB of its PCN where it is in a PCN that has one, else of its own, so that practices add up to PCNs '
    'and PCNs to their ICB. An organisation is its own parent of its kind. Null: it belonged to none, or to one that was not open.';

create or replace function mo_data.organisation_path(month date)
    returns table (
        practice_code text, pcn_code text, sub_icb_code text, icb_code text, region_code text, nation_code text,
        current_pcn_code text, current_sub_icb_code text, current_icb_code text, current_region_code text, current_nation_code text)
    language sql stable
    begin atomic
        select
            p.org_code, p.pcn_code, p.sub_icb_code, p.icb_code, p.region_code, p.nation_code,
            c.pcn_code, c.sub_icb_code, c.icb_code, c.region_code, c.nation_code
        from mo_data.organisation_path_on(array[(organisation_path.month + interval '1 month')::date - 1]) p
            left join mo_data.organisation_path_on(array[current_date]) c on c.org_code = p.org_code
        where p.org_type = 'practice';
    end;
revoke all on function mo_data.organisation_path(date) from public;
comment on function mo_data.organisation_path(date) is
    'Practices open on the last day of a month (given by its first day), to whom they belonged on it, and beside it to whom they belong '
    'today. Null: to none.';

create or replace function mo_data.organisation_ancestor_on(days date[])
    returns table (day date, org_code text, ancestor_type text, ancestor_code text)
    language sql stable rows 50000
    set enable_nestloop = off -- row counts cannot be estimated here, and hash joins on all keys are right at every size
    set enable_mergejoin = off
    set jit = off
    begin atomic
        with path as materialized (select p.* from mo_data.organisation_path_on(days) p)
        select p.day, p.org_code, a.ancestor_type, a.ancestor_code
        from path p
            cross join lateral (
                values
                    ('practice', case when p.org_type = 'practice' then p.org_code end), ('pcn', p.pcn_code),
                    ('sub_icb', p.sub_icb_code), ('icb', p.icb_code), ('region', p.region_code), ('nation', p.nation_code)
            ) a (ancestor_type, ancestor_code)
        where a.ancestor_code is not null
        union all
        select distinct p.day, p.org_code, 'group', g.group_code -- once, however many of its memberships overlap
        from path p
            join mo_data.organisation_group g
                on g.org_code = p.org_code and g.valid_from <= p.day and (g.valid_to is null or g.valid_to > p.day);
    end;
revoke all on function mo_data.organisation_ancestor_on(date[]) from public;
comment on function mo_data.organisation_ancestor_on(date[]) is
    'The organisations a figure of an organisation counts towards on a day: itself, its PCN, sub-ICB, ICB, region and nation, and the '
    'site''s own groups. One row a day, organisation and organisation it counts towards.';
