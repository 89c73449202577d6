-- one row per state of a service
-- en: How much of the growth comes from services that entered, left or fell silent?
-- ar: كم من النمو سببه خدمات دخلت أو خرجت أو انقطعت؟
-- for: executive
-- $kpi: digital_transactions
-- $from: 2025-01
-- $to: 2025-05
-- $base_from: 2024-01
-- $base_to: 2024-05
select
    state,
    count(*) as services,
    min(since) as first_since,
    sum(numerator)::bigint as numerator,
    sum(base_numerator)::bigint as base_numerator,
    100 * (sum(numerator) - sum(base_numerator)) / nullif(sum(base_numerator), 0) as like_for_like_pct,
    sum(lone_numerator)::bigint as lone_numerator,
    sum(lone_base_numerator)::bigint as lone_base_numerator
from like_for_like($kpi, month_start($from), month_start($to), month_start($base_from), month_start($base_to))
group by state
order by state
