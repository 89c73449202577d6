-- one row per body that was succeeded, or service that moved by itself, after the first day of a period and in it
-- What changes hands on the first day of a period is with the same body in all of it.
-- Call: changes_of_hands('2024-01', '2025-05', entity := 'moh')
create macro changes_of_hands(from_month, to_month, entity := null, service := null) as table
    with owners as (
        select
            dim_service_owner.service_id,
            dim_service_owner.entity_id as to_entity_id,
            dim_service_owner.owned_from as changed_on,
            lag(dim_service_owner.entity_id) over (
                partition by dim_service_owner.service_id order by dim_service_owner.owned_from
            ) as from_entity_id
        from dim_service_owner
    ),

    succeeded as (
        select
            dim_entity.entity_id as from_entity_id,
            dim_entity.successor_id as to_entity_id,
            (dim_entity.valid_to + interval 1 day)::date as changed_on
        from dim_entity
        where dim_entity.successor_id is not null and dim_entity.valid_to is not null
    ),

    changes as (
        select
            null::varchar as service_id,
            succeeded.from_entity_id,
            succeeded.to_entity_id,
            succeeded.changed_on
        from succeeded
        where service is null
        union all
        -- What moved because its body was succeeded is said once, of the body.
        select
            owners.service_id,
            owners.from_entity_id,
            owners.to_entity_id,
            owners.changed_on
        from owners
        left join succeeded
            on
                owners.from_entity_id = succeeded.from_entity_id
                and owners.to_entity_id = succeeded.to_entity_id
                and owners.changed_on = succeeded.changed_on
        where
            owners.from_entity_id <> owners.to_entity_id
            and (service is not null or succeeded.from_entity_id is null)
            and (service is null or owners.service_id = service)
    )

    select
        changes.changed_on,
        changes.service_id,
        changes.from_entity_id,
        changes.to_entity_id
    from changes
    left join dim_entity_successor as today on changes.to_entity_id = today.entity_id
    where
        changes.changed_on > month_start(from_month)
        and changes.changed_on <= last_day(month_start(to_month))
        and (entity is null or entity in (changes.from_entity_id, changes.to_entity_id, today.current_entity_id))
    order by changes.changed_on, changes.service_id nulls first, changes.from_entity_id;
