-- one row per project
-- en: Which projects are furthest behind their plan?
-- ar: ما المشاريع الأكثر تأخرًا عن خطتها؟
-- for: executive
-- $month: 2025-05
-- $top: 20
select
    project_id,
    name_ar,
    name_en,
    in_programme,
    progress_pct,
    planned_pct,
    variance_points,
    standing,
    reported_status
from serve_project_status
where "month" = month_start($month)
order by variance_points, project_id
limit $top::bigint
