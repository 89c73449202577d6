-- one row per day, entity, governorate, channel, outcome and beneficiary; totals by file and month as well, for whether
-- their day is a day is known of the file; stays out of the file, as all that is named lake_
select
    cast(null as varchar) as lake_file,
    cast(null as date) as month,
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
union all
select
    lake_file,
    month,
    cast(submitted_at as date),
    entity_id,
    governorate_id,
    channel,
    outcome,
    beneficiary,
    cast(sum(transactions) as bigint)
from lake_transactions
where transaction_id is null
group by lake_file, month, cast(submitted_at as date), entity_id, governorate_id, channel, outcome, beneficiary
