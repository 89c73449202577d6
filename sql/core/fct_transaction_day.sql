-- one row per day, entity, governorate, channel, outcome and beneficiary; only of rows whose day is told
create table fct_transaction_day as
with daily_totals as (
    select
        lake_files.lake_file,
        lake_spans.entity_id,
        lake_spans.month
    from lake_spans
    inner join lake_files on lake_spans.source_file = lake_files.source_file
    where lake_spans.has_days and not lake_spans.has_ids
)

select
    sent.day,
    sent.entity_id,
    sent.governorate_id,
    sent.channel,
    sent.outcome,
    sent.beneficiary,
    sum(sent.transactions)::bigint as transactions
from lake_transaction_day as sent
left join daily_totals
    on
        sent.lake_file = daily_totals.lake_file
        and sent.entity_id = daily_totals.entity_id
        and sent.month = daily_totals.month
where sent.lake_file is null or daily_totals.lake_file is not null
group by sent.day, sent.entity_id, sent.governorate_id, sent.channel, sent.outcome, sent.beneficiary
order by sent.day, sent.entity_id, sent.governorate_id, sent.channel, sent.outcome, sent.beneficiary;

comment on table fct_transaction_day is
'Transactions by day without service: single ones, and totals whose day is known to be their day. | المعاملات يوميًا دون الخدمة: المفردة، والمجاميع التي عُرف أن يومها هو يومها.';
