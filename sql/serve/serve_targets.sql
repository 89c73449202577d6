-- one row per KPI and entity with a target for a period; the entity is empty for the target of the programme
-- A target for a sum over time holds for exactly the months it was set for, any other for its last month.
-- Call: serve_targets('2025-01', '2025-05')
create macro serve_targets(from_month, to_month) as table
    with dated as (
        select
            dim_target.kpi_id,
            dim_target.entity_id,
            dim_target.value::double as target,
            dim_target.valid_from,
            dim_target.valid_to,
            row_number() over (
                partition by dim_target.kpi_id, dim_target.entity_id order by dim_target.valid_from desc
            ) as turn
        from dim_target
        inner join meta_kpi on dim_target.kpi_id = meta_kpi.kpi_id
        where
            dim_target.valid_from <= last_day(month_start(to_month))
            and (dim_target.valid_to is null or dim_target.valid_to >= month_start(to_month))
            and (
                meta_kpi.kind <> 'sum' or meta_kpi.flow = 'stock'
                or (
                    month_start(dim_target.valid_from) = month_start(from_month)
                    and month_start(dim_target.valid_to) = month_start(to_month)
                )
            )
    )

    select
        dated.kpi_id,
        dated.entity_id,
        dated.target,
        dated.valid_from,
        dated.valid_to
    from dated
    where dated.turn = 1;
