-- one row per KPI, month and entity whose figures overlap with those of others, so that no total is made of them
-- Why: `source` when the sender's source is declared `additive = false`, `kpi` when the KPI is, for all entities.
create table meta_overlap as
with senders as (
    select distinct
        lake_contribution.entity_id,
        dim_month.month
    from lake_contribution
    inner join lake_files on lake_contribution.lake_file = lake_files.lake_file
    inner join lake_sources on lake_files.source_name = lake_sources.source_name and not lake_sources.additive
    inner join dim_month
        on
            lake_contribution.month <= dim_month.month
            and dim_month.month < lake_contribution.month + to_months(lake_contribution.months_covered)
)

select
    meta_kpi.kpi_id,
    senders.month,
    senders.entity_id,
    'source' as reason
from senders
cross join meta_kpi
inner join meta_kpi_input on meta_kpi.kpi_id = meta_kpi_input.kpi_id and meta_kpi_input.input = 'transactions'
-- How many bodies reported is not counted out of what they reported.
where meta_kpi.about_people
union all
select distinct
    meta_kpi.kpi_id,
    serve_kpi.month,
    serve_kpi.entity_id,
    'kpi' as reason
from meta_kpi
inner join serve_kpi on meta_kpi.kpi_id = serve_kpi.kpi_id
where not meta_kpi.additive
order by 1, 2, 3, 4;

comment on table meta_overlap is
'Whose figures overlap with those of others, so that a total over entities that would hold them is null. | الجهات التي تتداخل أرقامها مع أرقام غيرها فلا يُصنع منها إجمالي.';
