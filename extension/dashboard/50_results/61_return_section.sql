-- The five sections of the return, and how much a figure changes before it is worth saying. A site's own choices stay.
insert into mo_data.return_section (section, section_sort, section_label, family) values
    ('cohort_delivery', 1, 'Cohort delivery', 'clinical_activity'),
    ('exception_narrative', 2, 'Exception narrative', null),
    ('prescribing_safety', 3, 'Prescribing safety summary', 'prescribing_safety'),
    ('cost_outcome', 4, 'Cost outcome', 'cost'),
    ('supervision_evidence', 5, 'Supervision evidence', 'des_assurance')
on conflict do nothing;

insert into mo_data.setting (name, value, unit, meaning, is_national) values
    ('return_restated_share', 0.01, 'share',
        'exception: a figure of a submitted return that differs now by more than this share of what was submitted', false)
on conflict (name) do nothing;
