-- Registrations of patients of the cohorts as arrays for the extension: three KPIs are counted from them, and a refresh makes them once.
create or replace function mo_data.registration_spells(
    out practices text[], out patients integer[], out organisations integer[], out registered_from date[], out registered_to date[])
language plpgsql stable parallel restricted
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set enable_nestloop = off  -- each registration once and each practice once: a hash join is right at every size
set jit = off
as $$
#variable_conflict use_column
declare
    members bytea;
begin
    if to_regclass('pg_temp.registration_kept') is not null then
        select k.* into practices, patients, organisations, registered_from, registered_to from pg_temp.registration_kept k;
        if found then -- and not just being made
            return;
        end if;
    end if;
    select mo.patient_bits(array_agg(c.patient_key)) into members
    from mo_data.cohort_member c where c.cohort_code in (select k.cohort_code from mo_data.cohort k where k.is_on);
    -- ascending with the code: of two registrations that began together the lower counts
    practices := array(
        with recursive step as ( -- from one code to the next by the index, where distinct would read every row
            (select r.practice_code from mo_data.registration r order by r.practice_code limit 1)
            union all
            select (select r.practice_code from mo_data.registration r where r.practice_code > s.practice_code order by r.practice_code limit 1)
            from step s where s.practice_code is not null
        )
        select s.practice_code from step s where s.practice_code is not null order by s.practice_code collate "C");
    select array_agg(r.patient_key), array_agg(p.number::integer), array_agg(r.registered_from), array_agg(r.registered_to)
        into patients, organisations, registered_from, registered_to
    from mo_data.registration r
        join unnest(registration_spells.practices) with ordinality p (practice_code, number) on p.practice_code = r.practice_code
    where mo.has_patient(members, r.patient_key) and r.registered_from is not null;
end $$;
comment on function mo_data.registration_spells() is
    'Registrations of the patients who are or were in a cohort that is switched on, for mo.registered_spell_sets: element i of the other lists '
    'is a registration, its organisation the place of the practice''s code in practices. From what a refresh has kept where it has.';
revoke all on function mo_data.registration_spells() from public;

create or replace function mo_data.registration_keep()
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    create temporary table registration_kept on commit drop as select r.* from mo_data.registration_spells() r;
end $$;
comment on function mo_data.registration_keep() is 'Keeps what registration_spells() gives for the rest of a refresh. Part of refresh().';
revoke all on function mo_data.registration_keep() from public;
