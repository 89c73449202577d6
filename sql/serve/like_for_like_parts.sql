-- one row per KPI and service, or entity where the KPI does not tell services apart, with parts in either period
-- The pages ask it for several KPIs at once; people ask the macro above it, which refuses periods of unlike length.
create macro like_for_like_parts(
    kpis, from_month, to_month, base_from, base_to, entity, governorate, via, service,
    organisation := 'as_was'
) as table
    with sides (side, first_month, last_month) as (
        values ('now', from_month::date, to_month::date), ('base', base_from::date, base_to::date)
    ),

    asked as (
        select
            meta_kpi.kpi_id,
            contains(meta_kpi.dimensions, 'service_id') as by_service
        from meta_kpi
        where list_contains(kpis, meta_kpi.kpi_id)
    ),

    stored as (
        select
            serve_kpi_service.kpi_id,
            coalesce(
                serve_kpi_service.service_id,
                'body ' || coalesce(today.current_entity_id, serve_kpi_service.entity_id)
            ) as member,
            coalesce(owner.current_entity_id, today.current_entity_id, serve_kpi_service.entity_id) as entity_id,
            serve_kpi_service.service_id,
            serve_kpi_service.month,
            serve_kpi_service.governorate_id,
            serve_kpi_service.channel,
            serve_kpi_service.numerator,
            serve_kpi_service.denominator
        from serve_kpi_service
        left join dim_service_current_owner as owner
            on serve_kpi_service.service_id = owner.service_id and organisation = 'as_is'
        left join dim_entity_successor as today
            on
                serve_kpi_service.entity_id = today.entity_id
                and serve_kpi_service.service_id is null and organisation = 'as_is'
        where
            list_contains(kpis, serve_kpi_service.kpi_id)
            and (service is null or serve_kpi_service.service_id = service)
        union all
        select
            serve_kpi.kpi_id,
            coalesce(today.current_entity_id, serve_kpi.entity_id) as member,
            coalesce(today.current_entity_id, serve_kpi.entity_id) as entity_id,
            null as service_id,
            serve_kpi.month,
            serve_kpi.governorate_id,
            serve_kpi.channel,
            serve_kpi.numerator,
            serve_kpi.denominator
        from serve_kpi
        inner join asked on serve_kpi.kpi_id = asked.kpi_id and not asked.by_service
        left join dim_entity_successor as today
            on serve_kpi.entity_id = today.entity_id and organisation = 'as_is'
        where service is null
    ),

    cells as (
        select
            stored.kpi_id,
            stored.member,
            stored.service_id,
            sides.side,
            date_diff('month', sides.first_month, stored.month) as place,
            arg_max(stored.entity_id, stored.month) as entity_id,
            sum(stored.numerator) as numerator,
            sum(stored.denominator) as denominator
        from stored
        inner join sides on stored.month between sides.first_month and sides.last_month
        where
            (entity is null or stored.entity_id = entity)
            and (governorate is null or coalesce(stored.governorate_id, 'not_allocated') = governorate)
            and (via is null or coalesce(stored.channel, 'unknown') = via)
        group by stored.kpi_id, stored.member, stored.service_id, sides.side, place
    ),

    covered as (
        select
            coverage.service_id as member,
            sides.side,
            date_diff('month', sides.first_month, coverage.month) as place,
            coverage.month,
            coverage.silent_since,
            coverage.state in ('reported', 'zero_stated', 'zero_assumed')
            -- Of a place or a channel only those months tell in which the entity named places or channels at all.
            and (governorate is null or governorate = 'not_allocated' or coverage.tells_places)
            and (via is null or via = 'unknown' or coverage.tells_channels) as is_present
        from fct_service_coverage as coverage
        inner join sides on coverage.month between sides.first_month and sides.last_month
        left join dim_service_current_owner as owner
            on coverage.service_id = owner.service_id and organisation = 'as_is'
        where
            (entity is null or coalesce(owner.current_entity_id, coverage.entity_id) = entity)
            and (service is null or coverage.service_id = service)
        union all
        -- What a body sends without services is one part of it, of which no one can tell what it is made of.
        select
            'body ' || coalesce(today.current_entity_id, totals.entity_id),
            sides.side,
            date_diff('month', sides.first_month, totals.month),
            totals.month,
            null::date,
            (governorate is null or governorate = 'not_allocated' or totals.tells_places)
            and (via is null or via = 'unknown' or totals.tells_channels)
        from fct_body_total_month as totals
        inner join sides on totals.month between sides.first_month and sides.last_month
        left join dim_entity_successor as today
            on totals.entity_id = today.entity_id and organisation = 'as_is'
        where service is null
        union all
        select distinct
            cells.member,
            cells.side,
            cells.place,
            null::date,
            null::date,
            true
        from cells
        inner join asked on cells.kpi_id = asked.kpi_id and not asked.by_service
    ),

    matched as (
        select
            covered.member,
            covered.place
        from covered
        where covered.is_present
        group by covered.member, covered.place
        having count(distinct covered.side) = 2
    ),

    presence as (
        select
            covered.member,
            coalesce(bool_or(covered.is_present) filter (where covered.side = 'now'), false) as is_now,
            coalesce(bool_or(covered.is_present) filter (where covered.side = 'base'), false) as is_base,
            min(covered.month) filter (where covered.side = 'now' and covered.is_present) as first_month,
            min(covered.month) filter (where covered.side = 'now' and not covered.is_present) as gone_month,
            min(covered.silent_since) filter (where covered.side = 'now') as silent_since
        from covered
        group by covered.member
    ),

    added as (
        select
            cells.kpi_id,
            cells.member,
            cells.service_id,
            arg_max(cells.entity_id, cells.side = 'now') as entity_id,
            sum(cells.numerator) filter (where cells.side = 'now' and matched.place is not null) as numerator,
            sum(cells.denominator) filter (where cells.side = 'now' and matched.place is not null) as denominator,
            sum(cells.numerator) filter (where cells.side = 'base' and matched.place is not null) as base_numerator,
            sum(cells.denominator) filter (where cells.side = 'base' and matched.place is not null) as base_denominator,
            sum(cells.numerator) filter (where cells.side = 'now' and matched.place is null) as lone_numerator,
            sum(cells.denominator) filter (where cells.side = 'now' and matched.place is null) as lone_denominator,
            sum(cells.numerator) filter (where cells.side = 'base' and matched.place is null) as lone_base_numerator,
            sum(cells.denominator) filter (
                where cells.side = 'base' and matched.place is null
            ) as lone_base_denominator
        from cells
        left join matched on cells.member = matched.member and cells.place = matched.place
        group by cells.kpi_id, cells.member, cells.service_id
    )

    select
        added.kpi_id,
        added.entity_id,
        added.service_id,
        case
            when presence.is_base and presence.silent_since is not null then 'silent'
            when presence.is_now and presence.is_base then 'both'
            when presence.is_now then 'entered'
            else 'left'
        end as state,
        case
            when presence.is_base and presence.silent_since is not null then presence.silent_since
            when presence.is_now and presence.is_base then null
            when presence.is_now then presence.first_month
            else presence.gone_month
        end as since,
        coalesce(added.numerator, 0)::bigint as numerator,
        coalesce(added.denominator, 0)::bigint as denominator,
        coalesce(added.base_numerator, 0)::bigint as base_numerator,
        coalesce(added.base_denominator, 0)::bigint as base_denominator,
        coalesce(added.lone_numerator, 0)::bigint as lone_numerator,
        coalesce(added.lone_denominator, 0)::bigint as lone_denominator,
        coalesce(added.lone_base_numerator, 0)::bigint as lone_base_numerator,
        coalesce(added.lone_base_denominator, 0)::bigint as lone_base_denominator
    from added
    left join presence on added.member = presence.member;
