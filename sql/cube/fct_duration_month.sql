-- one row per month, entity, governorate, channel and duration class of completed transactions
-- Classes are exact below 64 minutes and 1/32 of an octave wide above: integer arithmetic, equal on every engine.
with timed as (
    select
        month,
        entity_id,
        governorate_id,
        channel,
        transactions,
        date_diff('minute', date_trunc('minute', submitted_at), date_trunc('minute', completed_at)) as minutes
    from lake_transactions
    where outcome = 'completed' and completed_at is not null
)

select
    month,
    entity_id,
    governorate_id,
    channel,
    cast(
        case
            when minutes < 64 then minutes
            when minutes < 128 then minutes - minutes % 2
            when minutes < 256 then minutes - minutes % 4
            when minutes < 512 then minutes - minutes % 8
            when minutes < 1024 then minutes - minutes % 16
            when minutes < 2048 then minutes - minutes % 32
            when minutes < 4096 then minutes - minutes % 64
            when minutes < 8192 then minutes - minutes % 128
            when minutes < 16384 then minutes - minutes % 256
            when minutes < 32768 then minutes - minutes % 512
            when minutes < 65536 then minutes - minutes % 1024
            when minutes < 131072 then minutes - minutes % 2048
            else minutes - minutes % 4096
        end as bigint
    ) as bucket_minutes,
    cast(sum(transactions) as bigint) as transactions
from timed
group by 1, 2, 3, 4, 5
