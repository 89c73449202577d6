-- one row per KPI and entity: whether the entity can have a figure of it at all
-- What an entity cannot have is not applicable to it; what it could have sent and did not is not provided.
create view serve_kpi_applies as
with had as (
    select distinct
        serve_kpi.kpi_id,
        serve_kpi.entity_id
    from serve_kpi
    where serve_kpi.entity_id is not null
),

kinds as (
    select distinct
        had.kpi_id,
        dim_entity.kind
    from had
    inner join dim_entity on had.entity_id = dim_entity.entity_id
),

logs as (
    select
        meta_kpi.kpi_id,
        meta_kpi.sort_order,
        list_contains(string_split(meta_kpi.scopes, ', '), 'entity') as is_told_by_entity,
        coalesce(bool_or(meta_kpi_input.input = 'transactions'), false) as of_transactions,
        coalesce(bool_or(meta_kpi_input.input = 'projects'), false) as of_projects,
        coalesce(bool_or(meta_kpi_input.input = 'services'), false) as of_services,
        coalesce(bool_or(meta_kpi_input.input = 'assessments'), false) as of_assessments
    from meta_kpi
    left join meta_kpi_input on meta_kpi.kpi_id = meta_kpi_input.kpi_id
    group by meta_kpi.kpi_id, meta_kpi.sort_order, meta_kpi.scopes
),

holdings as (
    select
        dim_entity.entity_id,
        dim_entity.kind,
        dim_entity.reports_transactions,
        dim_entity.entity_id in (
            select dim_project.owner_entity_id from dim_project
            where dim_project.in_programme and dim_project.owner_entity_id is not null
        ) as owns_projects,
        dim_entity.entity_id in (select dim_service.entity_id from dim_service) as has_services
    from dim_entity
)

select
    logs.kpi_id,
    holdings.entity_id,
    logs.is_told_by_entity and (
        had.entity_id is not null
        or (
            (not logs.of_transactions or holdings.reports_transactions)
            and (not logs.of_projects or holdings.owns_projects)
            and (not logs.of_services or holdings.has_services)
            -- Bodies are assessed by kind: one of a kind that never was is not assessed by this KPI.
            and (
                not logs.of_assessments
                or kinds.kind is not null
                or logs.kpi_id not in (select ever.kpi_id from had as ever)
            )
        )
    ) as applies
from logs
cross join holdings
left join had on logs.kpi_id = had.kpi_id and holdings.entity_id = had.entity_id
left join kinds on logs.kpi_id = kinds.kpi_id and holdings.kind = kinds.kind;

comment on view serve_kpi_applies is
'Which entity can have a figure of which KPI: what it cannot have is not applicable, and not missing. | أي جهة يمكن أن يكون لها رقم في أي مؤشر: فما لا يمكن أن يكون لها لا ينطبق عليها، وليس ناقصًا.';
