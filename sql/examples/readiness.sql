-- one row per entity
-- en: How ready is each entity?
-- ar: ما مدى جاهزية كل جهة؟
-- for: executive
-- $from: 2025-01
-- $to: 2025-05
select
    entity_id,
    name_ar,
    name_en,
    value as readiness_pct,
    as_of_month
from kpi_by_entity('entity_readiness', $from, $to)
order by value desc nulls last, entity_id
