-- one row per month, entity and governorate
create view kpi_simplification_steps_saved as
select
    month,
    entity_id,
    governorate_id,
    steps_before - steps_after as numerator,
    steps_before as denominator
from fct_service_month
where steps_before > 0;

comment on view kpi_simplification_steps_saved is
'Steps removed by simplification out of the steps before. | الخطوات المختصرة من الخطوات قبل التبسيط.';
