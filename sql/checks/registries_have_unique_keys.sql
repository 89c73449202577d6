-- block: no key stands twice in a registry
select
    'entity' as registry,
    entity_id as key_value
from dim_entity
group by entity_id
having count(*) > 1
union all
select
    'governorate',
    governorate_id
from dim_governorate
group by governorate_id
having count(*) > 1
union all
select
    'service',
    service_id
from dim_service
group by service_id
having count(*) > 1
union all
select
    'project',
    project_id
from dim_project
group by project_id
having count(*) > 1
union all
select
    'claim',
    claim_id
from dim_claim
group by claim_id
having count(*) > 1
union all
select
    'indicator',
    indicator_id
from dim_indicator
group by indicator_id
having count(*) > 1
union all
select
    'platform',
    platform_id
from dim_platform
group by platform_id
having count(*) > 1
union all
select
    'platform_adoption',
    platform_id || ' ' || entity_id
from dim_platform_adoption
group by platform_id, entity_id
having count(*) > 1
