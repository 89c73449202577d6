-- one row's distance of progress from plan, in points: rounded once, before anything is decided on it
-- Progress is not reported finer than a tenth of a point.
-- Call: points_against_plan(54.96, 60)
create macro points_against_plan(progress, plan) as round(progress - plan, 1);
