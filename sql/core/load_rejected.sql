-- one row per rejected row of a source file and reason
create table load_rejected as
select
    log,
    source_file,
    source_row,
    "column" as source_column,
    reason,
    raw
from lake_rejected
order by source_file, source_row, reason;

comment on table load_rejected is
'Rows that were not accepted, where they stand, and why; beneficiary numbers are masked. | الصفوف المرفوضة ومواضعها وأسبابها.';
