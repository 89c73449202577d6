-- one row per month, platform and entity; only services whose registry names their platform
create table fct_platform_month as
select
    fct_transaction_service_month.month,
    dim_service.platform_id,
    fct_transaction_service_month.entity_id,
    sum(fct_transaction_service_month.transactions)::bigint as transactions
from fct_transaction_service_month
inner join dim_service on fct_transaction_service_month.service_id = dim_service.service_id
where dim_service.platform_id is not null and fct_transaction_service_month.outcome = 'completed'
group by fct_transaction_service_month.month, dim_service.platform_id, fct_transaction_service_month.entity_id
order by fct_transaction_service_month.month, dim_service.platform_id, fct_transaction_service_month.entity_id;

comment on table fct_platform_month is
'Completed transactions of the services that run on a shared platform. | المعاملات المكتملة للخدمات العاملة على منصة مشتركة.';
