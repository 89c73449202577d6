-- one row per month and channel
-- en: How did one service develop, through which channels?
-- ar: كيف تطوّرت خدمة واحدة وعبر أي قنوات؟
-- for: analyst
-- $service: rop-001
-- $from: 2025-01
-- $to: 2025-05
with used as (
    select
        cube."month",
        dim_channel.name_ar as channel_ar,
        dim_channel.name_en as channel_en,
        dim_channel.sort_order,
        sum(cube.transactions)::bigint as transactions
    from fct_transaction_service_month as cube
    left join dim_channel on cube.channel = dim_channel.channel
    where cube.service_id = $service and cube.outcome = 'completed'
    group by cube."month", dim_channel.name_ar, dim_channel.name_en, dim_channel.sort_order
)

select
    told."month",
    used.channel_ar,
    used.channel_en,
    used.transactions,
    told.state,
    told.silent_since,
    not coalesce(sender.is_partial, false) as month_is_whole
from serve_service_coverage as told
left join used on told."month" = used."month"
left join serve_coverage as sender on told.entity_id = sender.entity_id and told."month" = sender."month"
where told.service_id = $service and told."month" between month_start($from) and month_start($to)
order by told."month", used.sort_order
