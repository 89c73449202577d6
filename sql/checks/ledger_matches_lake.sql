-- block: the rows that the ledger counts (accepted less replaced and duplicate) are the rows that are read
with ledger as (
    select
        log,
        sum(rows_counted)::bigint as rows_counted
    from load_file
    group by log
),

lake as (
    select
        'transactions' as log,
        coalesce(sum(log_rows), 0)::bigint as rows_counted
    from lake_contribution
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
    ledger.rows_counted as ledger_rows,
    lake.rows_counted as lake_rows
from lake
left join ledger on lake.log = ledger.log
where coalesce(ledger.rows_counted, 0) <> lake.rows_counted
