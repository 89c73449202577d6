-- block: the numerator of a share is never negative nor larger than its denominator
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
    meta_kpi.unit = 'percent'
    and (serve_kpi.numerator < 0 or serve_kpi.numerator > serve_kpi.denominator)
