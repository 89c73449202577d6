-- one row per service and time of an owner that is not, under its name of today, the body that answers for it now
create view serve_service_move as
select
    owners.service_id,
    successor.current_entity_id as from_entity_id,
    today.current_entity_id as to_entity_id,
    owners.owned_from,
    owners.owned_to
from dim_service_owner as owners
inner join dim_service_current_owner as today on owners.service_id = today.service_id
inner join dim_entity_successor as successor on owners.entity_id = successor.entity_id
where successor.current_entity_id <> today.current_entity_id;

comment on view serve_service_move is
'Services that moved by themselves: which body had them, as it is called today, until when, and which has them now. | الخدمات التي انتقلت وحدها: الجهة التي كانت تتولاها باسمها اليوم وحتى متى، والجهة التي تتولاها الآن.';
