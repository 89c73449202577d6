-- one row per entity and service that fell silent in a period while its sender reported
-- Call: serve_silent_services('2025-01', '2025-05')
create macro serve_silent_services(from_month, to_month, organisation := 'as_was') as table
    select
        coalesce(owner.current_entity_id, states.entity_id) as entity_id,
        dim_service.service_id,
        dim_service.name_ar,
        dim_service.name_en,
        min(states.silent_since) as silent_since
    from fct_service_coverage as states
    inner join dim_service on states.service_id = dim_service.service_id
    left join dim_service_current_owner as owner
        on states.service_id = owner.service_id and is_as_is(organisation)
    where states.state = 'silent' and states.month between month_start(from_month) and month_start(to_month)
    group by
        coalesce(owner.current_entity_id, states.entity_id), dim_service.service_id, dim_service.name_ar,
        dim_service.name_en;
