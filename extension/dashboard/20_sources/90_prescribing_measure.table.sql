-- Prescribing measures as data: what OpenPrescribing, a national programme or a site measures on prescribing, a row a measure.
create table mo_data.prescribing_measure (
    measure_id text primary key check (measure_id ~ '^[a-z][a-z0-9_]{0,39}$'),
    title text not null check (length(title) between 1 and 255),
    short_title text not null check (length(short_title) between 1 and 30),
    description text,
    numerator_include text[] not null,
    numerator_exclude text[] not null default '{}',
    numerator_value text not null check (numerator_value in ('items', 'quantity', 'nic', 'actual_cost')),
    numerator_wording text not null check (length(numerator_wording) <= 255),
    denominator_include text[],
    denominator_exclude text[] not null default '{}',
    denominator_value text check (denominator_value in ('items', 'quantity', 'nic', 'actual_cost')),
    population text,
    denominator_wording text not null check (length(denominator_wording) <= 255),
    per double precision not null default 1 check (per > 0 and per < 'infinity'),
    is_percentage boolean not null default false,
    direction text not null check (direction in ('higher', 'lower', 'neither')),
    is_cost_based boolean not null default false,
    pack text not null default 'local' check (pack in ('local', 'openprescribing', 'nhse_opportunity', 'innovation', 'switch', 'formulary')),
    tags text[] not null default '{}',
    source text not null,
    source_version text,
    definition_version integer not null default 1 check (definition_version > 0),
    reviewed_on date,
    review_due date,
    is_active boolean not null default true,
    batch_id integer
);
comment on table mo_data.prescribing_measure is
    'Measures on prescribing, as data. A side is a list of entries in OpenPrescribing''s grammar: a prefix of BNF codes; a full code (15 '
    'characters, 11 for appliances), which must be equal; or a pattern, % standing for any text. A code is in when an entry of include '
    'matches and none of exclude does. Every active row is a KPI. A row that means nothing is refused, with the reason.';
comment on column mo_data.prescribing_measure.measure_id is 'Name of the measure, and of its KPI.';
comment on column mo_data.prescribing_measure.title is 'Full name.';
comment on column mo_data.prescribing_measure.short_title is 'Name of at most 30 characters.';
comment on column mo_data.prescribing_measure.description is 'What it is, in a sentence or two. Null: the title says it.';
comment on column mo_data.prescribing_measure.numerator_include is 'BNF entries that are counted in the numerator.';
comment on column mo_data.prescribing_measure.numerator_exclude is 'BNF entries that are not, although an include matches.';
comment on column mo_data.prescribing_measure.numerator_value is 'items, quantity (total quantity), nic or actual_cost (in pounds).';
comment on column mo_data.prescribing_measure.numerator_wording is 'What is counted.';
comment on column mo_data.prescribing_measure.denominator_include is 'BNF entries of the denominator. Null: it is a population.';
comment on column mo_data.prescribing_measure.denominator_exclude is 'BNF entries that are not, although an include matches.';
comment on column mo_data.prescribing_measure.denominator_value is 'items, quantity, nic or actual_cost. Null: the denominator is a population.';
comment on column mo_data.prescribing_measure.population is
    'list_size (registered patients); a scheme of mo_data.weight (astro_pu_cost_2013, astro_pu_items_2013, a STAR-PU); or register:COHORT, '
    'the patients in a cohort on the month end. Null: the denominator is prescribing.';
comment on column mo_data.prescribing_measure.denominator_wording is 'What it is divided by.';
comment on column mo_data.prescribing_measure.per is 'What a rate is per: 1000 patients.';
comment on column mo_data.prescribing_measure.is_percentage is 'A share of the same kind of value, shown as a percentage.';
comment on column mo_data.prescribing_measure.direction is 'Which way is good: higher, lower, or neither.';
comment on column mo_data.prescribing_measure.is_cost_based is
    'What an organisation would save at another value is worked out (mo_dashboard.measure_saving).';
comment on column mo_data.prescribing_measure.pack is
    'Where it belongs: local, openprescribing (loaded definitions), nhse_opportunity (shipped), innovation, switch, formulary (the last three '
    'are made from the rows of innovation_medicine, switch_programme and formulary).';
comment on column mo_data.prescribing_measure.tags is 'Words of its source by which it can be found.';
comment on column mo_data.prescribing_measure.source is 'Where the definition comes from.';
comment on column mo_data.prescribing_measure.source_version is 'Version or day of the source. Null: not known.';
comment on column mo_data.prescribing_measure.definition_version is
    'Counts up by itself when the row changes what is counted: all months are then counted again, and change_log shows it.';
comment on column mo_data.prescribing_measure.reviewed_on is 'Day of the last review of the definition by its source. Null: not known.';
comment on column mo_data.prescribing_measure.review_due is 'Day by which its source means to review it. Null: not known.';
comment on column mo_data.prescribing_measure.is_active is 'Counted and shown as a KPI.';
comment on column mo_data.prescribing_measure.batch_id is 'The load the row came with. Null: shipped, made from other rows, or entered by hand.';

create table mo_data.mo_opportunity (
    opportunity_no integer primary key,
    title text not null,
    has_focus boolean not null,
    status text not null check (status in ('confirmed', 'not confirmed')),
    is_on boolean not null default true,
    source text not null,
    check (status = 'confirmed' or not is_on)
);
comment on table mo_data.mo_opportunity is
    'NHS England''s national medicines optimisation opportunities. What is not confirmed by a published source is listed, but off.';
comment on column mo_data.mo_opportunity.opportunity_no is 'Number in NHS England''s list.';
comment on column mo_data.mo_opportunity.title is 'The opportunity.';
comment on column mo_data.mo_opportunity.has_focus is 'One of those that NHS England gives its own focus.';
comment on column mo_data.mo_opportunity.status is 'confirmed, or not confirmed: its place in the list comes from a second-hand source.';
comment on column mo_data.mo_opportunity.is_on is 'Shown. Only confirmed ones can be.';
comment on column mo_data.mo_opportunity.source is 'Where it is known from.';

create table mo_data.mo_opportunity_measure (
    opportunity_no integer not null references mo_data.mo_opportunity,
    measure_id text not null,
    primary key (opportunity_no, measure_id)
);
comment on table mo_data.mo_opportunity_measure is 'Which measures show which opportunity.';
comment on column mo_data.mo_opportunity_measure.opportunity_no is 'The opportunity.';
comment on column mo_data.mo_opportunity_measure.measure_id is 'Measure, loaded or not.';

create table mo_data.innovation_medicine (
    medicine_code text primary key check (medicine_code ~ '^[a-z][a-z0-9_]{0,27}$'),
    title text not null check (length(title) between 1 and 200),
    nice_reference text not null,
    recommended_on date,
    bnf_prefixes text not null check (bnf_prefixes ~ '^[0-9A-Z]{2,15}( [0-9A-Z]{2,15})*$'),
    value_kind text not null default 'items' check (value_kind in ('items', 'quantity')),
    cohort_code text,
    is_on boolean not null default true,
    batch_id integer
);
comment on table mo_data.innovation_medicine is
    'NICE-approved medicines whose uptake a site follows, as the Innovation Scorecard does: per 100,000 registered patients, or per 100 '
    'patients of a register. None are shipped: which, and their BNF codes, is data.';
comment on column mo_data.innovation_medicine.medicine_code is 'Short code; the measure is innovation_ and the code.';
comment on column mo_data.innovation_medicine.title is 'Medicine and what it is for.';
comment on column mo_data.innovation_medicine.nice_reference is 'NICE guidance, such as TA352.';
comment on column mo_data.innovation_medicine.recommended_on is 'Day NICE recommended it. Null: not given.';
comment on column mo_data.innovation_medicine.bnf_prefixes is 'BNF prefixes, with a space between two.';
comment on constraint innovation_medicine_bnf_prefixes_check on mo_data.innovation_medicine is 'is no list of BNF prefixes with spaces between them';
comment on column mo_data.innovation_medicine.value_kind is 'items or quantity.';
comment on column mo_data.innovation_medicine.cohort_code is 'Cohort (register) it is divided by. Null: registered patients.';
comment on column mo_data.innovation_medicine.is_on is 'Measured.';
comment on column mo_data.innovation_medicine.batch_id is 'The load the row came with. Null: entered by hand.';

create table mo_data.published_measure_value (
    measure_id text not null check (measure_id ~ '^[a-z][a-z0-9_]{0,39}$'),
    month date not null check (extract(day from month) = 1),
    org_code text not null check (org_code ~ '^[0-9A-Z]{1,12}$'),
    numerator double precision not null check (numerator > '-infinity' and numerator < 'infinity'),
    denominator double precision not null check (denominator > '-infinity' and denominator < 'infinity'),
    published_on date,
    batch_id integer,
    primary key (measure_id, month, org_code)
);
comment on table mo_data.published_measure_value is
    'What OpenPrescribing, or another publisher, published of a measure: set beside our own figures in mo_dashboard.measure_check.';
comment on column mo_data.published_measure_value.measure_id is 'Measure, as its publisher names it.';
comment on column mo_data.published_measure_value.month is 'First day of the month.';
comment on column mo_data.published_measure_value.org_code is 'ODS code of the organisation, of any level.';
comment on column mo_data.published_measure_value.numerator is 'Numerator as published.';
comment on column mo_data.published_measure_value.denominator is 'Denominator as published; list sizes are in thousands of patients there.';
comment on column mo_data.published_measure_value.published_on is 'Day it was published or fetched. Null: not given.';
comment on column mo_data.published_measure_value.batch_id is 'The load the row came with. Null: entered by hand.';

create table mo_data.generic_exclusion (
    pattern text collate "C" primary key check (pattern ~ '^[0-9A-Z_%]{2,15}$'),
    reason text not null,
    source text not null
);
comment on table mo_data.generic_exclusion is
    'BNF codes that no price per unit is worked out for, because quantities of brand and generic do not compare. LIKE patterns.';
comment on column mo_data.generic_exclusion.pattern is 'LIKE pattern of full BNF codes.';
comment on column mo_data.generic_exclusion.reason is 'Why.';
comment on column mo_data.generic_exclusion.source is 'Who found it.';

create table mo_data.generic_equivalent (
    generic_code text collate "C" primary key check (generic_code ~ '^[0-9A-Z]{15}$'),
    primary_code text collate "C" not null check (primary_code ~ '^[0-9A-Z]{15}$'),
    note text,
    batch_id integer
);
comment on table mo_data.generic_equivalent is
    'Generic presentations that count as one in price per unit, such as tablets and capsules of one strength. A clinical decision: none is shipped.';
comment on column mo_data.generic_equivalent.generic_code is 'BNF code of a generic presentation.';
comment on column mo_data.generic_equivalent.primary_code is 'The generic presentation it is counted with, and with what that one is counted with.';
comment on column mo_data.generic_equivalent.note is 'What is exchanged for what. Null: not said.';
comment on column mo_data.generic_equivalent.batch_id is 'The load the row came with. Null: entered by hand.';

create table mo_data.price_per_unit_threshold (
    org_type text primary key check (org_type in ('practice', 'pcn', 'sub_icb', 'icb', 'region', 'nation')),
    least_saving numeric(14, 2) not null check (least_saving >= 0),
    status text not null check (status in ('confirmed', 'local')),
    source text not null
);
comment on table mo_data.price_per_unit_threshold is 'Savings of a month and presentation below this many pounds are left out: nobody acts on them.';
comment on column mo_data.price_per_unit_threshold.org_type is 'Level.';
comment on column mo_data.price_per_unit_threshold.least_saving is 'Smallest saving that is kept, in pounds a month and generic presentation.';
comment on column mo_data.price_per_unit_threshold.status is 'confirmed by its source, or a local choice.';
comment on column mo_data.price_per_unit_threshold.source is 'Where it comes from.';
