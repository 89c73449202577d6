-- one row per optional value that was left out of an accepted row, and reason
create table load_value_dropped as
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
where lake_rejected.severity = 'value'
order by lake_rejected.source_file, lake_rejected.source_row, lake_rejected.reason;

comment on table load_value_dropped is
'Optional values that could not be used, each left out alone: its row counts without it; beneficiary numbers are masked. | القيم الاختيارية التي تعذّر استعمالها: تُركت وحدها واحتُسب صفها من دونها.';
