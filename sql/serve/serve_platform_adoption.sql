-- one row per shared platform and entity that reports transactions and uses it
create view serve_platform_adoption as
select
    dim_platform_adoption.platform_id,
    dim_platform_adoption.entity_id,
    dim_entity.name_ar,
    dim_entity.name_en,
    dim_platform_adoption.adopted_on
from dim_platform_adoption
inner join dim_entity on dim_platform_adoption.entity_id = dim_entity.entity_id
where dim_entity.reports_transactions;

comment on view serve_platform_adoption is
'Who uses which shared platform, and since when. | من يستخدم كل منصة مشتركة ومنذ متى.';
