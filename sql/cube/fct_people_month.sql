-- one row per month and grain: programme, entity or governorate; people are counted anew at each and never added up
with served as (
    select
        month,
        entity_id,
        governorate_id,
        beneficiary_key,
        transactions
    from lake_transactions
    where outcome = 'completed' and beneficiary_key is not null
)

select
    month,
    'programme' as grain,
    cast(null as varchar) as entity_id,
    cast(null as varchar) as governorate_id,
    cast(count(distinct beneficiary_key) as bigint) as people,
    cast(sum(transactions) as bigint) as transactions
from served
group by month
union all
select
    month,
    'entity',
    entity_id,
    cast(null as varchar),
    cast(count(distinct beneficiary_key) as bigint),
    cast(sum(transactions) as bigint)
from served
group by month, entity_id
union all
select
    month,
    'governorate',
    cast(null as varchar),
    governorate_id,
    cast(count(distinct beneficiary_key) as bigint),
    cast(sum(transactions) as bigint)
from served
group by month, governorate_id
