-- one row per service of the catalogue: how far it had come by the end of a day
-- Call: service_states('2025-05-31')
create macro service_states(as_of_day) as table
    with states as (
        select
            dim_service.service_id,
            dim_service.entity_id,
            dim_service.governorate_id,
            dim_service.journey_id,
            coalesce(dim_service.digitisation_from <= as_of_day::date, false) as in_scope,
            coalesce(dim_service.priority_from <= as_of_day::date, false) as is_priority,
            coalesce(fct_service_life.registered_on <= as_of_day::date, true) as is_registered,
            coalesce(fct_service_life.simplified_on <= as_of_day::date, false) as is_simplified,
            coalesce(fct_service_life.digitised_on <= as_of_day::date, false) as is_digitised,
            coalesce(fct_service_life.retired_on <= as_of_day::date, false) as is_retired
        from dim_service
        left join fct_service_life on dim_service.service_id = fct_service_life.service_id
    )

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
        not states.is_retired and (states.is_registered or states.in_scope or states.is_priority) as in_catalogue,
        case
            when states.is_retired then 'retired'
            when states.is_digitised then 'digitised'
            when states.is_simplified then 'simplified'
            when states.in_scope or states.is_priority then 'targeted'
            else 'registered'
        end as maturity
    from states;
