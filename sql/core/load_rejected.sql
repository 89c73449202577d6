-- one row per rejected row of a source file and reason
create table load_rejected as
select
    lake_rejected.log,
    lake_rejected.source_file,
    lake_rejected.source_row,
    lake_rejected."column" as source_column,
    lake_rejected.reason,
    lake_rejected.raw,
    coalesce(lake_rejected.entity_id, lake_files.entity_id) as entity_id
from lake_rejected
left join lake_files on lake_rejected.source_file = lake_files.source_file
where coalesce(lake_rejected.severity, 'row') <> 'value'
order by lake_rejected.source_file, lake_rejected.source_row, lake_rejected.reason;

comment on table load_rejected is
'Rows that were not accepted, where they stand, and why; beneficiary numbers are masked. | الصفوف المرفوضة ومواضعها وأسبابها.';
