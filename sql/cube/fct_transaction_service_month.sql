-- one row per month, months covered, service, governorate, channel, outcome and beneficiary
select
    month,
    months_covered,
    entity_id,
    service_id,
    governorate_id,
    channel,
    outcome,
    beneficiary,
    cast(count(*) as bigint) as log_rows,
    cast(sum(transactions) as bigint) as transactions,
    cast(sum(case when rating is null then 0 else transactions end) as bigint) as ratings,
    cast(sum(case when rating is null then 0 else (rating - 1) * transactions end) as bigint) as rating_points,
    cast(sum(fee_omr * transactions) as decimal(38, 3)) as fee_omr
from lake_transactions
group by month, months_covered, entity_id, service_id, governorate_id, channel, outcome, beneficiary
