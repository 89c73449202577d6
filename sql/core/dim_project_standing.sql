-- one row per code of the list
create table dim_project_standing as
select
    id as standing,
    name_ar,
    name_en,
    sort_order
from code_project_standing
order by sort_order;

comment on table dim_project_standing is
'What a project has reached against its plan, what asks for attention first. | ما بلغه المشروع من خطته، والأولى بالنظر أولًا.';
