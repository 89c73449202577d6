-- one row per month, entity and governorate: services in each state at the end of the month
create table fct_service_month as
with log_months as (
    select
        month,
        month_end
    from dim_month
    where
        month between
        (select date_trunc('month', min(event_on)) from fct_service_event)
        and (select max(event_on) from fct_service_event)
)

select
    log_months.month,
    dim_service_owner.entity_id,
    dim_service.governorate_id,
    count(*) filter (where life.registered_on <= log_months.month_end)::bigint as registered,
    count(*) filter (where dim_service.digitisation_from <= log_months.month_end)::bigint as in_digitisation_scope,
    count(*) filter (
        where dim_service.digitisation_from <= log_months.month_end and life.digitised_on <= log_months.month_end
    )::bigint as digitised,
    count(*) filter (where dim_service.priority_from <= log_months.month_end)::bigint as priority,
    count(*) filter (
        where dim_service.priority_from <= log_months.month_end and life.simplified_on <= log_months.month_end
    )::bigint as priority_simplified,
    count(*) filter (where life.manjam_on <= log_months.month_end)::bigint as simplified_manjam,
    coalesce(
        sum(life.steps_before) filter (where life.simplified_on <= log_months.month_end), 0
    )::bigint as steps_before,
    coalesce(
        sum(life.steps_after) filter (where life.simplified_on <= log_months.month_end), 0
    )::bigint as steps_after,
    coalesce(
        sum(life.minutes_before) filter (where life.simplified_on <= log_months.month_end), 0
    )::bigint as minutes_before,
    coalesce(
        sum(life.minutes_after) filter (where life.simplified_on <= log_months.month_end), 0
    )::bigint as minutes_after
from log_months
cross join dim_service
inner join dim_service_owner
    on
        dim_service.service_id = dim_service_owner.service_id
        and log_months.month_end between dim_service_owner.owned_from and dim_service_owner.owned_to
left join fct_service_life as life on dim_service.service_id = life.service_id
where life.retired_on is null or life.retired_on > log_months.month_end
group by log_months.month, dim_service_owner.entity_id, dim_service.governorate_id
order by log_months.month, dim_service_owner.entity_id, dim_service.governorate_id;

comment on table fct_service_month is
'Services by state at the end of each month; retired services are left out. | الخدمات بحسب حالتها في نهاية كل شهر دون الموقوفة.';
