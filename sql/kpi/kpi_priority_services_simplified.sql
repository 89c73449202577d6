-- one row per month, entity and governorate
create view kpi_priority_services_simplified as
select
    month,
    entity_id,
    governorate_id,
    priority_simplified as numerator,
    priority as denominator
from fct_service_month
where priority > 0;

comment on view kpi_priority_services_simplified is
'Priority services simplified out of those targeted. | الخدمات ذات الأولوية المبسّطة من المستهدفة.';
