-- one row per indicator that counts what people did
-- en: What are the headline figures of the period?
-- ar: ما أبرز أرقام الفترة؟
-- for: executive
-- $from: 2025-01
-- $to: 2025-05
select
    meta_kpi.kpi_id,
    meta_kpi.name_ar,
    meta_kpi.name_en,
    points.value,
    meta_kpi.unit,
    coverage.entities_reported,
    coverage.entities_expected,
    coverage.months_reported,
    coverage.months_expected,
    coverage.is_complete
from meta_kpi
inner join (
    select
        'digital_transactions' as kpi_id,
        value
    from kpi_points('digital_transactions', month_start($from), month_start($to))
    union all
    select
        'transactions',
        value
    from kpi_points('transactions', month_start($from), month_start($to))
    union all
    select
        'digital_take_up',
        value
    from kpi_points('digital_take_up', month_start($from), month_start($to))
    union all
    select
        'completion_rate',
        value
    from kpi_points('completion_rate', month_start($from), month_start($to))
    union all
    select
        'satisfaction',
        value
    from kpi_points('satisfaction', month_start($from), month_start($to))
) as points on meta_kpi.kpi_id = points.kpi_id
cross join kpi_coverage($from, $to) as coverage
order by meta_kpi.sort_order
