-- one row per service that ever reported a transaction and month of the transactions log
-- A month without rows of a service whose sender did send is zero or silence: silence where its own past makes a run of
-- so many empty months a surprise. The past are the months before the run in which its sender sent: their share of
-- empty ones, or what their mean and spread let expect (a negative binomial, without spread a Poisson).
-- Where the sender stated a total without services, a service of which nothing came may be in it: not provided.
create table fct_service_coverage as
with reported as (
    select
        cube.service_id,
        dim_month.month,
        max(cube.entity_id) as entity_id,
        sum(cube.log_rows)::bigint as log_rows,
        sum(cube.transactions)::bigint as transactions
    from fct_transaction_service_month as cube
    inner join dim_month
        on
            cube.month <= dim_month.month
            and dim_month.month < cube.month + to_months(cube.months_covered::integer)
    where cube.service_id is not null
    group by cube.service_id, dim_month.month
),

-- Whether all that an entity sent of a month is declared to be whole: then a service that is not in it had none.
whole as (
    select
        lake_spans.entity_id,
        dim_month.month,
        bool_and(coalesce(lake_sources.whole, false)) as is_whole
    from lake_spans
    inner join lake_files on lake_spans.source_file = lake_files.source_file
    left join lake_sources on lake_files.source_name = lake_sources.source_name
    inner join dim_month
        on
            lake_spans.month <= dim_month.month
            and dim_month.month < lake_spans.month + to_months(lake_spans.months_covered)
    group by lake_spans.entity_id, dim_month.month
),

-- What an entity's rows of a month tell at all: a place or channel that none of them names is not known to have none.
told as (
    select
        cube.entity_id,
        dim_month.month,
        bool_or(cube.governorate_id is not null) as tells_places,
        bool_or(cube.channel is not null and cube.channel <> 'unknown') as tells_channels
    from fct_transaction_month as cube
    inner join dim_month
        on
            cube.month <= dim_month.month
            and dim_month.month < cube.month + to_months(cube.months_covered::integer)
    group by cube.entity_id, dim_month.month
),

lives as (
    select
        reported.service_id,
        min(reported.month) as first_month,
        arg_max(reported.entity_id, reported.month) as last_entity_id
    from reported
    group by reported.service_id
),

months as (
    select
        lives.service_id,
        coalesce(reported.entity_id, dim_service.entity_id, lives.last_entity_id) as entity_id,
        log_months.month,
        reported.log_rows,
        reported.transactions,
        log_months.month < lives.first_month as is_before,
        coalesce(log_months.month > fct_service_life.retired_on, false) as is_retired
    from lives
    cross join (select distinct fct_coverage_month.month from fct_coverage_month) as log_months
    left join reported on lives.service_id = reported.service_id and log_months.month = reported.month
    left join dim_service on lives.service_id = dim_service.service_id
    left join fct_service_life on lives.service_id = fct_service_life.service_id
),

sent as (
    select
        months.*,
        fct_coverage_month.status as sender_status,
        coalesce(whole.is_whole, false) as is_whole,
        totals.entity_id is not null as is_in_total,
        coalesce(told.tells_places, false) as tells_places,
        coalesce(told.tells_channels, false) as tells_channels,
        months.log_rows is null and not months.is_before and not months.is_retired
        and totals.entity_id is null
        and coalesce(fct_coverage_month.status in ('reported', 'late'), false) as is_empty,
        -- A run of empty months has the number of months with rows before it in common.
        count(months.log_rows) over (partition by months.service_id order by months.month) as run
    from months
    left join fct_coverage_month
        on months.entity_id = fct_coverage_month.entity_id and months.month = fct_coverage_month.month
    left join told on months.entity_id = told.entity_id and months.month = told.month
    left join whole on months.entity_id = whole.entity_id and months.month = whole.month
    left join fct_body_total_month as totals
        on months.entity_id = totals.entity_id and months.month = totals.month
),

runs as (
    select
        sent.service_id,
        sent.run,
        min(sent.month) filter (where sent.is_empty and not sent.is_whole) as since,
        count(*) filter (where sent.is_empty and not sent.is_whole) as empty_months,
        count(sent.log_rows) as filled_months,
        coalesce(sum(sent.transactions), 0)::double as transactions,
        coalesce(sum(sent.transactions::double * sent.transactions), 0) as squares
    from sent
    where not sent.is_before
    group by sent.service_id, sent.run
),

-- The months with rows of this and earlier runs, and the empty ones of earlier runs: what came before the silence.
pasts as (
    select
        runs.service_id,
        runs.run,
        runs.since,
        runs.empty_months,
        coalesce(sum(runs.empty_months) over earlier - runs.empty_months, 0)::double as empty_before,
        (
            sum(runs.filled_months) over earlier + sum(runs.empty_months) over earlier - runs.empty_months
        )::double as months_before,
        sum(runs.transactions) over earlier as transactions_before,
        sum(runs.squares) over earlier as squares_before
    from runs
    window earlier as (partition by runs.service_id order by runs.run)
),

spreads as (
    select
        pasts.*,
        pasts.transactions_before / nullif(pasts.months_before, 0) as mean,
        pasts.squares_before / nullif(pasts.months_before, 0)
        - pow(pasts.transactions_before / nullif(pasts.months_before, 0), 2) as variance
    from pasts
    where pasts.empty_months > 0
),

surprises as (
    select
        spreads.service_id,
        spreads.run,
        spreads.since,
        spreads.empty_months * ln(greatest(
            spreads.empty_before / spreads.months_before,
            case
                when spreads.variance > 1.000001 * spreads.mean
                    then
                        pow(
                            spreads.variance / spreads.mean,
                            -spreads.mean * spreads.mean / (spreads.variance - spreads.mean)
                        )
                else exp(-spreads.mean)
            end,
            1e-300
        )) < ln(meta_build.silent_surprise) as is_silent
    from spreads
    cross join meta_build
)

select
    sent.service_id,
    sent.entity_id,
    sent.month,
    case
        when sent.transactions > 0 then 'reported'
        when sent.log_rows is not null then 'zero_stated'
        when sent.is_before or sent.is_retired then 'not_expected'
        when sent.is_empty and sent.is_whole then 'zero_stated'
        when sent.is_empty and surprises.is_silent then 'silent'
        when sent.is_empty then 'zero_assumed'
        when sent.is_in_total or sent.sender_status = 'missing' then 'not_provided'
        else 'not_expected'
    end as state,
    case when sent.is_empty and not sent.is_whole and surprises.is_silent then surprises.since end as silent_since,
    sent.tells_places,
    sent.tells_channels,
    coalesce(sent.log_rows, 0)::bigint as log_rows,
    coalesce(sent.transactions, 0)::bigint as transactions
from sent
left join surprises on sent.service_id = surprises.service_id and sent.run = surprises.run
order by sent.month, sent.service_id;

comment on table fct_service_coverage is
'Which service reported which month of the transactions log, and what a month without rows is: zero, silence or not provided. | تغطية سجل المعاملات خدمةً فخدمةً وشهرًا فشهرًا، وما يعنيه الشهر الخالي: صفر أو انقطاع أو غير مقدَّم.';
