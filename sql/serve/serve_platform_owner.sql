-- one row per shared platform or system: what it is for, and who owns it
create view serve_platform_owner as
select
    dim_platform.platform_id,
    dim_platform.name_ar,
    dim_platform.name_en,
    dim_platform.purpose_ar,
    dim_platform.purpose_en,
    dim_platform.owner_entity_id,
    dim_entity.governorate_id
from dim_platform
left join dim_entity on dim_platform.owner_entity_id = dim_entity.entity_id;

comment on view serve_platform_owner is
'Shared platforms and systems with their purpose, their owner and the governorate of the owner. | المنصات والأنظمة المشتركة مع الغرض منها ومالكها ومحافظة المالك.';
