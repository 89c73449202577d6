-- one row per project: what was last reported of it up to the end of a month, empty where nothing was
-- Call: serve_project_reports('2025-05')
create macro serve_project_reports(until_month) as table
    with last_month as (
        select max(fct_project_month.month) as counted_month
        from fct_project_month
        where fct_project_month.month <= month_start(until_month)
    )

    select
        dim_project.project_id,
        dim_project.name_ar,
        dim_project.name_en,
        dim_project.in_programme,
        dim_project.due_on,
        dim_project.owner_entity_id,
        dim_project.owner_ar,
        dim_project.owner_en,
        dim_project.governorate_id,
        reported.reported_on,
        reported.progress_pct::double as progress_pct,
        reported.planned_pct::double as planned_pct,
        (reported.progress_pct - reported.planned_pct)::double as variance_points,
        reported.status,
        dim_project_status.name_ar as status_ar,
        dim_project_status.name_en as status_en
    from dim_project
    cross join last_month
    left join fct_project_month as reported
        on dim_project.project_id = reported.project_id and last_month.counted_month = reported.month
    left join dim_project_status on reported.status = dim_project_status.status;
