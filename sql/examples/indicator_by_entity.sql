-- one row per entity
-- en: How do the entities rank on an indicator?
-- ar: كيف تترتب الجهات في مؤشر؟
-- for: executive
-- $kpi: digital_transactions
-- $from: 2025-01
-- $to: 2025-05
select
    entity_id,
    name_ar,
    name_en,
    value,
    unit,
    months_reported,
    months_expected,
    is_complete
from kpi_by_entity($kpi, $from, $to)
order by value desc nulls last, entity_id
