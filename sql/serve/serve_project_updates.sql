-- one row per project and progress report, as it was sent
create view serve_project_updates as
select
    fct_project_update.project_id,
    fct_project_update.reported_on,
    fct_project_update.progress_pct::double as progress_pct,
    fct_project_update.planned_pct::double as planned_pct,
    points_against_plan(fct_project_update.progress_pct, fct_project_update.planned_pct)::double as variance_points,
    fct_project_update.status as reported_status,
    dim_project_status.name_ar as reported_status_ar,
    dim_project_status.name_en as reported_status_en,
    fct_project_update.note
from fct_project_update
left join dim_project_status on fct_project_update.status = dim_project_status.status;

comment on view serve_project_updates is
'Every progress report with its distance from the plan. | كل تقرير تقدم مع فرقه عن الخطة.';
