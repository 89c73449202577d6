-- one row: the ids that a question may name, as lists
-- Stored as lists: to look an id up costs a question nothing, a join with each registry costs more than the answer.
create table meta_known_id as
select
    ['programme', 'entity', 'governorate', 'channel', 'service', 'level'] as group_names,
    (select list(kpi_id order by sort_order) from meta_kpi) as kpi_ids,
    (
        select list(meta_kpi.kpi_id || ' ' || named.name order by meta_kpi.sort_order, named.place)
        from meta_kpi
        inner join (
            values
            (1, 'programme', 'programme', null), (2, 'entity', 'entity', null), (3, 'governorate', 'governorate', null),
            (4, 'channel', null, 'channel'), (5, 'service', null, 'service_id'), (6, 'level', null, 'level_id')
        ) as named (place, name, scope, dimension)
            on
                list_contains(string_split(meta_kpi.scopes, ', '), named.scope)
                or list_contains(string_split(meta_kpi.dimensions, ', '), named.dimension)
    ) as kpi_groups,
    (
        select list(meta_kpi.kpi_id order by meta_kpi.sort_order)
        from meta_kpi
        cross join meta_build
        where meta_build.edition = 'public' and meta_kpi.about_people
    ) as single_group_kpi_ids,
    (select list(entity_id order by entity_id) from dim_entity) as entity_ids,
    (select list_append(list(governorate_id order by governorate_id), 'not_allocated') from dim_governorate)
        as governorate_ids,
    (select list_sort(list_distinct(list_append(list(channel), 'unknown'))) from dim_channel) as channel_ids,
    (select list(service_id order by service_id) from dim_service) as service_ids;

comment on table meta_known_id is
'The ids that a question may name: KPIs, the groups of each, entities, governorates, channels, services. | المعرّفات التي يجوز أن يسمّيها سؤال: المؤشرات ومجموعات كل منها والجهات والمحافظات والقنوات والخدمات.';
