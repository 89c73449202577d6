-- one row per entity, indicator and date of assessment
create table fct_assessment as
select
    entity_id,
    indicator_id,
    assessed_on,
    score_pct
from lake_assessments
order by assessed_on, entity_id, indicator_id;

comment on table fct_assessment is
'Readiness scores as sent. | نتائج قياس الجاهزية كما وردت.';
