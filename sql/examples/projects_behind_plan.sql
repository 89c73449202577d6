-- one row per project
-- en: Which projects are furthest behind their plan?
-- ar: ما المشاريع الأكثر تأخرًا عن خطتها؟
-- for: executive
-- $month: 2025-05
-- $margin_points: 5
-- $top: 20
select
    dim_project.project_id,
    dim_project.name_ar,
    dim_project.name_en,
    fct_project_month.progress_pct,
    fct_project_month.planned_pct,
    fct_project_month.progress_pct - fct_project_month.planned_pct as distance_points,
    coalesce(fct_project_month.planned_pct - fct_project_month.progress_pct > $margin_points, false) as behind_plan,
    fct_project_month.status
from fct_project_month
inner join dim_project on fct_project_month.project_id = dim_project.project_id
where fct_project_month."month" = month_start($month)
order by distance_points, dim_project.project_id
limit $top::bigint
