-- one row per stored part of one KPI within a period and slice, with the group it belongs to
-- Read by the macro that values a KPI; the public edition of the file has one of its own, over what is published.
-- `as_was` leaves every part with the body that answered for it then; `as_is` gives it to the body that does today: the
-- owner of the service where the KPI tells services apart, and else the body that succeeded. By service, what names no
-- service is a group of its own.
create macro kpi_parts(kpi, from_month, to_month, "by", entity, governorate, via, service, organisation) as table
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
        organisation = 'as_was' and service is null and "by" <> 'service'
        and serve_kpi.kpi_id = kpi
        and serve_kpi.month between from_month::date and to_month::date
        and (entity is null or serve_kpi.entity_id = entity)
        and (governorate is null or coalesce(serve_kpi.governorate_id, 'not_allocated') = governorate)
        and (via is null or coalesce(serve_kpi.channel, 'unknown') = via)
    union all
    select
        serve_kpi_service.month,
        case
            when "by" = 'entity' then serve_kpi_service.entity_id
            when "by" = 'governorate' then coalesce(serve_kpi_service.governorate_id, 'not_allocated')
            when "by" = 'channel' then coalesce(serve_kpi_service.channel, 'unknown')
            when "by" = 'level' then serve_kpi_service.level_id
            when "by" = 'service' then coalesce(serve_kpi_service.service_id, 'not_by_service')
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
        organisation = 'as_was' and (service is not null or "by" = 'service')
        and (service is null or serve_kpi_service.service_id = service)
        and serve_kpi_service.kpi_id = kpi
        and serve_kpi_service.month between from_month::date and to_month::date
        and (entity is null or serve_kpi_service.entity_id = entity)
        and (governorate is null or coalesce(serve_kpi_service.governorate_id, 'not_allocated') = governorate)
        and (via is null or coalesce(serve_kpi_service.channel, 'unknown') = via)
    union all
    select
        serve_kpi.month,
        case
            when "by" = 'entity' then coalesce(today.current_entity_id, serve_kpi.entity_id)
            when "by" = 'governorate' then coalesce(serve_kpi.governorate_id, 'not_allocated')
            when "by" = 'channel' then coalesce(serve_kpi.channel, 'unknown')
            when "by" = 'level' then serve_kpi.level_id
            else 'programme'
        end as group_id,
        coalesce(today.current_entity_id, serve_kpi.entity_id) as entity_id,
        null::varchar as service_id,
        serve_kpi.governorate_id,
        serve_kpi.channel,
        serve_kpi.level_id,
        serve_kpi.bucket_minutes,
        serve_kpi.numerator,
        serve_kpi.denominator,
        false as withheld
    from serve_kpi
    left join dim_entity_successor as today on serve_kpi.entity_id = today.entity_id
    where
        organisation = 'as_is' and service is null and "by" <> 'service'
        and kpi not in (select apart.kpi_id from serve_kpi_service as apart)
        and serve_kpi.kpi_id = kpi
        and serve_kpi.month between from_month::date and to_month::date
        and (entity is null or coalesce(today.current_entity_id, serve_kpi.entity_id) = entity)
        and (governorate is null or coalesce(serve_kpi.governorate_id, 'not_allocated') = governorate)
        and (via is null or coalesce(serve_kpi.channel, 'unknown') = via)
    union all
    select
        serve_kpi_service.month,
        case
            when "by" = 'entity'
                then coalesce(owner.current_entity_id, today.current_entity_id, serve_kpi_service.entity_id)
            when "by" = 'governorate' then coalesce(serve_kpi_service.governorate_id, 'not_allocated')
            when "by" = 'channel' then coalesce(serve_kpi_service.channel, 'unknown')
            when "by" = 'level' then serve_kpi_service.level_id
            when "by" = 'service' then coalesce(serve_kpi_service.service_id, 'not_by_service')
            else 'programme'
        end as group_id,
        coalesce(owner.current_entity_id, today.current_entity_id, serve_kpi_service.entity_id) as entity_id,
        serve_kpi_service.service_id,
        serve_kpi_service.governorate_id,
        serve_kpi_service.channel,
        serve_kpi_service.level_id,
        serve_kpi_service.bucket_minutes,
        serve_kpi_service.numerator,
        serve_kpi_service.denominator,
        false as withheld
    from serve_kpi_service
    left join dim_service_current_owner as owner on serve_kpi_service.service_id = owner.service_id
    left join dim_entity_successor as today
        on serve_kpi_service.entity_id = today.entity_id and serve_kpi_service.service_id is null
    where
        organisation = 'as_is'
        and (service is null or serve_kpi_service.service_id = service)
        and serve_kpi_service.kpi_id = kpi
        and serve_kpi_service.month between from_month::date and to_month::date
        and (
            entity is null
            or coalesce(owner.current_entity_id, today.current_entity_id, serve_kpi_service.entity_id) = entity
        )
        and (governorate is null or coalesce(serve_kpi_service.governorate_id, 'not_allocated') = governorate)
        and (via is null or coalesce(serve_kpi_service.channel, 'unknown') = via);
