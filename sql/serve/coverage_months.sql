-- one row per entity and month of a period: whether the entity reported it, of all entities or of one
-- Call: coverage_months('2025-01', '2025-05')
-- Of several bodies that are one today: a month is reported where none of them owes it.
create macro coverage_months(from_month, to_month, entity := null, organisation := 'as_was') as table
    select
        coalesce(today.current_entity_id, coverage.entity_id) as entity_id,
        coverage.month,
        bool_and(coverage.status in ('reported', 'late')) as is_reported,
        bool_or(coverage.is_partial) as is_partial
    from serve_coverage as coverage
    left join dim_entity_successor as today
        on coverage.entity_id = today.entity_id and organisation = 'as_is'
    where
        coverage.month between month_start(from_month) and month_start(to_month)
        and coverage.status <> 'not_expected'
        and (entity is null or coalesce(today.current_entity_id, coverage.entity_id) = entity)
    group by coalesce(today.current_entity_id, coverage.entity_id), coverage.month;
