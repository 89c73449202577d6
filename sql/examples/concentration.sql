-- one row per entity
-- en: How concentrated are digital transactions on few entities?
-- ar: ما مدى تركّز المعاملات الرقمية في جهات قليلة؟
-- for: analyst
-- $from: 2025-01
-- $to: 2025-05
select
    entity_id,
    name_ar,
    name_en,
    value as digital_transactions,
    100 * sum(value) over (order by value desc nulls last, entity_id) / nullif(sum(value) over (), 0) as cumulative_pct,
    months_reported,
    months_expected,
    is_complete
from kpi_by_entity('digital_transactions', $from, $to)
order by value desc nulls last, entity_id
