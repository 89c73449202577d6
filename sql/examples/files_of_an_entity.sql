-- one row per source file
-- en: Which files did an entity send, and what did they bring?
-- ar: ما الملفات التي أرسلتها جهة، وماذا أسهم كل منها؟
-- for: office
-- $entity: rop
select
    source_file,
    log,
    min("month") as first_month,
    max("month") as last_month,
    sum(log_rows)::bigint as log_rows,
    sum(transactions)::bigint as transactions
from load_coverage
where entity_id = $entity
group by source_file, log
order by first_month, source_file
