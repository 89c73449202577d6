-- one row per governorate
-- en: How do the governorates compare on an indicator?
-- ar: كيف تتقارن المحافظات في مؤشر؟
-- for: executive
-- $kpi: digital_transactions
-- $from: 2025-01
-- $to: 2025-05
select
    governorate_id,
    name_ar,
    name_en,
    value,
    unit,
    entities_reported,
    entities_expected,
    months_reported,
    months_expected,
    is_complete
from kpi_by_governorate($kpi, $from, $to)
order by value desc nulls last, governorate_id
