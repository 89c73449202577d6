-- one row per governorate: the entities whose transactions of a period name it, out of those that name any
-- Call: serve_naming('2025-01', '2025-05')
create macro serve_naming(from_month, to_month, organisation := 'as_was') as table
    with named as materialized (
        select
            found.governorate_id,
            found.entity_id
        from serve_entities_naming(from_month, to_month, organisation := organisation) as found
        where found.governorate_id <> 'not_allocated'
    ),

    senders as (
        select count(distinct named.entity_id)::bigint as entities
        from named
    )

    select
        dim_governorate.governorate_id,
        dim_governorate.name_ar,
        dim_governorate.name_en,
        count(named.entity_id)::bigint as entities_naming,
        any_value(senders.entities) as entities_naming_any
    from dim_governorate
    cross join senders
    left join named on dim_governorate.governorate_id = named.governorate_id
    group by dim_governorate.governorate_id, dim_governorate.name_ar, dim_governorate.name_en;
