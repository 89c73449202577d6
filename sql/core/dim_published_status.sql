-- one row per code of the list
create table dim_published_status as
select
    id as published_status,
    name_ar,
    name_en,
    sort_order
from code_published_status
order by sort_order;

comment on table dim_published_status is
'States that a source gives a project, platform, initiative or guide. | الحالات التي يذكرها المصدر لمشروع أو منصة أو مبادرة أو دليل.';
