-- one row per quarter
-- en: How did an indicator develop quarter by quarter, and which quarters are whole?
-- ar: كيف تطوّر المؤشر ربعًا فربعًا، وأي الأرباع مكتمل؟
-- for: executive
-- $kpi: digital_transactions
-- $from: 2024-01
-- $to: 2025-05
-- $entity: 
-- $governorate: 
select
    year("month") || '-Q' || quarter("month") as quarter,
    value,
    unit,
    entities_reported,
    entities_expected,
    months_reported,
    months_expected,
    months_partial > 0 as days_are_missing,
    is_complete
from
    kpi_series(
        $kpi, date_trunc('quarter', month_start($from)), $to,
        entity := $entity, governorate := $governorate, months_per_point := 3
    )
order by "month"
