-- one row per service: what was done with it by the end of a month; a day that is empty had not come by then
-- Call: serve_service_progress('2025-05')
create macro serve_service_progress(until_month, organisation := 'as_was') as table
    with life as (
        select
            fct_service_event.service_id,
            min(fct_service_event.event_on) filter (where fct_service_event.event = 'simplified') as simplified_on,
            min(fct_service_event.event_on) filter (where fct_service_event.event = 'digitised') as digitised_on,
            min(fct_service_event.event_on) filter (where fct_service_event.event = 'retired') as retired_on
        from fct_service_event
        where fct_service_event.event_on <= last_day(month_start(until_month))
        group by fct_service_event.service_id
    )

    select
        named.service_id,
        named.name_ar,
        named.name_en,
        named.entity_id,
        named.entity_ar,
        named.entity_en,
        named.governorate_id,
        life.simplified_on,
        life.digitised_on,
        life.retired_on,
        coalesce(dim_service.priority_from <= last_day(month_start(until_month)), false) as is_priority,
        coalesce(dim_service.digitisation_from <= last_day(month_start(until_month)), false) as in_digitisation_scope
    from serve_service_names(organisation := organisation) as named
    inner join dim_service on named.service_id = dim_service.service_id
    left join life on named.service_id = life.service_id;
