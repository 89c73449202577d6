-- one row per entity
-- en: Which entities grew and which shrank, like for like, against the same months of the year before?
-- ar: أي الجهات نما وأيها تراجع على أساس مماثل مقارنة بالأشهر نفسها من العام السابق؟
-- for: executive
-- $kpi: digital_transactions
-- $from: 2025-01
-- $to: 2025-05
-- $base_from: 2024-01
-- $base_to: 2024-05
with matched as (
    select
        entity_id,
        sum(numerator)::bigint as numerator,
        sum(base_numerator)::bigint as base_numerator,
        sum(denominator)::bigint as denominator,
        sum(base_denominator)::bigint as base_denominator,
        count(*) filter (where state = 'silent') as services_silent,
        min(since) filter (where state = 'silent') as silent_since,
        sum(lone_numerator + lone_base_numerator + lone_denominator + lone_base_denominator) = 0 as is_like_for_like
    from like_for_like($kpi, month_start($from), month_start($to), month_start($base_from), month_start($base_to))
    group by entity_id
),

compared as (
    select
        this_period.entity_id,
        this_period.name_ar,
        this_period.name_en,
        this_period.value,
        base_period.value as base_value,
        100 * (this_period.value - base_period.value) / nullif(base_period.value, 0) as change_pct,
        100 * (
            matched.numerator::double / nullif(coalesce(nullif(matched.denominator, 0), 1), 0)
            / nullif(
                matched.base_numerator::double / nullif(coalesce(nullif(matched.base_denominator, 0), 1), 0), 0
            ) - 1
        ) as like_for_like_pct,
        matched.is_like_for_like,
        this_period.months_reported,
        this_period.months_expected,
        this_period.is_complete,
        coalesce(base_period.months_reported, 0)::bigint as base_months_reported,
        coalesce(base_period.months_expected, 0)::bigint as base_months_expected,
        coalesce(base_period.is_complete, false) as base_is_complete,
        coalesce(matched.services_silent, 0) as services_silent,
        matched.silent_since
    from kpi_by_entity($kpi, $from, $to) as this_period
    left join kpi_by_entity($kpi, $base_from, $base_to) as base_period
        on this_period.entity_id = base_period.entity_id
    left join matched on this_period.entity_id = matched.entity_id
)

-- What is whole in both periods stands first: elsewhere the change also says who reported.
select
    *,
    coalesce(is_like_for_like and is_complete and base_is_complete, false) as is_fair
from compared
order by is_fair desc, like_for_like_pct desc nulls last, entity_id
