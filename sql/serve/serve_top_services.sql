-- one row per group and service with digital transactions in either of two periods, place 1 the largest of its group
-- Call: serve_top_services('2025-01', '2025-05', '2024-01', '2024-05', "by" := 'governorate')
create macro serve_top_services(from_month, to_month, base_from, base_to, "by" := 'entity') as table
    with counted as (
        select
            case "by"
                when 'entity' then cells.entity_id
                when 'governorate' then cells.governorate_id
                else error(
                    'Not answered: by := ''' || coalesce("by", 'null') || ''' names no group; give entity or '
                    || 'governorate. | لم يُجب: القيمة by := ''' || coalesce("by", 'null') || ''' لا تسمّي مجموعة؛ '
                    || 'أعطِ entity أو governorate.'
                )
            end as group_id,
            cells.service_id,
            coalesce(sum(cells.transactions) filter (
                where cells.month between month_start(from_month) and month_start(to_month)
            ), 0)::bigint as transactions,
            coalesce(sum(cells.transactions) filter (
                where cells.month between month_start(base_from) and month_start(base_to)
            ), 0)::bigint as base_transactions
        from fct_transaction_service_month as cells
        inner join dim_channel on cells.channel = dim_channel.channel
        where
            cells.outcome = 'completed' and dim_channel.digital
            and (
                cells.month between month_start(from_month) and month_start(to_month)
                or cells.month between month_start(base_from) and month_start(base_to)
            )
        group by group_id, cells.service_id
    ),

    life as (
        select
            fct_service_event.service_id,
            min(fct_service_event.event_on) filter (where fct_service_event.event = 'digitised') as digitised_on,
            min(fct_service_event.event_on) filter (where fct_service_event.event = 'simplified') as simplified_on
        from fct_service_event
        where fct_service_event.event_on <= last_day(month_start(to_month))
        group by fct_service_event.service_id
    )

    select
        counted.group_id,
        dim_service.service_id,
        dim_service.name_ar,
        dim_service.name_en,
        dim_entity.entity_id,
        dim_entity.name_ar as entity_ar,
        dim_entity.name_en as entity_en,
        counted.transactions,
        counted.base_transactions,
        100.0 * (counted.transactions - counted.base_transactions) / nullif(counted.base_transactions, 0) as change_pct,
        life.digitised_on,
        life.simplified_on,
        row_number() over (
            partition by counted.group_id
            order by counted.transactions desc, counted.base_transactions desc, counted.service_id
        ) as place,
        (count(*) over (partition by counted.group_id))::bigint as among
    from counted
    inner join dim_service on counted.service_id = dim_service.service_id
    inner join dim_entity on dim_service.entity_id = dim_entity.entity_id
    left join life on counted.service_id = life.service_id
    where counted.group_id is not null;
