-- one row per KPI, month and entity of today whose figure would add up several bodies of the time that overlap
create table meta_overlap_as_is as
with told_apart as (
    select distinct kpi_id from serve_kpi_service
),

parts as (
    select
        serve_kpi_service.kpi_id,
        serve_kpi_service.month,
        serve_kpi_service.entity_id,
        coalesce(owner.current_entity_id, today.current_entity_id) as current_entity_id
    from serve_kpi_service
    semi join meta_overlap
        on serve_kpi_service.kpi_id = meta_overlap.kpi_id and serve_kpi_service.month = meta_overlap.month
    inner join dim_entity_successor as today on serve_kpi_service.entity_id = today.entity_id
    left join dim_service_current_owner as owner on serve_kpi_service.service_id = owner.service_id
    union all
    select
        serve_kpi.kpi_id,
        serve_kpi.month,
        serve_kpi.entity_id,
        today.current_entity_id
    from serve_kpi
    semi join meta_overlap on serve_kpi.kpi_id = meta_overlap.kpi_id and serve_kpi.month = meta_overlap.month
    anti join told_apart on serve_kpi.kpi_id = told_apart.kpi_id
    inner join dim_entity_successor as today on serve_kpi.entity_id = today.entity_id
)

select
    parts.kpi_id,
    parts.month,
    parts.current_entity_id as entity_id
from parts
left join meta_overlap
    on
        parts.kpi_id = meta_overlap.kpi_id
        and parts.month = meta_overlap.month
        and parts.entity_id = meta_overlap.entity_id
group by parts.kpi_id, parts.month, parts.current_entity_id
having count(distinct parts.entity_id) > 1 and count(meta_overlap.entity_id) > 0
order by 1, 2, 3;

comment on table meta_overlap_as_is is
'Which bodies of today would add up figures of several bodies that overlap, so that their figure as it is today is null. | الجهات التي يجمع رقمها كما هي اليوم أرقامًا متداخلة لعدة جهات فلا يُعرض.';
