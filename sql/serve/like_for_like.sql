-- one row per service present in either period: its transactions in both, on the months its entity reported in both
-- Call: like_for_like('digital_transactions', '2025-01-01', '2025-05-01', '2024-01-01', '2024-05-01')
create macro like_for_like(
    measure, from_month, to_month, base_from, base_to,
    entity := null, governorate := null, via := null, service := null
) as table
    with cells as (
        select
            cube.month,
            cube.month between from_month::date and to_month::date as is_current,
            cube.month between base_from::date and base_to::date as is_base,
            cube.entity_id,
            cube.service_id,
            sum(cube.transactions) filter (
                where
                cube.outcome = 'completed'
                and (
                    measure = 'transactions'
                    or cube.channel in (
                        select dim_channel.channel from dim_channel
                        where dim_channel.digital
                    )
                )
                and (governorate is null or coalesce(cube.governorate_id, 'not_allocated') = governorate)
                and (via is null or cube.channel = via)
            ) as transactions
        from fct_transaction_service_month as cube
        where
            (
                cube.month between from_month::date and to_month::date
                or cube.month between base_from::date and base_to::date
            )
            and (entity is null or cube.entity_id = entity)
            and (service is null or cube.service_id = service)
        group by cube.month, cube.entity_id, cube.service_id
    ),

    reported as (
        select
            entity_id,
            month
        from fct_coverage_month
        where
            status in ('reported', 'late')
            -- in a governorate only the months count in which the entity named governorates at all
            and (
                governorate is null
                or governorate = 'not_allocated'
                or (entity_id, month) in (
                    select (allocated.entity_id, allocated.month) from fct_transaction_month as allocated
                    where allocated.governorate_id is not null
                )
            )
    ),

    matched as (
        select
            this_period.entity_id,
            this_period.month,
            base_period.month as base_month
        from reported as this_period
        inner join reported as base_period
            on
                this_period.entity_id = base_period.entity_id
                and date_diff('month', base_from::date, base_period.month)
                = date_diff('month', from_month::date, this_period.month)
        where
            this_period.month between from_month::date and to_month::date
            and base_period.month between base_from::date and base_to::date
    ),

    services as (
        select
            cells.entity_id,
            cells.service_id,
            bool_or(cells.is_current) as is_current,
            bool_or(cells.is_base) as is_base,
            coalesce(sum(cells.transactions) filter (where cells.is_current), 0) as value_all,
            coalesce(sum(cells.transactions) filter (where cells.is_base), 0) as base_value_all,
            coalesce(
                sum(cells.transactions) filter (where cells.is_current and this_match.month is not null), 0
            ) as value_matched,
            coalesce(
                sum(cells.transactions) filter (where cells.is_base and base_match.base_month is not null), 0
            ) as base_value_matched
        from cells
        left join matched as this_match
            on cells.entity_id = this_match.entity_id and cells.month = this_match.month and cells.is_current
        left join matched as base_match
            on cells.entity_id = base_match.entity_id and cells.month = base_match.base_month and cells.is_base
        group by cells.entity_id, cells.service_id
    )

    select
        services.entity_id,
        services.service_id,
        case
            when services.is_current and services.is_base then 'both'
            when services.is_current then 'entered'
            else 'left'
        end as state,
        (
            case when services.is_current and services.is_base then services.value_matched else services.value_all end
        )::bigint as value,
        (
            case
                when services.is_current and services.is_base then services.base_value_matched
                else services.base_value_all
            end
        )::bigint as base_value
    from services;
