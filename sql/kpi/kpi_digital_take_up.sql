-- one row per month, entity and governorate
create view kpi_digital_take_up as
select
    fct_transaction_month.month,
    fct_transaction_month.entity_id,
    fct_transaction_month.governorate_id,
    coalesce(sum(fct_transaction_month.transactions) filter (where dim_channel.digital), 0)::bigint as numerator,
    sum(fct_transaction_month.transactions)::bigint as denominator
from fct_transaction_month
inner join dim_channel on fct_transaction_month.channel = dim_channel.channel
where fct_transaction_month.outcome = 'completed'
group by fct_transaction_month.month, fct_transaction_month.entity_id, fct_transaction_month.governorate_id;

comment on view kpi_digital_take_up is
'Completed digital transactions out of completed ones with a known channel. | الرقمية المكتملة من المكتملة المعروفة القناة.';
