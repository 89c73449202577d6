-- one row per service: its names, and the body of the registry or the one that answers for it today
-- Call: serve_service_names(organisation := 'as_is')
create macro serve_service_names(organisation := 'as_was') as table
    select
        dim_service.service_id,
        dim_service.name_ar,
        dim_service.name_en,
        dim_entity.entity_id,
        dim_entity.name_ar as entity_ar,
        dim_entity.name_en as entity_en,
        dim_service.governorate_id
    from dim_service
    left join dim_service_current_owner as owner
        on dim_service.service_id = owner.service_id and is_as_is(organisation)
    inner join dim_entity on coalesce(owner.current_entity_id, dim_service.entity_id) = dim_entity.entity_id;
