-- one row per month of the log of projects: the mean plan of the programme's projects, null where one gave none
-- Call: serve_planned_progress(entity := 'mtcit')
create macro serve_planned_progress(entity := null) as table
    select
        fct_project_month.month,
        case
            when count(fct_project_month.planned_pct) = count(*)
                then (sum(fct_project_month.planned_pct) / nullif(count(*), 0))::double
        end as planned_pct
    from fct_project_month
    where fct_project_month.in_programme and (entity is null or fct_project_month.entity_id = entity)
    group by fct_project_month.month;
