-- one row per service and event of its life
create view serve_service_events as
select
    service_id,
    event,
    event_on,
    programme,
    case event
        when 'registered' then 1 when 'simplified' then 2 when 'digitised' then 3 else 4
    end::bigint as sort_order
from fct_service_event;

comment on view serve_service_events is
'What happened to each service and when; what falls on one day comes in the order of a life. | ما مرت به كل خدمة ومتى، وما وقع في يوم واحد يرد بترتيبه المعتاد.';
