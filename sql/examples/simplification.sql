-- one row per entity
-- en: How much time did simplification save, entity by entity?
-- ar: كم من الوقت وفّر التبسيط في كل جهة؟
-- for: office
-- $from: 2025-01
-- $to: 2025-05
select
    entity_id,
    name_ar,
    name_en,
    value as minutes_saved_pct,
    numerator as minutes_saved,
    denominator as minutes_before
from kpi_by_entity('simplification_time_saved', $from, $to)
order by value desc nulls last, entity_id
