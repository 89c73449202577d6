-- block: no percentage is published as a share of 1, such as 0.34 for 34 percent
with shares as (
    select
        serve_kpi.kpi_id,
        max(serve_kpi.numerator::double / nullif(serve_kpi.denominator, 0)) as highest
    from serve_kpi
    inner join meta_kpi on serve_kpi.kpi_id = meta_kpi.kpi_id
    where meta_kpi.unit = 'percent' and meta_kpi.scale = 1
    group by serve_kpi.kpi_id
)

select
    kpi_id,
    highest as highest_value
from shares
where highest > 0 and highest <= 1
