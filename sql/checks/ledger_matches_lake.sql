-- block: of every file the ledger counts as many rows as are read from the lake
with read_rows as (
    select
        lake_file,
        sum(log_rows)::bigint as lake_rows
    from lake_contribution
    group by lake_file
    union all
    select
        lake_file,
        sum(log_rows)::bigint as lake_rows
    from lake_log_month
    group by lake_file
),

named as (
    select
        lake_files.source_file,
        read_rows.lake_rows
    from read_rows
    left join lake_files on read_rows.lake_file = lake_files.lake_file
)

select
    coalesce(load_file.source_file, named.source_file) as source_file,
    load_file.log,
    load_file.rows_counted as ledger_rows,
    named.lake_rows
from load_file
full join named on load_file.source_file = named.source_file
where coalesce(load_file.rows_counted, 0) <> coalesce(named.lake_rows, 0)
