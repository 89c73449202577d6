-- one row per month and entity that reports transactions
create view serve_coverage as
with released as (
    select
        load_coverage.entity_id,
        load_coverage.month,
        max(load_held.decided_by) as decided_by
    from load_held
    inner join load_coverage
        on
            load_held.source_file = load_coverage.source_file
            and load_coverage.entity_id = coalesce(load_held.entity_id, load_coverage.entity_id)
            and load_coverage.month = coalesce(load_held.month, load_coverage.month)
    where load_held.status = 'released'
    group by load_coverage.entity_id, load_coverage.month
),

held as (
    select
        entity_id,
        month,
        sum(log_rows)::bigint as rows_held
    from load_held
    where status = 'held' and month is not null
    group by entity_id, month
),

services as (
    select
        entity_id,
        month,
        count(*) filter (where state = 'reported')::bigint as services_reported,
        count(*) filter (where state = 'silent')::bigint as services_silent,
        count(*) filter (where state <> 'not_expected')::bigint as services_expected
    from fct_service_coverage
    group by entity_id, month
)

select
    fct_coverage_month.entity_id,
    dim_entity.name_ar,
    dim_entity.name_en,
    fct_coverage_month.month,
    fct_coverage_month.status,
    fct_coverage_month.log_rows,
    fct_coverage_month.transactions,
    fct_coverage_month.rejected_pct,
    fct_coverage_month.received_on,
    fct_coverage_month.due_on,
    coalesce(held.rows_held, 0)::bigint as rows_held,
    released.entity_id is not null as released,
    released.decided_by as released_by,
    coalesce(services.services_reported, 0)::bigint as services_reported,
    coalesce(services.services_silent, 0)::bigint as services_silent,
    coalesce(services.services_expected, 0)::bigint as services_expected,
    fct_coverage_month.days_reported,
    fct_coverage_month.days_in_month,
    fct_coverage_month.is_partial
from fct_coverage_month
inner join dim_entity on fct_coverage_month.entity_id = dim_entity.entity_id
left join held
    on fct_coverage_month.entity_id = held.entity_id and fct_coverage_month.month = held.month
left join released
    on fct_coverage_month.entity_id = released.entity_id and fct_coverage_month.month = released.month
left join services
    on fct_coverage_month.entity_id = services.entity_id and fct_coverage_month.month = services.month;

comment on view serve_coverage is
'Which entity reported which month: reported, late, missing or not_expected. | أي جهة أبلغت عن أي شهر: في الموعد أو متأخرة أو لم تُبلغ أو غير متوقعة.';
