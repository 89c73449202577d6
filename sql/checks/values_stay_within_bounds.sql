-- block: no value lies outside what its KPI can be: a share is never negative nor larger than the whole
with answers as (
    select
        serve_kpi.kpi_id,
        serve_kpi.month,
        serve_kpi.entity_id,
        serve_kpi.governorate_id,
        meta_kpi.lowest_value,
        meta_kpi.highest_value,
        case
            when meta_kpi.kind = 'sum' then serve_kpi.numerator::double
            else meta_kpi.scale * serve_kpi.numerator::double / nullif(serve_kpi.denominator, 0)
        end as value,
        -- A part of nothing has no value, and is no less larger than the whole.
        meta_kpi.kind <> 'sum' and meta_kpi.highest_value is not null
        and serve_kpi.denominator = 0 and serve_kpi.numerator > 0 as of_nothing
    from serve_kpi
    inner join meta_kpi on serve_kpi.kpi_id = meta_kpi.kpi_id
    where meta_kpi.kind in ('sum', 'ratio', 'weighted_mean')
)

select
    kpi_id,
    month,
    entity_id,
    governorate_id,
    value,
    lowest_value,
    highest_value
from answers
where value < lowest_value or value > highest_value or of_nothing
