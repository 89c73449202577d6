-- one row per month, assessed entity and its level
create view kpi_excellence_level as
select
    month,
    entity_id,
    governorate_id,
    level_id,
    1::bigint as numerator,
    null::bigint as denominator
from fct_assessment_month;

comment on view kpi_excellence_level is
'Assessed entities with their excellence level. | الجهات المقيسة ومستوى إجادتها.';
