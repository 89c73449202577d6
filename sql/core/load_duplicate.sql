-- one row per accepted row whose transaction another file brought first
create table load_duplicate as
select
    entity_id,
    transaction_id,
    kept_file,
    kept_row,
    other_file,
    other_row
from lake_duplicates
order by entity_id, transaction_id, other_file, other_row;

comment on table load_duplicate is
'Transactions sent in several files: the row that counts and the row that does not. | المعاملات الواردة في أكثر من ملف: الصف المحتسب والصف غير المحتسب.';
