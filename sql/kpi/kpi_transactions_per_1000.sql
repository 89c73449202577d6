-- one row per month and governorate; not-allocated transactions have no population and stay out
create view kpi_transactions_per_1000 as
-- Where rows tell the channel and none of them is digital, there were none.
with allocated as (
    select
        fct_transaction_month.month,
        fct_transaction_month.governorate_id,
        coalesce(sum(fct_transaction_month.transactions) filter (
            where fct_transaction_month.outcome = 'completed' and dim_channel.digital
        ), 0)::bigint as transactions
    from fct_transaction_month
    inner join dim_channel on fct_transaction_month.channel = dim_channel.channel
    where fct_transaction_month.governorate_id is not null and dim_channel.digital is not null
    group by fct_transaction_month.month, fct_transaction_month.governorate_id
),

-- From the first month whose senders name the governorate: before it nothing is known of it, which is not zero.
first_named as (
    select
        governorate_id,
        min(month) as first_month
    from allocated
    group by governorate_id
),

named_months as (
    select
        first_named.governorate_id,
        dim_month.month,
        dim_month.month_end
    from first_named
    inner join dim_month
        on dim_month.month between first_named.first_month and (select max(month) from allocated)
),

dated_population as (
    select
        named_months.month,
        named_months.governorate_id,
        arg_max(dim_governorate_population.population, dim_governorate_population.as_of) as population
    from named_months
    inner join dim_governorate_population
        on
            named_months.governorate_id = dim_governorate_population.governorate_id
            and named_months.month_end >= dim_governorate_population.as_of
    group by named_months.month, named_months.governorate_id
)

select
    dated_population.month,
    null::varchar as entity_id,
    dated_population.governorate_id,
    coalesce(allocated.transactions, 0)::bigint as numerator,
    dated_population.population::bigint as denominator
from dated_population
left join allocated
    on
        dated_population.month = allocated.month
        and dated_population.governorate_id = allocated.governorate_id;

comment on view kpi_transactions_per_1000 is
'Digital transactions of a governorate and its population. | المعاملات الرقمية للمحافظة وسكانها.';
