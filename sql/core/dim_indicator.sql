-- one row per readiness indicator
create table dim_indicator as
select
    indicator_id,
    name_ar,
    name_en,
    coalesce(weight, 1) as weight,
    source,
    source_ar
from registry_indicators
order by indicator_id;

comment on table dim_indicator is
'Indicators of the readiness assessment. | مؤشرات قياس الجاهزية.';
