-- one row per month, entity, governorate and channel; entity-months that tell outcomes apart only
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
    fct_transaction_month.month,
    fct_transaction_month.entity_id,
    fct_transaction_month.governorate_id,
    fct_transaction_month.channel,
    coalesce(
        sum(fct_transaction_month.transactions)
        filter (where fct_transaction_month.outcome in ('completed', 'rejected')),
        0
    )::bigint as numerator,
    sum(fct_transaction_month.transactions)::bigint as denominator
from fct_transaction_month
inner join outcomes_told_apart
    on
        fct_transaction_month.month = outcomes_told_apart.month
        and fct_transaction_month.entity_id = outcomes_told_apart.entity_id
where fct_transaction_month.outcome in ('completed', 'rejected', 'abandoned')
group by
    fct_transaction_month.month,
    fct_transaction_month.entity_id,
    fct_transaction_month.governorate_id,
    fct_transaction_month.channel;

comment on view kpi_completion_rate is
'Transactions ended with a decision out of those started. | المعاملات المنتهية بقرار من التي بدأت.';
