-- one row per excellence level: the bodies that stand at it at the last month counted in a period
-- Call: serve_levels('2025-01', '2025-05')
create macro serve_levels(from_month, to_month) as table
    select
        dim_level.level_id,
        dim_level.name_ar,
        dim_level.name_en,
        dim_level.sort_order,
        coalesce(points.value, 0)::bigint as bodies,
        max(points.as_of_month) over () as as_of_month
    from dim_level
    left join
        kpi_points('excellence_level', month_start(from_month), month_start(to_month), "by" := 'level') as points
        on dim_level.level_id = points.group_id;
