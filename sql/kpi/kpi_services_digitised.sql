-- one row per month, entity and governorate
create view kpi_services_digitised as
select
    month,
    entity_id,
    governorate_id,
    digitised as numerator,
    in_digitisation_scope as denominator
from fct_service_month
where in_digitisation_scope > 0;

comment on view kpi_services_digitised is
'Services digitised out of those in the digitisation scope. | الخدمات المرقمنة من نطاق الرقمنة.';
