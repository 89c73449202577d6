-- one row per beneficiary journey
create table dim_journey as
select
    journey_id,
    name_ar,
    name_en,
    designed_on,
    source
from registry_journeys
order by journey_id;

comment on table dim_journey is
'Beneficiary journeys. | رحلات المستفيد.';
