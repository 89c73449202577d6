-- one row per entity and month of a period: whether it reported, and how many transactions
-- As it is today: of several bodies that are one, a month is missing where one of them owes it.
-- Call: serve_reporting('2025-01', '2025-05')
create macro serve_reporting(from_month, to_month, organisation := 'as_was') as table
    with reported as (
        select
            coalesce(today.current_entity_id, coverage.entity_id) as entity_id,
            coverage.month,
            case
                when bool_or(coverage.status = 'missing') then 'missing'
                when bool_or(coverage.status = 'late') then 'late'
                when bool_or(coverage.status = 'reported') then 'reported'
                else 'not_expected'
            end as status,
            sum(coverage.transactions)::bigint as transactions,
            bool_or(coverage.is_partial) as is_partial
        from serve_coverage as coverage
        left join dim_entity_successor as today
            on coverage.entity_id = today.entity_id and is_as_is(organisation)
        where coverage.month between month_start(from_month) and month_start(to_month)
        group by coalesce(today.current_entity_id, coverage.entity_id), coverage.month
    )

    select
        reported.entity_id,
        dim_entity.name_ar,
        dim_entity.name_en,
        reported.month,
        reported.status,
        reported.transactions,
        reported.is_partial
    from reported
    inner join dim_entity on reported.entity_id = dim_entity.entity_id;
