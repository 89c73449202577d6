-- one row per month and project: its latest report at the end of the month
create table fct_project_month as
with log_months as (
    select
        month,
        month_end
    from dim_month
    where
        month between
        (select date_trunc('month', min(reported_on)) from fct_project_update)
        and (select max(reported_on) from fct_project_update)
),

latest as (
    select
        log_months.month,
        fct_project_update.project_id,
        dim_project.owner_entity_id as entity_id,
        dim_project.governorate_id,
        dim_project.in_programme,
        dim_project.start_on,
        log_months.month_end,
        max(fct_project_update.reported_on) as reported_on,
        -- What the latest report leaves open stays open: an older plan would be held against newer progress.
        arg_max_null(fct_project_update.progress_pct, fct_project_update.reported_on) as progress_pct,
        arg_max_null(fct_project_update.planned_pct, fct_project_update.reported_on) as planned_pct,
        arg_max_null(fct_project_update.status, fct_project_update.reported_on) as status
    from log_months
    inner join fct_project_update on log_months.month_end >= fct_project_update.reported_on
    inner join dim_project on fct_project_update.project_id = dim_project.project_id
    group by
        log_months.month,
        fct_project_update.project_id,
        dim_project.owner_entity_id,
        dim_project.governorate_id,
        dim_project.in_programme,
        dim_project.start_on,
        log_months.month_end
)

select
    latest.* exclude (start_on, month_end),
    points_against_plan(latest.progress_pct, latest.planned_pct) as variance_points,
    project_standing(latest.progress_pct, latest.planned_pct, latest.start_on, latest.month_end) as standing
from latest
order by latest.month, latest.project_id;

comment on table fct_project_month is
'State of each project at the end of each month. | حالة كل مشروع في نهاية كل شهر.';
