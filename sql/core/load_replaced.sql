-- one row per entity, month and file whose rows a newer file replaces
create table load_replaced as
select
    old_file,
    new_file,
    entity_id,
    "month",
    months_covered,
    has_ids,
    "rows" as log_rows
from lake_replaced
order by entity_id, "month", old_file, has_ids;

comment on table load_replaced is
'Corrected re-sends: which file replaces which, for which entity and month. | التصحيحات المعاد إرسالها: أي ملف حلّ محل أي ملف، ولأي جهة وشهر.';
