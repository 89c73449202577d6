-- one row per code of the list
create table dim_project_status as
select
    id as status,
    name_ar,
    name_en,
    sort_order
from code_project_status
order by sort_order;

comment on table dim_project_status is
'States of a project in its progress reports. | حالات المشروع في تقارير تقدمه.';
