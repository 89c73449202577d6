-- one row per month, entity and governorate
create view kpi_simplification_time_saved as
select
    month,
    entity_id,
    governorate_id,
    minutes_before - minutes_after as numerator,
    minutes_before as denominator
from fct_service_month
where minutes_before > 0;

comment on view kpi_simplification_time_saved is
'Minutes removed by simplification out of the minutes before. | الدقائق المختصرة من الدقائق قبل التبسيط.';
