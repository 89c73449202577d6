-- one row per month
-- en: How many services are digitised, and what share of those in scope is that?
-- ar: كم خدمة رُقمنت، وما نسبتها من الخدمات في النطاق؟
-- for: office
-- $from: 2025-01
-- $to: 2025-05
select
    "month",
    numerator as digitised,
    denominator as in_scope,
    value as digitised_pct
from kpi_series('services_digitised', $from, $to)
order by "month"
