-- one row per calendar month covered by any log
create table dim_month as
with covered as (
    select
        min(month) as first_on,
        max(month + to_months((months_covered - 1)::integer))::date as last_on
    from fct_transaction_service_month
    union all
    select
        min(first_on),
        max(last_on)
    from lake_log_month
),

bounds as (
    select
        date_trunc('month', min(first_on))::date as first_month,
        date_trunc('month', max(last_on))::date as last_month
    from covered
)

select
    spine.month::date as month,
    last_day(spine.month::date)::date as month_end,
    year(spine.month)::bigint as year,
    quarter(spine.month)::bigint as quarter
from bounds, unnest(generate_series(bounds.first_month, bounds.last_month, interval 1 month)) as spine (month)
order by month;

comment on table dim_month is
'Calendar months covered by any log. | الأشهر التي تغطيها السجلات.';
