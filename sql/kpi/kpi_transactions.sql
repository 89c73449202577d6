-- one row per month, entity, service, governorate and channel
create view kpi_transactions as
select
    month,
    entity_id,
    service_id,
    governorate_id,
    channel,
    coalesce(sum(transactions) filter (where outcome = 'completed'), 0)::bigint as numerator,
    null::bigint as denominator
from fct_transaction_service_month
group by month, entity_id, service_id, governorate_id, channel;

comment on view kpi_transactions is
'Completed transactions through every channel. | المعاملات المكتملة عبر جميع القنوات.';
