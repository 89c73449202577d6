-- one row per month, entity, service, governorate and channel; entity-months that tell outcomes apart only
create view kpi_completion_rate as
with outcomes_told_apart as (
    select
        month,
        entity_id
    from fct_transaction_month
    group by month, entity_id
    having count(distinct outcome) > 1
)

select
    ended.month,
    ended.entity_id,
    ended.service_id,
    ended.governorate_id,
    ended.channel,
    coalesce(
        sum(ended.transactions) filter (where ended.outcome in ('completed', 'rejected')),
        0
    )::bigint as numerator,
    sum(ended.transactions)::bigint as denominator
from fct_transaction_service_month as ended
inner join outcomes_told_apart
    on ended.month = outcomes_told_apart.month and ended.entity_id = outcomes_told_apart.entity_id
where ended.outcome in ('completed', 'rejected', 'abandoned')
group by ended.month, ended.entity_id, ended.service_id, ended.governorate_id, ended.channel;

comment on view kpi_completion_rate is
'Transactions ended with a decision out of those started. | المعاملات المنتهية بقرار من التي بدأت.';
