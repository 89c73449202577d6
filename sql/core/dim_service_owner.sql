-- one row per service and owner, with the days from and until which it was the owner
create table dim_service_owner as
select
    service_id,
    entity_id,
    coalesce(valid_from, date '1900-01-01') as owned_from,
    coalesce(valid_to, date '2199-12-31') as owned_to,
    successor_id
from registry_services
order by service_id, owned_from;

comment on table dim_service_owner is
'Which body owned a service from when to when; a service that never moved has one row for all days. | الجهة المالكة لكل خدمة ومدة ملكيتها.';
