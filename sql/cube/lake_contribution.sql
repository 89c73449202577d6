-- one row per file of the lake, entity, month and months covered; stays out of the file, as all that is named lake_
select
    lake_file,
    entity_id,
    month,
    months_covered,
    cast(count(*) as bigint) as log_rows,
    cast(sum(transactions) as bigint) as transactions
from lake_transactions
group by lake_file, entity_id, month, months_covered
