-- one row per channel
-- en: Through which channels do transactions come?
-- ar: عبر أي قنوات ترد المعاملات؟
-- for: executive
-- $from: 2025-01
-- $to: 2025-05
select
    channel,
    name_ar,
    name_en,
    value as transactions,
    100 * value / nullif(sum(value) over (), 0) as share_pct,
    entities_reported,
    entities_expected,
    months_reported,
    months_expected,
    is_complete
from kpi_by_channel('transactions', $from, $to)
order by value desc nulls last, channel
