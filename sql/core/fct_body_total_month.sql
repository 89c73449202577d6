-- one row per entity and month of which totals came that name no service; a quarterly total is in each of its months
create table fct_body_total_month as
select
    cube.entity_id,
    dim_month.month,
    sum(cube.log_rows)::bigint as log_rows,
    sum(cube.transactions)::bigint as transactions,
    bool_or(cube.governorate_id is not null) as tells_places,
    bool_or(cube.channel is not null and cube.channel <> 'unknown') as tells_channels
from fct_transaction_service_month as cube
inner join dim_month
    on
        cube.month <= dim_month.month
        and dim_month.month < cube.month + to_months(cube.months_covered::integer)
where cube.service_id is null
group by cube.entity_id, dim_month.month
order by dim_month.month, cube.entity_id;

comment on table fct_body_total_month is
'Which entity sent totals that name no service for which month. | أي جهة أرسلت مجاميع غير موزعة على الخدمات، ولأي شهر.';
