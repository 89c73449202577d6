-- one row per log, column and reason
-- en: Why are rows rejected most often?
-- ar: ما أكثر أسباب رفض الصفوف؟
-- for: office
-- $top: 20
select
    log,
    reason,
    source_column,
    count(*) as rejected_rows,
    count(distinct source_file) as source_files
from load_rejected
group by log, reason, source_column
order by rejected_rows desc, log, reason, source_column
limit $top::bigint
