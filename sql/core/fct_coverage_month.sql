-- one row per month of the transactions log and entity that reports transactions
create table fct_coverage_month as
with log_months as (
    select dim_month.month
    from dim_month
    where
        dim_month.month between
        (select min(month) from fct_transaction_month)
        and (select max(month + to_months(months_covered - 1))::date from fct_transaction_month)
),

reported as (
    select
        fct_transaction_month.entity_id,
        dim_month.month,
        sum(fct_transaction_month.log_rows)::bigint as log_rows,
        sum(fct_transaction_month.transactions)::bigint as transactions
    from fct_transaction_month
    inner join dim_month
        on
            fct_transaction_month.month <= dim_month.month
            and dim_month.month < fct_transaction_month.month + to_months(fct_transaction_month.months_covered)
    group by fct_transaction_month.entity_id, dim_month.month
)

select
    log_months.month,
    dim_entity.entity_id,
    coalesce(reported.log_rows, 0)::bigint as log_rows,
    coalesce(reported.transactions, 0)::bigint as transactions,
    case
        when reported.log_rows > 0 then 'reported'
        when log_months.month < dim_entity.expected_from then 'not_expected'
        when log_months.month > dim_entity.expected_to then 'not_expected'
        else 'missing'
    end as status
from log_months
cross join dim_entity
left join reported
    on dim_entity.entity_id = reported.entity_id and log_months.month = reported.month
where dim_entity.reports_transactions
order by log_months.month, dim_entity.entity_id;

comment on table fct_coverage_month is
'Which entity reported which month of the transactions log; a quarterly report covers its three months. | تغطية سجل المعاملات شهرًا فشهرًا.';
