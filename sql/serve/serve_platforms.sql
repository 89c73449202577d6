-- one row per shared platform: what it is for, and the transactions completed on it in a period
-- Call: serve_platforms('2025-01', '2025-05', entity := 'rop')
create macro serve_platforms(from_month, to_month, entity := null) as table
    with volumes as (
        select
            fct_platform_month.platform_id,
            sum(fct_platform_month.transactions)::bigint as transactions
        from fct_platform_month
        where
            fct_platform_month.month between month_start(from_month) and month_start(to_month)
            and (entity is null or fct_platform_month.entity_id = entity)
        group by fct_platform_month.platform_id
    )

    select
        dim_platform.platform_id,
        dim_platform.name_ar,
        dim_platform.name_en,
        dim_platform.kind,
        dim_kind.name_ar as kind_ar,
        dim_kind.name_en as kind_en,
        dim_platform.owner_entity_id,
        dim_platform.owner_ar,
        dim_platform.owner_en,
        dim_platform.published_status,
        dim_published_status.name_ar as published_ar,
        dim_published_status.name_en as published_en,
        dim_platform.also_named,
        dim_platform.source,
        dim_platform.source_ar,
        dim_platform.purpose_ar,
        dim_platform.purpose_en,
        dim_platform.status_year,
        dim_platform.project_id,
        volumes.transactions
    from dim_platform
    left join volumes on dim_platform.platform_id = volumes.platform_id
    left join dim_kind on dim_platform.kind = dim_kind.kind
    left join dim_published_status on dim_platform.published_status = dim_published_status.published_status;
