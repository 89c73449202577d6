-- one row per source file, entity, month and months covered: what a file contributes
create table load_coverage as
with contributed as (
    select
        lake_file,
        entity_id,
        month,
        months_covered::bigint as months_covered,
        log_rows,
        transactions
    from lake_contribution
    union all
    select
        lake_projects.lake_file,
        dim_project.owner_entity_id,
        date_trunc('month', lake_projects.reported_on)::date,
        1::bigint,
        count(*)::bigint,
        null::bigint
    from lake_projects
    left join dim_project on lake_projects.project_id = dim_project.project_id
    group by 1, 2, 3
    union all
    select
        lake_services.lake_file,
        dim_service.entity_id,
        date_trunc('month', lake_services.event_on)::date,
        1::bigint,
        count(*)::bigint,
        null::bigint
    from lake_services
    left join dim_service on lake_services.service_id = dim_service.service_id
    group by 1, 2, 3
    union all
    select
        lake_file,
        entity_id,
        date_trunc('month', assessed_on)::date,
        1::bigint,
        count(*)::bigint,
        null::bigint
    from lake_assessments
    group by 1, 2, 3
)

select
    lake_files.source_file,
    lake_files.log,
    contributed.entity_id,
    contributed.month,
    contributed.months_covered,
    contributed.log_rows,
    contributed.transactions
from contributed
inner join lake_files on contributed.lake_file = lake_files.lake_file
order by lake_files.source_file, contributed.month, contributed.entity_id, contributed.months_covered;

comment on table load_coverage is
'Which file brought how many rows for which entity and month. | ما أسهم به كل ملف من الصفوف لكل جهة وكل شهر.';
