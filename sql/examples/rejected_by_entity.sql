-- one row per entity
-- en: Which entities send the most rows that cannot be accepted?
-- ar: أي الجهات ترسل أكثر الصفوف المرفوضة؟
-- for: office
-- $top: 10
select
    load_rejected.entity_id,
    dim_entity.name_ar,
    dim_entity.name_en,
    count(*) as rejected_rows
from load_rejected
left join dim_entity on load_rejected.entity_id = dim_entity.entity_id
group by load_rejected.entity_id, dim_entity.name_ar, dim_entity.name_en
order by rejected_rows desc, load_rejected.entity_id nulls last
limit $top::bigint
