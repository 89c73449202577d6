-- one row per stored part of one KPI within a period and slice, with the group it belongs to
-- The public edition's own: KPIs about bodies from serve_kpi, those about people by one dimension from
-- serve_kpi_margin. A question about people that crosses two dimensions has no rows here.
create macro kpi_parts(kpi, from_month, to_month, "by", entity, governorate, via, service) as table
    select
        serve_kpi.month,
        case
            when "by" = 'entity' then serve_kpi.entity_id
            when "by" = 'governorate' then coalesce(serve_kpi.governorate_id, 'not_allocated')
            when "by" = 'channel' then coalesce(serve_kpi.channel, 'unknown')
            when "by" = 'level' then serve_kpi.level_id
            else 'programme'
        end as group_id,
        serve_kpi.entity_id,
        null::varchar as service_id,
        serve_kpi.governorate_id,
        serve_kpi.channel,
        serve_kpi.level_id,
        serve_kpi.bucket_minutes,
        serve_kpi.numerator,
        serve_kpi.denominator,
        false as withheld
    from serve_kpi
    where
        service is null and "by" <> 'service'
        and serve_kpi.kpi_id = kpi
        and serve_kpi.month between from_month::date and to_month::date
        and (entity is null or serve_kpi.entity_id = entity)
        and (governorate is null or coalesce(serve_kpi.governorate_id, 'not_allocated') = governorate)
        and (via is null or serve_kpi.channel = via)
    union all
    select
        margin.month,
        case
            when "by" in ('governorate', 'channel', 'service') then margin.group_id
            when "by" = 'entity' then margin.entity_id
            else 'programme'
        end as group_id,
        margin.entity_id,
        case when margin.dimension = 'service' then margin.group_id end as service_id,
        case when margin.dimension = 'governorate' then margin.group_id end as governorate_id,
        case when margin.dimension = 'channel' then margin.group_id end as channel,
        null::varchar as level_id,
        null::bigint as bucket_minutes,
        margin.numerator,
        margin.denominator,
        margin.withheld
    from serve_kpi_margin as margin
    where
        margin.kpi_id = kpi
        and margin.month between from_month::date and to_month::date
        and margin.dimension = case
            when "by" = 'service' or service is not null then 'service'
            when "by" = 'entity' or entity is not null then 'entity'
            when "by" = 'governorate' or governorate is not null then 'governorate'
            when "by" = 'channel' or via is not null then 'channel'
            else 'programme'
        end
        and (
            case when "by" in ('entity', 'service') or entity is not null or service is not null then 1 else 0 end
            + case when "by" = 'governorate' or governorate is not null then 1 else 0 end
            + case when "by" = 'channel' or via is not null then 1 else 0 end
        ) <= 1
        and "by" <> 'level'
        and (service is null or margin.group_id = service)
        and (entity is null or margin.entity_id = entity)
        and (governorate is null or margin.group_id = governorate)
        and (via is null or margin.group_id = via);
