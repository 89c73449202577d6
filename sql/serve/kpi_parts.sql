-- one row per stored part of one KPI within a period and slice, with the group it belongs to
-- Read by the macro that values a KPI; the public edition of the file has one of its own, over what is published.
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
        serve_kpi_service.month,
        case
            when "by" = 'entity' then serve_kpi_service.entity_id
            when "by" = 'governorate' then coalesce(serve_kpi_service.governorate_id, 'not_allocated')
            when "by" = 'channel' then coalesce(serve_kpi_service.channel, 'unknown')
            when "by" = 'level' then serve_kpi_service.level_id
            when "by" = 'service' then serve_kpi_service.service_id
            else 'programme'
        end as group_id,
        serve_kpi_service.entity_id,
        serve_kpi_service.service_id,
        serve_kpi_service.governorate_id,
        serve_kpi_service.channel,
        serve_kpi_service.level_id,
        serve_kpi_service.bucket_minutes,
        serve_kpi_service.numerator,
        serve_kpi_service.denominator,
        false as withheld
    from serve_kpi_service
    where
        (service is not null or "by" = 'service')
        and (service is null or serve_kpi_service.service_id = service)
        and serve_kpi_service.kpi_id = kpi
        and serve_kpi_service.month between from_month::date and to_month::date
        and (entity is null or serve_kpi_service.entity_id = entity)
        and (governorate is null or coalesce(serve_kpi_service.governorate_id, 'not_allocated') = governorate)
        and (via is null or serve_kpi_service.channel = via);
