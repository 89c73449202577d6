-- one row's standing: what a project has reached against its plan by the end of a day
-- It follows from progress and plan alone; what its body calls it is its reported status.
-- Call: project_standing(54.96, 60, '2024-01-01', '2025-05-31')
create macro project_standing(progress, plan, begins_on, as_of_day) as case
    when progress = 100 then 'completed'
    when progress is null and begins_on > as_of_day::date then 'not_begun'
    when progress is null then 'not_reported'
    when progress = 0 and coalesce(plan, 0) = 0 then 'not_begun'
    when plan is null then 'no_plan'
    when points_against_plan(progress, plan) < -behind_plan_points() then 'behind'
    else 'on_plan'
end;
