-- one row per service
-- en: Which services are used most digitally?
-- ar: ما الخدمات الأكثر استخدامًا رقميًا؟
-- for: executive
-- $from: 2025-01
-- $to: 2025-05
-- $entity: 
-- $top: 20
select
    service_id,
    name_ar,
    name_en,
    value as digital_transactions,
    entities_reported,
    entities_expected,
    months_reported,
    months_expected,
    is_complete
from kpi_by_service('digital_transactions', $from, $to, entity := $entity)
where service_id <> 'not_by_service'
order by value desc nulls last, service_id
limit $top::bigint
