-- one row per level
-- en: How many entities stand at each excellence level?
-- ar: كم جهة في كل مستوى من مستويات الإجادة؟
-- for: executive
-- $from: 2025-01
-- $to: 2025-05
select
    dim_level.level_id,
    dim_level.name_ar,
    dim_level.name_en,
    coalesce(points.value, 0) as entities
from dim_level
left join kpi_points('excellence_level', month_start($from), month_start($to), "by" := 'level') as points
    on dim_level.level_id = points.group_id
order by dim_level.sort_order
