-- one row per project: what the registry says of it, and where it stands at the last month of the log within a period
-- Call: serve_projects('2025-01', '2025-05')
create macro serve_projects(from_month, to_month) as table
    with as_of as (
        select max(fct_project_month.month) as "month"
        from fct_project_month
        where fct_project_month.month between month_start(from_month) and month_start(to_month)
    ),

    states as (
        select serve_project_status.*
        from serve_project_status
        inner join as_of on serve_project_status.month = as_of.month
    )

    select
        states.month,
        states.month_before,
        dim_project.project_id,
        dim_project.name_ar,
        dim_project.name_en,
        dim_project.kind,
        dim_kind.name_ar as kind_ar,
        dim_kind.name_en as kind_en,
        dim_project.owner_entity_id,
        dim_project.owner_ar,
        dim_project.owner_en,
        dim_project.in_programme,
        dim_project.governorate_id,
        dim_governorate.name_ar as governorate_ar,
        dim_governorate.name_en as governorate_en,
        dim_project.start_on,
        dim_project.due_on,
        dim_project.named_in_source,
        dim_project.shared_platform,
        dim_project.published_status,
        dim_published_status.name_ar as published_ar,
        dim_published_status.name_en as published_en,
        dim_project.also_named,
        dim_project.source,
        dim_project.source_ar,
        states.reported_on,
        states.progress_pct,
        states.planned_pct,
        states.variance_points,
        -- Of a period without a month of the log nothing was reported.
        standing.standing,
        standing.name_ar as standing_ar,
        standing.name_en as standing_en,
        standing.sort_order as standing_order,
        states.reported_status,
        states.reported_status_ar,
        states.reported_status_en,
        states.is_overdue,
        states.slipped_points,
        coalesce(states.is_newly_delayed, false) as is_newly_delayed,
        coalesce(states.has_slipped, false) as has_slipped
    from dim_project
    left join states on dim_project.project_id = states.project_id
    left join dim_project_standing as standing
        on
            coalesce(
                states.standing,
                project_standing(null, null, dim_project.start_on, last_day(month_start(to_month)))
            ) = standing.standing
    left join dim_kind on dim_project.kind = dim_kind.kind
    left join dim_published_status on dim_project.published_status = dim_published_status.published_status
    left join dim_governorate on dim_project.governorate_id = dim_governorate.governorate_id;
