-- one row per entity, month and pair of files (each beside the one received before it) of which both count
create table load_both_count as
select
    entity_id,
    "month",
    older_file,
    newer_file,
    older_rows,
    older_transactions,
    newer_rows,
    newer_transactions,
    reason as both_count_reason
from lake_both_count
order by entity_id, "month", older_file, newer_file;

comment on table load_both_count is
'Months of a sender that two files bring and both count, and why: right for late rows, wrong for a month sent again. | أشهر وردت من جهة واحدة في ملفين يُحتسبان معًا، وسبب ذلك: صحيح في الصفوف المتأخرة، خطأ في شهر أعيد إرساله.';
