-- one row per service of the catalogue: how far it had come by the end of a day
-- The entity is the one that answered for the service on the day, or the one that answers for it today.
-- Call: serve_service_states('2025-05-31')
create macro serve_service_states(as_of_day, organisation := 'as_was') as table
    select
        states.service_id,
        coalesce(today.current_entity_id, owner.entity_id, states.entity_id) as entity_id,
        states.governorate_id,
        states.journey_id,
        states.in_scope,
        states.is_priority,
        states.is_simplified,
        states.is_digitised,
        states.is_retired,
        states.in_catalogue,
        states.maturity
    from service_states(as_of_day) as states
    left join dim_service_owner as owner
        on
            states.service_id = owner.service_id and not is_as_is(organisation)
            and as_of_day::date between owner.owned_from and owner.owned_to
    left join dim_service_current_owner as today
        on states.service_id = today.service_id and is_as_is(organisation);
