-- one row per source file and its latest load
create table load_file as
with replaced as (
    select
        old_file,
        sum("rows")::bigint as log_rows
    from lake_replaced
    group by old_file
),

duplicates as (
    select
        other_file,
        count(*) as log_rows
    from lake_duplicates
    group by other_file
)

select
    lake_files.source_file,
    lake_files.log,
    lake_files.source_name,
    lake_files.sha256,
    lake_files.size_bytes,
    lake_files.rows_read,
    lake_files.rows_accepted,
    lake_files.rows_rejected,
    lake_files.rejected_by_reason,
    lake_files.values_dropped,
    lake_files.rows_held,
    coalesce(replaced.log_rows, 0)::bigint as rows_replaced,
    coalesce(duplicates.log_rows, 0)::bigint as rows_duplicate,
    (
        lake_files.rows_accepted
        - lake_files.rows_held
        - coalesce(replaced.log_rows, 0)
        - coalesce(duplicates.log_rows, 0)
    )::bigint as rows_counted,
    lake_files.received_at,
    lake_files.loaded_at,
    lake_files.loader_version,
    lake_files.error_key,
    lake_files.error_facts,
    lake_files.error
from lake_files
left join replaced on lake_files.source_file = replaced.old_file
left join duplicates on lake_files.source_file = duplicates.other_file
order by lake_files.source_file;

comment on table load_file is
'Ledger of loaded files: rows read = accepted + rejected, and accepted = counted + held back + replaced + duplicate. | سجل الملفات المحمّلة: المقروء = المقبول + المرفوض، والمقبول = المحتسب + المحتجز للمراجعة + المستبدل + المكرر.';
