-- one row per file, entity, month and unit (a service's period; null is all of the month) that a newer file replaces
create table load_replaced as
select
    lake_replaced.old_file,
    lake_replaced.new_file,
    lake_replaced.reason as resend_reason,
    lake_replaced.entity_id,
    lake_replaced."month",
    lake_replaced.months_covered::bigint as months_covered,
    lake_replaced.has_ids,
    lake_replaced.service_id,
    lake_replaced.from_day,
    (lake_replaced.until_day - 1)::date as to_day,
    lake_replaced."rows" as log_rows,
    lake_replaced.old_transactions,
    lake_replaced.new_transactions
from lake_replaced
order by
    lake_replaced.entity_id,
    lake_replaced."month",
    lake_replaced.old_file,
    lake_replaced.service_id,
    lake_replaced.from_day,
    lake_replaced.has_ids;

comment on table load_replaced is
'What a newer file replaces: unit by unit, the old and the new figure and both files. | ما حلّ محله ملف أحدث: وحدةً وحدة، بالرقم القديم والجديد والملفين.';
