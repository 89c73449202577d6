-- one row per project and date of its progress report
create table fct_project_update as
select
    project_id,
    reported_on,
    progress_pct,
    planned_pct,
    status,
    note
from lake_projects
order by project_id, reported_on;

comment on table fct_project_update is
'Progress reports of projects as sent. | تقارير تقدم المشاريع كما وردت.';
