-- one row per programme, initiative, plan or strategy outside the projects
create table dim_initiative as
select
    initiative_id,
    name_ar,
    name_en,
    kind,
    topic,
    owner_entity_id,
    owner_ar,
    owner_en,
    period,
    status as published_status,
    also_named,
    source,
    coalesce(source_ar, source) as source_ar
from registry_initiatives
order by initiative_id;

comment on table dim_initiative is
'Programmes, initiatives, plans and strategies beside the programme''s projects. | البرامج والمبادرات والخطط والاستراتيجيات الأخرى.';
