-- one row per month, entity, service, governorate and digital channel
-- Where rows tell the channel and none of them is digital, there were none: that is zero, and not a gap.
create view kpi_digital_transactions as
with digital as (
    select
        cube.month,
        cube.entity_id,
        cube.service_id,
        cube.governorate_id,
        cube.channel,
        coalesce(sum(cube.transactions) filter (where cube.outcome = 'completed'), 0)::bigint as numerator
    from fct_transaction_service_month as cube
    inner join dim_channel on cube.channel = dim_channel.channel and dim_channel.digital
    group by cube.month, cube.entity_id, cube.service_id, cube.governorate_id, cube.channel
),

-- The digital channels that anybody uses: each of them has none where there is none at all.
used as (
    select distinct digital.channel
    from digital
),

others as (
    select distinct
        cube.month,
        cube.entity_id,
        cube.service_id,
        cube.governorate_id
    from fct_transaction_service_month as cube
    inner join dim_channel on cube.channel = dim_channel.channel and not dim_channel.digital
),

without as (
    select others.*
    from others
    anti join digital
        on
            others.month = digital.month
            and others.entity_id = digital.entity_id
            and others.service_id is not distinct from digital.service_id
            and others.governorate_id is not distinct from digital.governorate_id
)

select
    month,
    entity_id,
    service_id,
    governorate_id,
    channel,
    numerator,
    null::bigint as denominator
from digital
union all
select
    without.month,
    without.entity_id,
    without.service_id,
    without.governorate_id,
    used.channel,
    0::bigint as numerator,
    null::bigint as denominator
from without
cross join used;

comment on view kpi_digital_transactions is
'Completed transactions through a digital channel. | المعاملات المكتملة عبر القنوات الرقمية.';
