-- one row per service with a lifecycle event: the first day of each, and what simplification changed
create table fct_service_life as
select
    service_id,
    min(event_on) filter (where event = 'registered') as registered_on,
    min(event_on) filter (where event = 'simplified') as simplified_on,
    min(event_on) filter (where event = 'simplified' and programme = 'manjam') as manjam_on,
    min(event_on) filter (where event = 'digitised') as digitised_on,
    min(event_on) filter (where event = 'retired') as retired_on,
    max(steps_before) filter (where steps_after is not null) as steps_before,
    max(steps_after) filter (where steps_before is not null) as steps_after,
    max(documents_before) filter (where documents_after is not null) as documents_before,
    max(documents_after) filter (where documents_before is not null) as documents_after,
    max(visits_before) filter (where visits_after is not null) as visits_before,
    max(visits_after) filter (where visits_before is not null) as visits_after,
    max(minutes_before) filter (where minutes_after is not null) as minutes_before,
    max(minutes_after) filter (where minutes_before is not null) as minutes_after
from fct_service_event
group by service_id
order by service_id;

comment on table fct_service_life is
'First day of each lifecycle event of a service, and what simplification changed. | أول يوم لكل حدث في عمر الخدمة، وما غيّره التبسيط.';
