-- one row per month, months covered, entity, governorate, channel, outcome and beneficiary
create table fct_transaction_month as
select
    month,
    months_covered,
    entity_id,
    governorate_id,
    channel,
    outcome,
    beneficiary,
    sum(log_rows)::bigint as log_rows,
    sum(transactions)::bigint as transactions,
    sum(ratings)::bigint as ratings,
    sum(rating_points)::bigint as rating_points,
    sum(fee_omr)::decimal(38, 3) as fee_omr
from fct_transaction_service_month
group by month, months_covered, entity_id, governorate_id, channel, outcome, beneficiary
order by month, entity_id, governorate_id, channel, outcome, beneficiary;

comment on table fct_transaction_month is
'Transactions by month without service: what most indicators read. | المعاملات شهريًا دون تفصيل الخدمة.';
