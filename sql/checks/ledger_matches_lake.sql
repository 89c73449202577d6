-- block: the ledger's accepted rows are the rows of the lake, file by file in sum
with ledger as (
    select
        log,
        sum(rows_accepted)::bigint as rows_accepted
    from load_file
    group by log
),

lake as (
    select
        'transactions' as log,
        count(*)::bigint as rows_accepted
    from lake_transactions
    union all
    select
        'projects',
        count(*)::bigint
    from lake_projects
    union all
    select
        'services',
        count(*)::bigint
    from lake_services
    union all
    select
        'assessments',
        count(*)::bigint
    from lake_assessments
)

select
    lake.log,
    ledger.rows_accepted as ledger_rows,
    lake.rows_accepted as lake_rows
from lake
left join ledger on lake.log = ledger.log
where coalesce(ledger.rows_accepted, 0) <> lake.rows_accepted
