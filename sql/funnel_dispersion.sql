-- Dispersion of organisations about their average, and the systematic component of variation
-- six groups of FunnelPlotR's own tests; the figures by mpmath
create temporary table organisation as
    select * from (values ('a', 100, 108), ('b', 150, 112), ('c', 180, 165), ('d', 80, 95), ('e', 120, 100), ('f', 225, 220), ('g', null, 10), ('h', 0, 0))
        as organisation (code, count, expected);
select round(mo.funnel_rate_phi(count, expected)::numeric, 12) as phi, round(mo.funnel_rate_tau2(count, expected)::numeric, 14) as tau2 from organisation;
-- by hand: 10, 50 and 90 of 100, nothing winsorised: phi = 800 / 3 * (asin(sqrt(0.9)) - asin(sqrt(0.5)))^2
select round(mo.funnel_proportion_phi(n, 100, 0)::numeric, 10) as phi, round((800.0 / 3 * (asin(sqrt(0.9)) - asin(sqrt(0.5))) ^ 2)::numeric, 10) as by_hand,
    round(mo.funnel_proportion_tau2(n, 100, 0)::numeric, 12) as tau2,
    round(((800 * (asin(sqrt(0.9)) - asin(sqrt(0.5))) ^ 2 - 2) / 800)::numeric, 12) as tau2_by_hand
from (values (10), (50), (90)) v (n);
-- 0.1 is the default; more winsorised is less dispersed
select mo.funnel_rate_phi(count, expected) = mo.funnel_rate_phi(count, expected, 0.1) as default_winsorised,
    mo.funnel_rate_phi(count, expected, 0.3) < mo.funnel_rate_phi(count, expected, 0.1) as less from organisation;
-- organisations alike, and organisations without events
select round(mo.funnel_proportion_phi(n, 10 * n)::numeric, 12) as phi, mo.funnel_proportion_tau2(n, 10 * n) as tau2,
    mo.funnel_rate_phi(0, n) as none_phi, mo.funnel_rate_tau2(0, n) as none_tau2 from generate_series(1, 20) n;
-- fewer than two organisations have no dispersion
select mo.funnel_rate_phi(3, 4) is null and mo.funnel_proportion_tau2(3, 4) is null as one from (values (1)) v;
select mo.funnel_rate_tau2(3, 4) is null and mo.funnel_proportion_phi(3, 4) is null as none from generate_series(1, 0);
select mo.funnel_rate_tau2(null, 4) is null and mo.funnel_proportion_phi(3, null) is null and mo.funnel_rate_phi(0, 0) is null as nulls
from generate_series(1, 5);
-- the funnel of a KPI: average, dispersion and positions in one query
with funnel as (select mo.ratio(count, expected) as average, mo.funnel_rate_tau2(count, expected) as tau2 from organisation)
select code, mo.funnel_rate_position(count, expected, average) as chance_only, mo.funnel_rate_position(count, expected, average, tau2) as dispersed
from organisation, funnel order by code;
-- systematic component: the mean of ((o - e) / e)^2 - 1 / e
select round(mo.systematic_component_of_variation(o, e)::numeric, 12) as scv, mo.systematic_component_of_variation(e, e) as no_variation
from (values (20, 10), (5, 10), (30, 40), (null, 4), (3, null), (0, 0)) v (o, e);
select mo.systematic_component_of_variation(o, 1) is null as no_areas from generate_series(1, 0) o;
-- refused
select mo.funnel_proportion_phi(5, 4);
select mo.funnel_proportion_phi(5, 0);
select mo.funnel_rate_phi(-1, 4);
select mo.funnel_rate_phi(1, 'NaN');
select mo.funnel_rate_phi(1, 2, 0.5);
select mo.funnel_rate_phi(1, 2, 'NaN');
select mo.funnel_rate_phi(1, 2, null);
select mo.funnel_rate_phi(1, 2, w) from unnest('{0.1,0.2}'::float8[]) w;
select mo.systematic_component_of_variation(-1, 2);
select mo.systematic_component_of_variation(1, 'infinity');
select mo.systematic_component_of_variation(1e300, 1e-300);
-- support functions called by hand: a null state stays null, what is not a state is refused
select mo.funnel_rate_accum(null, 1, 2) is null and mo.systematic_component_accum(null, 1, 2) is null
    and mo.funnel_rate_phi_final(null) is null as null_states;
select mo.funnel_rate_phi_final('{1}');
select mo.funnel_rate_phi_final('{2,-1,1,2}');
select mo.funnel_rate_phi_final('{1.5,-1,1,2,3,4}');
select mo.funnel_rate_phi_final('{NaN,-1,1,2,3,4}');
select mo.funnel_rate_phi_final('{2,0.7,1,2,3,4}');
select mo.funnel_rate_phi_final('{2,-1,1,2,3,0}');
select mo.funnel_rate_phi_final('{2,-1,1,2,NaN,4}');
select mo.funnel_proportion_phi_final('{2,-1,1,2,5,4}');
select mo.funnel_rate_phi_final('{{2,-1},{1,2}}');
select mo.funnel_rate_accum('{0,-1,null}', 1, 2);
select mo.funnel_dispersion_combine('{0,-1}', '{1e300,-1}');
select mo.systematic_component_combine('{1,2,3}', '{1,2}');
-- combine partners of any size
select mo.funnel_rate_phi_final(mo.funnel_dispersion_combine('{2,-1,1,10,30,10}', '{0,-1}'))
    = mo.funnel_rate_phi_final(mo.funnel_dispersion_combine('{0,-1}', '{2,-1,1,10,30,10,0,0,0}')) as unequal_partners;
