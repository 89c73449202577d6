-- one row per month, from the month of the first journey on
create view kpi_journeys_designed as
select
    dim_month.month,
    null::varchar as entity_id,
    null::varchar as governorate_id,
    count(*)::bigint as numerator,
    null::bigint as denominator
from dim_month
inner join dim_journey on dim_month.month_end >= dim_journey.designed_on
group by dim_month.month;

comment on view kpi_journeys_designed is
'Journeys whose design was finished by the end of the month. | الرحلات المكتمل تصميمها حتى نهاية الشهر.';
