-- block: the cubes add up to the accepted rows of the lake, month by month
with lake as (
    select
        month,
        sum(transactions)::bigint as transactions,
        sum(log_rows)::bigint as log_rows
    from lake_contribution
    group by month
),

cube as (
    select
        month,
        sum(transactions)::bigint as transactions,
        sum(log_rows)::bigint as log_rows
    from fct_transaction_month
    group by month
)

select
    coalesce(lake.month, cube.month) as month,
    lake.transactions as lake_transactions,
    cube.transactions as cube_transactions,
    lake.log_rows as lake_rows,
    cube.log_rows as cube_rows
from lake
full join cube on lake.month = cube.month
where
    lake.transactions is distinct from cube.transactions
    or lake.log_rows is distinct from cube.log_rows
