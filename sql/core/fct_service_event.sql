-- one row per lifecycle event of a service
create table fct_service_event as
select
    service_id,
    event,
    event_on,
    programme,
    steps_before,
    steps_after,
    documents_before,
    documents_after,
    visits_before,
    visits_after,
    minutes_before,
    minutes_after
from lake_services
order by event_on, service_id, event;

comment on table fct_service_event is
'Lifecycle of services: registered, simplified, digitised, retired. | أحداث الخدمات: إدراج وتبسيط ورقمنة وإيقاف.';
