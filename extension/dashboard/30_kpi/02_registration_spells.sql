-- Registrations of patients of the cohorts as the extension counts with them: three KPIs are counted from them, and a refresh makes them once.
create or replace function mo_data.registration_spells(out practices text[], out spells mo.patient_spells)
language plpgsql stable parallel safe
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set enable_nestloop = off  -- each registration once and each practice once: a hash join is right at every size
set jit = off
as $$
#variable_conflict use_column
declare
    members bytea;
    cohorts_off constant text[] := array(select k.cohort_code from mo_data.cohort k where not k.is_on); -- mostly few, and no join or index is needed
begin
    select mo.patient_bits(array_agg(c.patient_key)) into members
    from mo_data.cohort_member c where c.cohort_code <> all (cohorts_off);
    -- ascending with the code: of two registrations that began together the lower counts
    practices := array(
        with recursive step as ( -- from one code to the next by the index, where distinct would read every row
            (select r.practice_code from mo_data.registration r order by r.practice_code limit 1)
            union all
            select (select r.practice_code from mo_data.registration r where r.practice_code > s.practice_code order by r.practice_code limit 1)
            from step s where s.practice_code is not null
        )
        select s.practice_code from step s where s.practice_code is not null order by s.practice_code collate "C");
    select mo.registered_spell_sets(c.patients, c.organisations, c.registered_from, c.registered_to) into spells
    from (
            select array_agg(r.patient_key) as patients, array_agg(p.number::integer) as organisations, array_agg(r.registered_from) as registered_from,
                array_agg(r.registered_to) as registered_to
            from mo_data.registration r
                join ( -- grouped, so that the planner knows each to be there once: it hashes these and not the registrations
                    select u.practice_code, min(u.number) as number
                    from unnest(registration_spells.practices) with ordinality u (practice_code, number) group by u.practice_code
                ) p on p.practice_code = r.practice_code
            where mo.has_patient(members, r.patient_key) and r.registered_from is not null
        ) c;
end $$;
comment on function mo_data.registration_spells() is
    'Registrations of the patients who are or were in a cohort that is switched on, for mo.attainment_cells: an organisation of spells is the place of '
    'the practice''s code in practices.';
revoke all on function mo_data.registration_spells() from public;
