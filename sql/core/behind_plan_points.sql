-- one row's limit, the same for all: by how many points progress may lie below its plan and still be on plan
-- The only place that says so: pages, documents and saved queries read the standing that follows from it.
-- Call: behind_plan_points()
create macro behind_plan_points() as 5.0;
