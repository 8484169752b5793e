-- When practices belonged to an organisation, for KPIs that count patients of the practices that did (conventions 5a.1 and 5a.2).
create or replace view mo_data.practice_membership as
    select p.org_code as practice_code, greatest(p.valid_from, o.open_from, t.open_from) as valid_from, least(p.valid_to, o.open_to, t.open_to) as valid_to
    from mo_data.organisation_parent p
        join mo_data.organisation o on o.org_code = p.org_code
        join mo_data.organisation t on t.org_code = p.parent_code;
comment on view mo_data.practice_membership is
    'When a practice was open and belonged to an organisation that was: a membership that was left open ends with the practice, or with what it belongs to, as in '
    'organisation_path_on. One row a membership; where they were never open during it valid_to is not after valid_from, and no day is in it.';
comment on column mo_data.practice_membership.practice_code is 'Practice.';
comment on column mo_data.practice_membership.valid_from is 'First day both were open and it was a member.';
comment on column mo_data.practice_membership.valid_to is 'First day it no longer was. Null: it is.';
