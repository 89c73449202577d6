-- one row per entity
-- en: Which entities grew and which shrank against the same months of the year before?
-- ar: أي الجهات نما وأيها تراجع مقارنة بالأشهر نفسها من العام السابق؟
-- for: executive
-- $kpi: digital_transactions
-- $from: 2025-01
-- $to: 2025-05
-- $base_from: 2024-01
-- $base_to: 2024-05
select
    this_period.entity_id,
    this_period.name_ar,
    this_period.name_en,
    this_period.value,
    base_period.value as base_value,
    100 * (this_period.value - base_period.value) / nullif(base_period.value, 0) as change_pct
from kpi_by_entity($kpi, $from, $to) as this_period
left join kpi_by_entity($kpi, $base_from, $base_to) as base_period
    on this_period.entity_id = base_period.entity_id
order by change_pct desc nulls last, this_period.entity_id
