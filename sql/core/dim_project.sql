-- one row per project or initiative
create table dim_project as
select
    project_id,
    name_ar,
    name_en,
    kind,
    owner_entity_id,
    owner_ar,
    owner_en,
    coalesce(in_programme, false) as in_programme,
    governorate_id,
    start_on,
    due_on,
    coalesce(named_in_source, true) as named_in_source,
    coalesce(shared_platform, false) as shared_platform,
    purpose_ar,
    purpose_en,
    status as published_status,
    also_named,
    source,
    coalesce(source_ar, source) as source_ar
from registry_projects
order by project_id;

comment on table dim_project is
'Projects and initiatives of the programme and of the governorates. | مشاريع البرنامج والمحافظات ومبادراتها.';
