-- one row per governorate and entity whose transactions of a period name it; not_allocated are those that name none
-- Call: serve_entities_naming('2025-01', '2025-05')
create macro serve_entities_naming(from_month, to_month, organisation := 'as_was') as table
    with named as (
        select
            cells.governorate_id,
            cells.entity_id
        from fct_transaction_month as cells
        where
            not is_as_is(organisation)
            and cells.month between month_start(from_month) and month_start(to_month) and cells.transactions > 0
        union all
        -- As it is today the service tells who answers: ten times the rows, so only where that is asked.
        select
            cells.governorate_id,
            coalesce(owner.current_entity_id, today.current_entity_id) as entity_id
        from fct_transaction_service_month as cells
        inner join dim_entity_successor as today on cells.entity_id = today.entity_id
        left join dim_service_current_owner as owner on cells.service_id = owner.service_id
        where
            is_as_is(organisation)
            and cells.month between month_start(from_month) and month_start(to_month) and cells.transactions > 0
    )

    select distinct
        coalesce(named.governorate_id, 'not_allocated') as governorate_id,
        named.entity_id
    from named;
