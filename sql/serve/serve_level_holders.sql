-- one row per excellence level, place 1 the best: the bodies that stand at it at the last month assessed up to a month
-- Call: serve_level_holders('2025-05')
create macro serve_level_holders(until_month, organisation := 'as_was') as table
    select
        dim_level.level_id,
        dim_level.name_ar,
        dim_level.name_en,
        row_number() over (order by dim_level.sort_order, dim_level.level_id) as place,
        coalesce(
            list(held.entity_id order by held.entity_id) filter (where held.entity_id is not null), []
        ) as entity_ids
    from dim_level
    left join serve_entity_levels(until_month, organisation := organisation) as held
        on dim_level.level_id = held.level_id
    group by dim_level.level_id, dim_level.name_ar, dim_level.name_en, dim_level.sort_order;
