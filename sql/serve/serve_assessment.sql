-- one row per entity, indicator and day of assessment
create view serve_assessment as
select
    fct_assessment.entity_id,
    dim_entity.name_ar,
    dim_entity.name_en,
    dim_entity.kind,
    dim_entity.governorate_id,
    fct_assessment.indicator_id,
    dim_indicator.name_ar as indicator_ar,
    dim_indicator.name_en as indicator_en,
    fct_assessment.assessed_on,
    fct_assessment.score_pct::double as score_pct
from fct_assessment
inner join dim_entity on fct_assessment.entity_id = dim_entity.entity_id
inner join dim_indicator on fct_assessment.indicator_id = dim_indicator.indicator_id;

comment on view serve_assessment is
'Every score of every assessment, with the names of entity and indicator. | كل نتيجة في كل تقييم، مع اسمي الجهة والمؤشر.';
