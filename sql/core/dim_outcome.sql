-- one row per outcome code
create table dim_outcome as
select
    id as outcome,
    name_ar,
    name_en,
    sort_order
from code_outcome
order by sort_order;

comment on table dim_outcome is
'How a transaction ended. | نتيجة المعاملة.';
