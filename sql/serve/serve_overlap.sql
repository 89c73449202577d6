-- one row per KPI, month and entity whose figures overlap with those of others, with its names
create view serve_overlap as
select
    meta_overlap.kpi_id,
    meta_overlap.month,
    meta_overlap.entity_id,
    dim_entity.name_ar,
    dim_entity.name_en,
    meta_overlap.reason
from meta_overlap
inner join dim_entity on meta_overlap.entity_id = dim_entity.entity_id;

comment on view serve_overlap is
'Whose figures overlap with those of others, by name: a total over them is null. | من تتداخل أرقامه مع أرقام غيره، بالاسم: والإجمالي الذي يضمّهم فارغ.';
