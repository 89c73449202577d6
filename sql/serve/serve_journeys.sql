-- one row per journey and service of it, or per journey without one: what it is made of and how that is used
-- Transactions started are counted in the period; states hold for the end of the day.
-- Call: serve_journeys('2025-05-31', '2025-01-01', '2025-05-01')
create macro serve_journeys(as_of_day, from_month, to_month) as table
    with lines as (
        select
            states.journey_id,
            states.service_id,
            dim_service.name_ar,
            dim_service.name_en,
            states.entity_id,
            dim_entity.name_ar as entity_ar,
            dim_entity.name_en as entity_en,
            states.in_scope,
            states.is_digitised,
            states.is_priority,
            states.is_simplified,
            rates.value as completion_rate,
            rates.denominator as started,
            case when states.is_simplified then life.steps_after end as steps
        from service_states(as_of_day) as states
        inner join dim_service on states.service_id = dim_service.service_id
        inner join dim_entity on states.entity_id = dim_entity.entity_id
        left join fct_service_life as life on states.service_id = life.service_id
        left join kpi_points('completion_rate', from_month, to_month, "by" := 'service') as rates
            on states.service_id = rates.group_id
        where states.journey_id is not null and states.in_catalogue
    )

    select
        dim_journey.journey_id,
        dim_journey.name_ar as journey_ar,
        dim_journey.name_en as journey_en,
        dim_journey.designed_on,
        coalesce(dim_journey.designed_on <= as_of_day::date, false) as is_designed,
        lines.* exclude (journey_id)
    from dim_journey
    left join lines on dim_journey.journey_id = lines.journey_id;
