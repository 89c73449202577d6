-- one row per state of a service
-- en: How much of the growth comes from services that entered or left?
-- ar: كم من النمو سببه خدمات دخلت أو خرجت؟
-- for: executive
-- $from: 2025-01
-- $to: 2025-05
-- $base_from: 2024-01
-- $base_to: 2024-05
select
    state,
    count(*) as services,
    sum(value)::bigint as value,
    sum(base_value)::bigint as base_value,
    100 * (sum(value) - sum(base_value)) / nullif(sum(base_value), 0) as change_pct
from
    like_for_like(
        'digital_transactions', month_start($from), month_start($to), month_start($base_from), month_start($base_to)
    )
group by state
order by state
