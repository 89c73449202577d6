-- one row per shared system or platform, whether it has a registry row of its own or a project delivers it
create table dim_platform as
select
    platform_id,
    name_ar,
    name_en,
    kind,
    owner_entity_id,
    owner_ar,
    owner_en,
    purpose_ar,
    purpose_en,
    status as published_status,
    status_year,
    also_named,
    null::varchar as project_id,
    source,
    coalesce(source_ar, source) as source_ar
from registry_platforms
union all
select
    project_id as platform_id,
    name_ar,
    name_en,
    kind,
    owner_entity_id,
    owner_ar,
    owner_en,
    purpose_ar,
    purpose_en,
    status,
    null::bigint,
    also_named,
    project_id,
    source,
    coalesce(source_ar, source)
from registry_projects
where shared_platform
order by platform_id;

comment on table dim_platform is
'Shared government systems and platforms; project_id names the project that delivers one. | الأنظمة والمنصات الحكومية المشتركة، ومعها المشروع الذي يقدّمها إن وُجد.';
