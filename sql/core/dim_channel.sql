-- one row per channel code
create table dim_channel as
select
    id as channel,
    name_ar,
    name_en,
    digital,
    sort_order
from code_channel
order by sort_order;

comment on table dim_channel is
'Channels a transaction can come through. | قنوات تقديم المعاملة.';
