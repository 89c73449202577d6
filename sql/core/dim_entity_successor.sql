-- one row per entity: the entity that stands for it today, itself where nothing succeeded it
create table dim_entity_successor as
with recursive
chain as (
    select
        entity_id,
        entity_id as current_entity_id,
        0 as steps
    from dim_entity
    union all
    select
        chain.entity_id,
        dim_entity.successor_id as current_entity_id,
        chain.steps + 1 as steps
    from chain
    inner join dim_entity on chain.current_entity_id = dim_entity.entity_id
    where dim_entity.successor_id is not null and chain.steps < 100
)

select
    entity_id,
    arg_max(current_entity_id, steps) as current_entity_id
from chain
group by entity_id
order by entity_id;

comment on table dim_entity_successor is
'The body that stands for a merged or renamed one today. | الجهة التي حلّت محل كل جهة دُمجت أو تغيّر اسمها.';
