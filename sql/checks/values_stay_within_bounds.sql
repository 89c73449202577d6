-- block: no value lies outside what its KPI can be: a share is never negative nor larger than the whole
select
    serve_kpi.kpi_id,
    serve_kpi.month,
    serve_kpi.entity_id,
    serve_kpi.governorate_id,
    serve_kpi.numerator,
    serve_kpi.denominator
from serve_kpi
inner join meta_kpi on serve_kpi.kpi_id = meta_kpi.kpi_id
where
    meta_kpi.kind in ('ratio', 'weighted_mean')
    and (
        meta_kpi.scale * serve_kpi.numerator::double < meta_kpi.lowest_value * serve_kpi.denominator
        or meta_kpi.scale * serve_kpi.numerator::double > meta_kpi.highest_value * serve_kpi.denominator
    )
union all
select
    serve_kpi.kpi_id,
    serve_kpi.month,
    serve_kpi.entity_id,
    serve_kpi.governorate_id,
    serve_kpi.numerator,
    serve_kpi.denominator
from serve_kpi
inner join meta_kpi on serve_kpi.kpi_id = meta_kpi.kpi_id
where
    meta_kpi.kind = 'sum'
    and (serve_kpi.numerator < meta_kpi.lowest_value or serve_kpi.numerator > meta_kpi.highest_value)
