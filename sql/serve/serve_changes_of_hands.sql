-- one row per body that was succeeded, or service that moved by itself, in a period, with the names
-- Call: serve_changes_of_hands('2024-01', '2025-05', entity := 'moh')
create macro serve_changes_of_hands(from_month, to_month, entity := null, service := null) as table
    select
        changes.changed_on,
        changes.service_id,
        dim_service.name_ar as service_ar,
        dim_service.name_en as service_en,
        changes.from_entity_id,
        before.name_ar as from_entity_ar,
        before.name_en as from_entity_en,
        changes.to_entity_id,
        after.name_ar as to_entity_ar,
        after.name_en as to_entity_en
    from changes_of_hands(from_month, to_month, entity := entity, service := service) as changes
    inner join dim_entity as before on changes.from_entity_id = before.entity_id
    inner join dim_entity as after on changes.to_entity_id = after.entity_id
    left join dim_service on changes.service_id = dim_service.service_id;
