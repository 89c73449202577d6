-- one row per service: what the catalogue says of it, and how far it had come by the end of a day
-- Its entity is that of the catalogue; as it is today, the one that answers for it now.
-- Call: serve_service_facts('2025-05-31', organisation := 'as_is')
create macro serve_service_facts(as_of_day, organisation := 'as_was') as table
    with owners as (
        select
            dim_service.service_id,
            case organisation
                when 'as_was' then dim_service.entity_id
                when 'as_is' then today.current_entity_id
                else error((select refusal.message from organisation_refusal(organisation) as refusal))
            end as entity_id
        from dim_service
        left join dim_service_current_owner as today on dim_service.service_id = today.service_id
    )

    select
        dim_service.service_id,
        dim_service.name_ar,
        dim_service.name_en,
        dim_entity.entity_id,
        dim_entity.name_ar as entity_ar,
        dim_entity.name_en as entity_en,
        dim_entity.reports_transactions,
        dim_service.journey_id,
        dim_journey.name_ar as journey_ar,
        dim_journey.name_en as journey_en,
        dim_service.governorate_id,
        dim_governorate.name_ar as governorate_ar,
        dim_governorate.name_en as governorate_en,
        dim_service.beneficiary,
        dim_beneficiary.name_ar as beneficiary_ar,
        dim_beneficiary.name_en as beneficiary_en,
        dim_service.priority_from,
        dim_service.digitisation_from,
        dim_service.source,
        states.maturity,
        life.registered_on,
        life.simplified_on,
        life.manjam_on,
        life.digitised_on,
        life.retired_on,
        life.steps_before,
        life.steps_after,
        life.documents_before,
        life.documents_after,
        life.visits_before,
        life.visits_after,
        life.minutes_before,
        life.minutes_after
    from dim_service
    inner join service_states(as_of_day) as states on dim_service.service_id = states.service_id
    inner join owners on dim_service.service_id = owners.service_id
    inner join dim_entity on owners.entity_id = dim_entity.entity_id
    left join fct_service_life as life on dim_service.service_id = life.service_id
    left join dim_journey on dim_service.journey_id = dim_journey.journey_id
    left join dim_governorate on dim_service.governorate_id = dim_governorate.governorate_id
    left join dim_beneficiary on dim_service.beneficiary = dim_beneficiary.beneficiary;
