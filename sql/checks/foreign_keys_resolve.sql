-- block: every entity, service, governorate, platform and level that is named is in its registry
select distinct
    'entity' as key_name,
    fct_transaction_month.entity_id as key_value
from fct_transaction_month
left join dim_entity on fct_transaction_month.entity_id = dim_entity.entity_id
where dim_entity.entity_id is null
union all
select distinct
    'service',
    fct_transaction_service_month.service_id
from fct_transaction_service_month
left join dim_service on fct_transaction_service_month.service_id = dim_service.service_id
where dim_service.service_id is null and fct_transaction_service_month.service_id is not null
union all
select distinct
    'governorate',
    fct_transaction_month.governorate_id
from fct_transaction_month
left join dim_governorate on fct_transaction_month.governorate_id = dim_governorate.governorate_id
where dim_governorate.governorate_id is null and fct_transaction_month.governorate_id is not null
union all
select distinct
    'platform',
    dim_platform_adoption.platform_id
from dim_platform_adoption
left join dim_platform on dim_platform_adoption.platform_id = dim_platform.platform_id
where dim_platform.platform_id is null
union all
select distinct
    'platform of a service',
    dim_service.platform_id
from dim_service
left join dim_platform on dim_service.platform_id = dim_platform.platform_id
where dim_platform.platform_id is null and dim_service.platform_id is not null
union all
select distinct
    'entity of a platform',
    dim_platform_adoption.entity_id
from dim_platform_adoption
left join dim_entity on dim_platform_adoption.entity_id = dim_entity.entity_id
where dim_entity.entity_id is null
union all
select distinct
    'governorate of a boundary',
    dim_governorate_boundary.governorate_id
from dim_governorate_boundary
left join dim_governorate on dim_governorate_boundary.governorate_id = dim_governorate.governorate_id
where dim_governorate.governorate_id is null
union all
select distinct
    'level of a published figure',
    dim_claim.level_id
from dim_claim
left join dim_level on dim_claim.level_id = dim_level.level_id
where dim_level.level_id is null and dim_claim.level_id is not null
