-- one row per month
-- en: How did an indicator develop month by month?
-- ar: كيف تطوّر المؤشر شهرًا فشهرًا؟
-- for: executive
-- $kpi: digital_take_up
-- $from: 2025-01
-- $to: 2025-05
-- $entity: 
-- $governorate: 
select
    "month",
    value,
    numerator,
    denominator,
    unit,
    entities_reported,
    entities_expected,
    months_partial > 0 as days_are_missing,
    is_complete
from kpi_series($kpi, $from, $to, entity := $entity, governorate := $governorate)
order by "month"
