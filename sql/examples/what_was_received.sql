-- one row per log
-- en: What was received and loaded of each log?
-- ar: ماذا ورد وحُمّل من كل سجل؟
-- for: office
select
    log,
    source_files,
    rows_read,
    rows_accepted,
    rows_rejected,
    100 * rows_rejected / nullif(rows_read, 0) as rejected_pct
from meta_load
order by log
