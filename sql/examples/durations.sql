-- one row per entity
-- en: How long do transactions take, entity by entity?
-- ar: كم تستغرق المعاملات في كل جهة؟
-- for: analyst
-- $from: 2025-01
-- $to: 2025-05
select
    entity_id,
    name_ar,
    name_en,
    value as median_minutes,
    numerator as timed_transactions,
    months_reported,
    months_expected,
    is_complete
from kpi_by_entity('processing_time_median', $from, $to)
order by value desc nulls last, entity_id
