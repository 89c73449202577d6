-- one row per governorate
-- en: How many digital transactions are there per 1,000 residents of each governorate?
-- ar: كم معاملة رقمية لكل 1,000 نسمة في كل محافظة؟
-- for: executive
-- $from: 2025-01
-- $to: 2025-05
select
    governorate_id,
    name_ar,
    name_en,
    value as transactions_per_1000,
    numerator as digital_transactions,
    denominator as residents,
    entities_reported,
    entities_expected,
    months_reported,
    months_expected,
    is_complete
from kpi_by_governorate('transactions_per_1000', $from, $to)
order by value desc nulls last, governorate_id
