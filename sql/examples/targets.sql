-- one row per target
-- en: How far is each indicator from its target?
-- ar: ما بُعد كل مؤشر عن مستهدفه؟
-- for: executive
-- $kpi: programme_performance
-- $from: 2025-01
-- $to: 2025-05
select
    series."month",
    series.value,
    dim_target.value as target_value,
    series.value - dim_target.value as distance,
    series.is_complete
from kpi_series($kpi, $from, $to) as series
left join dim_target
    on
        dim_target.kpi_id = $kpi
        and dim_target.entity_id is null
        and series."month" >= dim_target.valid_from
        and series."month" <= coalesce(dim_target.valid_to, series."month")
order by series."month"
