-- one row per KPI, group and state of its services, and per service that only one of two periods has whole
-- The pages ask it for several KPIs at once; people ask like_for_like, which refuses what cannot be compared.
create macro serve_change_parts(
    kpis, from_month, to_month, base_from, base_to, entity, governorate, via, service,
    "by" := 'programme', organisation := 'as_was'
) as table
    with pairs as materialized (
        select
            case when "by" = 'entity' then parts.entity_id else 'programme' end as group_id,
            parts.*
        from
            like_for_like_parts(
                kpis, from_month, to_month, base_from, base_to, entity, governorate, via, service,
                organisation := organisation
            ) as parts
    ),

    told as (
        select
            pairs.group_id,
            pairs.kpi_id,
            pairs.state,
            null::varchar as service_id,
            null::varchar as entity_id,
            null::date as since,
            sum(pairs.numerator)::bigint as numerator,
            sum(pairs.denominator)::bigint as denominator,
            sum(pairs.base_numerator)::bigint as base_numerator,
            sum(pairs.base_denominator)::bigint as base_denominator,
            0::bigint as change,
            0::bigint as size
        from pairs
        group by pairs.group_id, pairs.kpi_id, pairs.state
        union all
        select
            pairs.group_id,
            pairs.kpi_id,
            pairs.state,
            pairs.service_id,
            pairs.entity_id,
            pairs.since,
            0 as numerator,
            0 as denominator,
            0 as base_numerator,
            0 as base_denominator,
            pairs.lone_numerator - pairs.lone_base_numerator as change,
            pairs.lone_numerator + pairs.lone_base_numerator as size
        from pairs
        where pairs.service_id is not null and pairs.state <> 'both'
    )

    select
        told.group_id,
        told.kpi_id,
        told.state,
        told.numerator,
        told.denominator,
        told.base_numerator,
        told.base_denominator,
        told.since,
        told.change,
        told.size,
        told.service_id,
        dim_service.name_ar as service_ar,
        dim_service.name_en as service_en,
        told.entity_id,
        dim_entity.name_ar as entity_ar,
        dim_entity.name_en as entity_en
    from told
    left join dim_service on told.service_id = dim_service.service_id
    left join dim_entity on told.entity_id = dim_entity.entity_id
    where told.service_id is null or told.size > 0 or told.state = 'silent';
