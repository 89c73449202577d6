-- one row per governorate
-- en: How ready is each governorate?
-- ar: ما مدى جاهزية كل محافظة؟
-- for: executive
-- $from: 2025-01
-- $to: 2025-05
select
    governorate_id,
    name_ar,
    name_en,
    value as readiness_pct,
    as_of_month
from kpi_by_governorate('governorate_readiness', $from, $to)
order by value desc nulls last, governorate_id
