-- one row per strategy, plan, story or community of change management, and per project that makes a strategy
create view serve_change_milestone as
with items as (
    select
        initiative_id as item_id,
        null::varchar as project_id,
        name_ar,
        name_en,
        kind,
        topic,
        "period",
        owner_entity_id,
        owner_ar,
        owner_en,
        published_status,
        also_named,
        source,
        source_ar
    from dim_initiative
    where topic is not null or kind in ('strategy', 'plan')
    union all
    select
        project_id as item_id,
        project_id,
        name_ar,
        name_en,
        kind,
        null,
        null,
        owner_entity_id,
        owner_ar,
        owner_en,
        published_status,
        also_named,
        source,
        source_ar
    from dim_project
    where kind = 'strategy'
)

select
    items.item_id,
    items.project_id,
    items.name_ar,
    items.name_en,
    items.kind,
    dim_kind.name_ar as kind_ar,
    dim_kind.name_en as kind_en,
    items.topic,
    items.period,
    items.owner_entity_id,
    items.owner_ar,
    items.owner_en,
    items.published_status,
    dim_published_status.name_ar as published_ar,
    dim_published_status.name_en as published_en,
    items.also_named,
    items.source,
    items.source_ar
from items
left join dim_kind on items.kind = dim_kind.kind
left join dim_published_status on items.published_status = dim_published_status.published_status;

comment on view serve_change_milestone is
'Strategies, plans, stories and communities of change management, with the projects that make a strategy. | استراتيجيات إدارة التغيير وخططها وقصصها ومجتمعاتها، مع المشروعات التي تُعدّ استراتيجية.';
