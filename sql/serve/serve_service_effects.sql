-- one row per service of the catalogue: its state at the end of a day, with what simplification changed
-- Call: serve_service_effects('2025-05-31')
create macro serve_service_effects(as_of_day, organisation := 'as_was') as table
    select
        states.service_id,
        states.entity_id,
        states.governorate_id,
        states.journey_id,
        states.in_scope,
        states.is_priority,
        states.is_simplified,
        states.is_digitised,
        states.is_retired,
        states.in_catalogue,
        states.maturity,
        life.steps_before,
        life.steps_after,
        life.documents_before,
        life.documents_after,
        life.visits_before,
        life.visits_after,
        life.minutes_before,
        life.minutes_after
    from serve_service_states(as_of_day, organisation := organisation) as states
    left join fct_service_life as life on states.service_id = life.service_id;
