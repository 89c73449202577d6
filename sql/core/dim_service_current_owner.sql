-- one row per service: the body that answers for it today, also where its last owner was merged or renamed
create table dim_service_current_owner as
select
    dim_service.service_id,
    dim_entity_successor.current_entity_id
from dim_service
inner join dim_entity_successor on dim_service.entity_id = dim_entity_successor.entity_id
order by dim_service.service_id;

comment on table dim_service_current_owner is
'The body that answers for a service today. | الجهة التي تتولى كل خدمة اليوم.';
