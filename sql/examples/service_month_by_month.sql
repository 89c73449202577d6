-- one row per month
-- en: How did one service develop, through which channels?
-- ar: كيف تطوّرت خدمة واحدة وعبر أي قنوات؟
-- for: analyst
-- $service: rop-001
-- $from: 2025-01
-- $to: 2025-05
select
    fct_transaction_service_month."month",
    dim_channel.name_ar as channel_ar,
    dim_channel.name_en as channel_en,
    sum(fct_transaction_service_month.transactions)::bigint as transactions
from fct_transaction_service_month
left join dim_channel on fct_transaction_service_month.channel = dim_channel.channel
where
    fct_transaction_service_month.service_id = $service
    and fct_transaction_service_month."month" between month_start($from) and month_start($to)
    and fct_transaction_service_month.outcome = 'completed'
group by fct_transaction_service_month."month", dim_channel.name_ar, dim_channel.name_en, dim_channel.sort_order
order by fct_transaction_service_month."month", dim_channel.sort_order
