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
    )

    select
        counted.group_id,
        services.service_id,
        services.name_ar,
        services.name_en,
        services.entity_id,
        services.entity_ar,
        services.entity_en,
        counted.transactions,
        counted.base_transactions,
        services.digitised_on,
        services.simplified_on,
        row_number() over (
            partition by counted.group_id
            order by counted.transactions desc, counted.base_transactions desc, counted.service_id
        ) as place,
        (count(*) over (partition by counted.group_id))::bigint as among
    from counted
    inner join serve_service_progress(to_month) as services on counted.service_id = services.service_id
    where counted.group_id is not null;
