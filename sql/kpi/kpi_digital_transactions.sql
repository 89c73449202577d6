-- one row per month, entity, service, governorate and channel
create view kpi_digital_transactions as
select
    month,
    entity_id,
    service_id,
    governorate_id,
    channel,
    sum(transactions)::bigint as numerator,
    null::bigint as denominator
from fct_transaction_service_month
where
    outcome = 'completed' and channel in (
        select dim_channel.channel from dim_channel
        where dim_channel.digital
    )
group by month, entity_id, service_id, governorate_id, channel;

comment on view kpi_digital_transactions is
'Completed transactions through a digital channel. | المعاملات المكتملة عبر القنوات الرقمية.';
