-- one row per excellence level
create table dim_level as
select
    level_id,
    name_ar,
    name_en,
    score_from_pct,
    sort_order,
    source,
    source_ar
from registry_levels
order by sort_order;

comment on table dim_level is
'Excellence levels and the score each starts from. | مستويات الإجادة وبداية كل مستوى.';
