-- one row per entity and month
-- en: Which entity still owes which month?
-- ar: أي جهة لم تُبلغ عن أي شهر؟
-- for: office
-- $from: 2025-01
-- $to: 2025-05
select
    "month",
    entity_id,
    name_ar,
    name_en,
    status,
    due_on
from serve_coverage
where status = 'missing' and "month" between month_start($from) and month_start($to)
order by "month", entity_id
