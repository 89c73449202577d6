-- one row per project and month of the log of projects: where it stands at the end of the month
-- A project slipped when it fell further below its plan since the month before, or was newly reported as delayed.
create view serve_project_status as
with months as (
    select distinct fct_project_month.month
    from fct_project_month
),

latest as (
    select
        months.month,
        earlier.month as month_before,
        dim_project.project_id,
        dim_project.due_on,
        reported.reported_on,
        reported.progress_pct,
        reported.planned_pct,
        reported.variance_points,
        earlier.variance_points as variance_points_before,
        reported.status,
        earlier.status as status_before,
        coalesce(
            reported.standing, project_standing(null, null, dim_project.start_on, last_day(months.month))
        ) as standing
    from months
    cross join dim_project
    left join fct_project_month as reported
        on months.month = reported.month and dim_project.project_id = reported.project_id
    left join fct_project_month as earlier
        on
            (months.month - interval 1 month)::date = earlier.month
            and dim_project.project_id = earlier.project_id
),

compared as (
    select
        latest.*,
        -- What is done, or still ahead of its plan, does not fall behind it.
        case
            when latest.standing <> 'completed' and latest.variance_points < 0
                then greatest(latest.variance_points_before - latest.variance_points, 0)
        end as fall_points,
        coalesce(
            latest.standing <> 'completed' and latest.status = 'delayed' and latest.status_before <> 'delayed', false
        ) as is_newly_delayed
    from latest
)

select
    compared.month,
    compared.month_before,
    dim_project.project_id,
    dim_project.name_ar,
    dim_project.name_en,
    dim_project.owner_entity_id,
    dim_project.governorate_id,
    dim_project.in_programme,
    compared.reported_on,
    compared.progress_pct::double as progress_pct,
    compared.planned_pct::double as planned_pct,
    compared.variance_points::double as variance_points,
    compared.standing,
    dim_project_standing.name_ar as standing_ar,
    dim_project_standing.name_en as standing_en,
    dim_project_standing.sort_order as standing_order,
    compared.status as reported_status,
    dim_project_status.name_ar as reported_status_ar,
    dim_project_status.name_en as reported_status_en,
    -- Of what was never reported nobody knows whether it is overdue.
    case
        when compared.progress_pct is not null
            then coalesce(compared.standing <> 'completed' and compared.due_on <= last_day(compared.month), false)
    end as is_overdue,
    nullif(compared.fall_points, 0)::double as slipped_points,
    compared.is_newly_delayed,
    compared.is_newly_delayed or coalesce(compared.fall_points > 0, false) as has_slipped
from compared
inner join dim_project on compared.project_id = dim_project.project_id
left join dim_project_standing on compared.standing = dim_project_standing.standing
left join dim_project_status on compared.status = dim_project_status.status;

comment on view serve_project_status is
'Where every project stands against its plan at the end of each month: the one answer to what is behind, completed or slipped; what its body reported stands beside it. | موقع كل مشروع من خطته في نهاية كل شهر: الجواب الوحيد عمّا تأخر عن خطته أو اكتمل أو تراجع، وإلى جانبه ما أبلغت به جهته.';
