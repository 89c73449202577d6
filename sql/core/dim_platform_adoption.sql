-- one row per platform and entity that uses it
create table dim_platform_adoption as
select
    platform_id,
    entity_id,
    adopted_on,
    source,
    coalesce(source_ar, source) as source_ar
from registry_platform_adoption
order by platform_id, entity_id;

comment on table dim_platform_adoption is
'Which entity uses which shared system or platform, and since when. | الجهات التي تستخدم كل نظام أو منصة مشتركة وتاريخ بدء الاستخدام.';
