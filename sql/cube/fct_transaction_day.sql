-- one row per day, entity, governorate, channel, outcome and beneficiary; rows that carry a day of their own only
select
    cast(submitted_at as date) as day,
    entity_id,
    governorate_id,
    channel,
    outcome,
    beneficiary,
    cast(sum(transactions) as bigint) as transactions
from lake_transactions
where transaction_id is not null
group by cast(submitted_at as date), entity_id, governorate_id, channel, outcome, beneficiary
