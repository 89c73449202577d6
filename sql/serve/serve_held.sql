-- one row per thing that is held back or was released, and source file, with the names of its entity
create view serve_held as
select
    load_held.held_id,
    load_held.status,
    load_held.kind,
    load_held.reason,
    load_held.source_file,
    load_held.entity_id,
    load_held.service_id,
    load_held.month,
    load_held.months_covered,
    load_held.log_rows,
    load_held.transactions,
    load_held.keeps_earlier,
    load_held.facts,
    load_held.decided_by,
    load_held.decided_why,
    load_held.decided_at,
    dim_entity.name_ar,
    dim_entity.name_en
from load_held
left join dim_entity on load_held.entity_id = dim_entity.entity_id;

comment on view serve_held is
'What is held back or was released by decision, with the names of its entity. | المحتجز للمراجعة وما أُفرج عنه بقرار، مع اسمي الجهة.';
