-- one row per month
-- en: How many of the expected entities reported each month?
-- ar: كم جهة أبلغت من المتوقع إبلاغها كل شهر؟
-- for: office
-- $from: 2025-01
-- $to: 2025-05
select
    "month",
    numerator as entities_reporting,
    denominator as entities_expected,
    value as reporting_pct,
    is_complete
from kpi_series('entities_reporting', $from, $to)
order by "month"
