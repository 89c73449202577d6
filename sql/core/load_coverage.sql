-- one row per source file, entity, month and months covered: what a file contributes
create table load_coverage as
with of_other_logs as (
    select
        lake_log_month.lake_file,
        case lake_log_month.owner_kind
            when 'project_id' then dim_project.owner_entity_id
            when 'service_id' then dim_service_owner.entity_id
            else lake_log_month.owner_id
        end as entity_id,
        lake_log_month.month,
        sum(lake_log_month.log_rows)::bigint as log_rows
    from lake_log_month
    left join dim_project
        on lake_log_month.owner_kind = 'project_id' and lake_log_month.owner_id = dim_project.project_id
    left join dim_service_owner
        on
            lake_log_month.owner_kind = 'service_id' and lake_log_month.owner_id = dim_service_owner.service_id
            and lake_log_month.last_on between dim_service_owner.owned_from and dim_service_owner.owned_to
    group by all
),

contributed as (
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
        lake_file,
        entity_id,
        month,
        1::bigint,
        log_rows,
        null::bigint
    from of_other_logs
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
