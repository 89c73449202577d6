-- one row per shared system or platform
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
    status,
    source
from registry_platforms
order by platform_id;

comment on table dim_platform is
'Shared government systems and platforms. | الأنظمة والمنصات الحكومية المشتركة.';
