-- one row: which build this is, what it covers, and how it may be read
create view serve_freshness as
with transactions_log as (
    select
        min(month) as first_month,
        coalesce(max(months_covered), 1)::bigint as reporting_months
    from fct_transaction_month
),

senders as (
    select distinct entity_id
    from fct_coverage_month
    where log_rows > 0
),

shares as (
    select
        fct_coverage_month.month,
        100.0 * count(*) filter (where fct_coverage_month.log_rows > 0)
        / nullif(count(*) filter (where fct_coverage_month.status <> 'not_expected'), 0) as reported_pct
    from fct_coverage_month
    inner join senders on fct_coverage_month.entity_id = senders.entity_id
    group by fct_coverage_month.month
),

reported_range as (
    select
        coalesce(
            max(shares.month) filter (where shares.reported_pct >= meta_build.reporting_share_pct),
            max(shares.month) filter (where shares.reported_pct > 0)
        ) as last_month
    from shares
    cross join meta_build
),

ledger as (
    select
        count(*)::bigint as source_files,
        coalesce(sum(rows_accepted), 0)::bigint as rows_accepted,
        coalesce(sum(rows_rejected), 0)::bigint as rows_rejected
    from load_file
)

select
    meta_build.build_id,
    meta_build.built_at,
    meta_build.workspace_name_ar,
    meta_build.workspace_name_en,
    meta_build.programme_ar,
    meta_build.programme_en,
    meta_build.synthetic,
    meta_build.synthetic_note_ar,
    meta_build.synthetic_note_en,
    meta_build.week_first_day,
    meta_build.weekend,
    (transactions_log.first_month)::date as first_month,
    (reported_range.last_month)::date as last_month,
    (date_trunc('year', reported_range.last_month))::date as default_from_month,
    (reported_range.last_month)::date as default_to_month,
    transactions_log.reporting_months,
    ledger.source_files,
    ledger.rows_accepted,
    ledger.rows_rejected
from meta_build
cross join transactions_log
cross join reported_range
cross join ledger;

comment on view serve_freshness is
'The build, the months it covers up to the last one in which the expected share of bodies reported, and the rows behind it. | البناء والأشهر التي يغطيها حتى آخر شهر أبلغت فيه الحصة المتوقعة من الجهات، والصفوف التي يقوم عليها.';
