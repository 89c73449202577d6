-- one row per service that is silent in the last month that its sender sent
-- The last month sent decides: one that the sender still owes says nothing of its services.
create view serve_services_silent_now as
with latest as (
    select
        service_id,
        name_ar,
        name_en,
        arg_max(entity_id, month) as entity_id,
        arg_max(state, month) filter (where state <> 'not_provided') as state,
        arg_max(silent_since, month) filter (where state <> 'not_provided') as silent_since,
        max(month) filter (where state <> 'not_provided') as silent_until
    from serve_service_coverage
    group by service_id, name_ar, name_en
)

select
    entity_id,
    service_id,
    coalesce(name_ar, service_id) as name_ar,
    coalesce(name_en, service_id) as name_en,
    silent_since,
    silent_until
from latest
where state = 'silent';

comment on view serve_services_silent_now is
'Services that are silent now though their sender goes on to send, and since when. | الخدمات المنقطعة الآن مع أن جهتها ما زالت ترسل، ومنذ متى.';
