-- one row per month, entity, service and governorate
create view kpi_digital_take_up as
select
    completed.month,
    completed.entity_id,
    completed.service_id,
    completed.governorate_id,
    coalesce(sum(completed.transactions) filter (where dim_channel.digital), 0)::bigint as numerator,
    sum(completed.transactions)::bigint as denominator
from fct_transaction_service_month as completed
inner join dim_channel on completed.channel = dim_channel.channel
where completed.outcome = 'completed'
group by completed.month, completed.entity_id, completed.service_id, completed.governorate_id;

comment on view kpi_digital_take_up is
'Completed digital transactions out of completed ones with a known channel. | الرقمية المكتملة من المكتملة المعروفة القناة.';
