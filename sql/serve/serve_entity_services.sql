-- one row per entity with services: how many there are in each state at the last month counted up to a month
-- Call: serve_entity_services('2025-05')
create macro serve_entity_services(until_month) as table
    with last_month as (
        select max(fct_service_month.month) as counted_month
        from fct_service_month
        where fct_service_month.month <= month_start(until_month)
    )

    select
        fct_service_month.entity_id,
        fct_service_month.month,
        sum(fct_service_month.registered)::bigint as registered,
        sum(fct_service_month.in_digitisation_scope)::bigint as in_scope,
        sum(fct_service_month.digitised)::bigint as digitised,
        sum(fct_service_month.priority)::bigint as priority,
        sum(fct_service_month.priority_simplified)::bigint as priority_simplified
    from fct_service_month
    inner join last_month on fct_service_month.month = last_month.counted_month
    group by fct_service_month.entity_id, fct_service_month.month;
