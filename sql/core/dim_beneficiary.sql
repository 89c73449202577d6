-- one row per beneficiary code
create table dim_beneficiary as
select
    id as beneficiary,
    name_ar,
    name_en,
    sort_order
from code_beneficiary
order by sort_order;

comment on table dim_beneficiary is
'Who a transaction served. | المستفيد من المعاملة.';
