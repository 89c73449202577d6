-- one row per entity
-- en: Do entities with an active change team have higher digital take-up?
-- ar: هل الإقبال الرقمي أعلى في الجهات ذات فرق التغيير الفاعلة؟
-- for: analyst
-- $from: 2025-01
-- $to: 2025-05
select
    take_up.entity_id,
    take_up.name_ar,
    take_up.name_en,
    take_up.value as take_up_pct,
    coalesce(dim_change_team.active_from <= month_start($to), false) as has_active_team,
    take_up.months_reported,
    take_up.months_expected,
    take_up.is_complete
from kpi_by_entity('digital_take_up', $from, $to) as take_up
left join dim_change_team on take_up.entity_id = dim_change_team.entity_id
order by take_up_pct desc nulls last, take_up.entity_id
