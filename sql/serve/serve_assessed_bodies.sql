-- one row per assessed body: its level at the end of a month, beside that of an earlier month
-- `movement` is up, down or same between the two levels; null where there is no earlier one.
-- Call: serve_assessed_bodies('2025-05', '2024-05')
create macro serve_assessed_bodies(until_month, base_month) as table
    select
        case when latest.kind = 'governorate_office' then 'governorate' else 'entity' end as body_kind,
        dim_entity.entity_id,
        dim_entity.name_ar,
        dim_entity.name_en,
        latest.governorate_id,
        latest.level_id,
        latest.assessed_on,
        latest.assessed_on >= latest.month as is_assessed_in_month,
        earlier.level_id as base_level_id,
        case
            when earlier_level.sort_order > latest_level.sort_order then 'up'
            when earlier_level.sort_order < latest_level.sort_order then 'down'
            when earlier_level.sort_order = latest_level.sort_order then 'same'
        end as movement
    from fct_assessment_month as latest
    inner join dim_entity on latest.entity_id = dim_entity.entity_id
    left join fct_assessment_month as earlier
        on latest.entity_id = earlier.entity_id and earlier.month = month_start(base_month)
    left join dim_level as latest_level on latest.level_id = latest_level.level_id
    left join dim_level as earlier_level on earlier.level_id = earlier_level.level_id
    where latest.month = month_start(until_month);
