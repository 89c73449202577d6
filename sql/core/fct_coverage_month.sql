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
),

received as (
    select
        lake_spans.entity_id,
        dim_month.month,
        min(lake_spans.received_on) as received_on,
        (
            max(lake_spans.month + to_months(lake_spans.months_covered))
            + to_days(any_value(meta_build.due_day) - 1)
        )::date as due_on
    from lake_spans
    cross join meta_build
    inner join dim_month
        on
            lake_spans.month <= dim_month.month
            and dim_month.month < lake_spans.month + to_months(lake_spans.months_covered)
    where not lake_spans.is_held
    group by lake_spans.entity_id, dim_month.month
),

file_months as (
    select distinct
        lake_contribution.entity_id,
        dim_month.month,
        lake_contribution.lake_file
    from lake_contribution
    inner join dim_month
        on
            lake_contribution.month <= dim_month.month
            and dim_month.month < lake_contribution.month + to_months(lake_contribution.months_covered)
),

rejected as (
    select
        file_months.entity_id,
        file_months.month,
        100.0 * sum(lake_files.rows_rejected) / nullif(sum(lake_files.rows_read), 0) as rejected_pct
    from file_months
    inner join lake_files on file_months.lake_file = lake_files.lake_file
    group by file_months.entity_id, file_months.month
),

daily_totals as (
    select distinct
        entity_id,
        month
    from lake_spans
    where has_days and not has_ids and not is_held
),

told_days as (
    select
        fct_transaction_day.entity_id,
        dim_month.month,
        count(distinct fct_transaction_day.day)::bigint as days_reported,
        sum(fct_transaction_day.transactions)::bigint as transactions,
        greatest(
            min(fct_transaction_day.day) - dim_month.month, dim_month.month_end - max(fct_transaction_day.day)
        ) as longest_gap
    from fct_transaction_day
    inner join dim_month on fct_transaction_day.day between dim_month.month and dim_month.month_end
    group by fct_transaction_day.entity_id, dim_month.month, dim_month.month_end
),

-- only where every transaction of the month has its day: a total of the month is a total of all its days
days as (
    select
        told_days.entity_id,
        told_days.month,
        told_days.days_reported,
        case
            when daily_totals.entity_id is not null
                then
                    told_days.longest_gap >= 7
                    or 2 * told_days.days_reported < extract('day' from last_day(told_days.month))
            -- of a few transactions all may lie in one week by chance
            else told_days.longest_gap >= 10 and told_days.transactions >= 30
        end as is_partial
    from told_days
    inner join reported
        on
            told_days.entity_id = reported.entity_id
            and told_days.month = reported.month
            and told_days.transactions = reported.transactions
    left join daily_totals
        on told_days.entity_id = daily_totals.entity_id and told_days.month = daily_totals.month
)

select
    log_months.month,
    dim_entity.entity_id,
    coalesce(reported.log_rows, 0)::bigint as log_rows,
    coalesce(reported.transactions, 0)::bigint as transactions,
    rejected.rejected_pct::double as rejected_pct,
    received.received_on,
    case when log_months.month >= coalesce(meta_build.due_from, log_months.month) then received.due_on end as due_on,
    days.days_reported,
    extract('day' from last_day(log_months.month))::bigint as days_in_month,
    coalesce(days.is_partial, false) as is_partial,
    case
        when
            reported.log_rows > 0
            and received.received_on > received.due_on
            and log_months.month >= coalesce(meta_build.due_from, log_months.month)
            then 'late'
        when reported.log_rows > 0 then 'reported'
        when log_months.month < dim_entity.expected_from then 'not_expected'
        when log_months.month > dim_entity.expected_to then 'not_expected'
        else 'missing'
    end as status
from log_months
cross join dim_entity
cross join meta_build
left join reported
    on dim_entity.entity_id = reported.entity_id and log_months.month = reported.month
left join received
    on dim_entity.entity_id = received.entity_id and log_months.month = received.month
left join days
    on dim_entity.entity_id = days.entity_id and log_months.month = days.month
left join rejected
    on dim_entity.entity_id = rejected.entity_id and log_months.month = rejected.month
where dim_entity.reports_transactions
order by log_months.month, dim_entity.entity_id;

comment on table fct_coverage_month is
'Which entity reported which month of the transactions log, in time or late; a quarterly report covers its three months. | تغطية سجل المعاملات شهرًا فشهرًا: ما ورد في موعده وما تأخر وما لم يرد.';
