-- one row per code of the list
create table dim_kind as
select
    id as kind,
    name_ar,
    name_en,
    sort_order
from code_kind
order by sort_order;

comment on table dim_kind is
'Kinds of projects, platforms, initiatives and guides. | أنواع المشاريع والمنصات والمبادرات والأدلة.';
