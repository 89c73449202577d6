-- one row per guide or policy
create table dim_guide as
select
    guide_id,
    name_ar,
    name_en,
    kind,
    owner_entity_id,
    owner_ar,
    owner_en,
    status as published_status,
    issued_on,
    also_named,
    source,
    coalesce(source_ar, source) as source_ar
from registry_guides
order by guide_id;

comment on table dim_guide is
'Guides and policies issued for the programme. | الأدلة والسياسات الصادرة.';
