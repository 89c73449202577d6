-- one row per month, entity and governorate
create view kpi_services_simplified_manjam as
select
    month,
    entity_id,
    governorate_id,
    simplified_manjam as numerator,
    null::bigint as denominator
from fct_service_month
where registered > 0;

comment on view kpi_services_simplified_manjam is
'Services simplified in the Manjam labs. | خدمات بُسّطت في مختبرات منجم.';
