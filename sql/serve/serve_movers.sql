-- one row per service (per entity where it sends totals without services): its completed transactions in two periods
-- Call: serve_movers('2025-01-01', '2025-05-01', '2024-01-01', '2024-05-01')
create macro serve_movers(
    from_month, to_month, base_from, base_to,
    entity := null, governorate := null, via := null, service := null, organisation := 'as_was'
) as table
    select
        pairs.entity_id,
        dim_entity.name_ar as entity_ar,
        dim_entity.name_en as entity_en,
        coalesce(pairs.service_id, 'not_by_service') as service_id,
        dim_service.name_ar as service_ar,
        dim_service.name_en as service_en,
        pairs.state,
        pairs.numerator,
        pairs.base_numerator,
        pairs.lone_numerator,
        pairs.lone_base_numerator
    from
        like_for_like(
            'transactions', from_month, to_month, base_from, base_to,
            entity := entity, governorate := governorate, via := via, service := service, organisation := organisation
        ) as pairs
    left join dim_service on pairs.service_id = dim_service.service_id
    inner join dim_entity on pairs.entity_id = dim_entity.entity_id;
