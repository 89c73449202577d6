-- one row per entity
-- en: Who sends late, and how often?
-- ar: من يتأخر في الإرسال، وكم مرة؟
-- for: office
-- $from: 2025-01
-- $to: 2025-05
select
    entity_id,
    name_ar,
    name_en,
    count(*) filter (where status = 'late') as late_months,
    count(*) filter (where status = 'missing') as missing_months,
    count(*) as expected_months
from serve_coverage
where "month" between month_start($from) and month_start($to) and status <> 'not_expected'
group by entity_id, name_ar, name_en
having late_months + missing_months > 0
order by missing_months desc, late_months desc, entity_id
