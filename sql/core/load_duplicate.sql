-- one row per accepted row of which a newer file has the same statement again
create table load_duplicate as
select
    log,
    entity_id,
    transaction_id,
    "statement" as statement_key,
    kept_file,
    kept_row,
    other_file,
    other_row
from lake_duplicates
order by log desc, entity_id, statement_key, other_file, other_row;

comment on table load_duplicate is
'Statements sent in several files: the newest row counts, the other does not. | بيانات وردت في أكثر من ملف: يُحتسب الصف الأحدث دون غيره.';
