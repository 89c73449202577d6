-- one row per day of the week
-- en: On which days of the week do people submit?
-- ar: في أي أيام الأسبوع يقدّم الناس معاملاتهم؟
-- for: analyst
-- $from: 2025-01
-- $to: 2025-05
select
    isodow(day) as day_of_week,
    sum(transactions)::bigint as transactions,
    100 * sum(transactions) / nullif(sum(sum(transactions)) over (), 0) as share_pct
from fct_transaction_day
where day >= month_start($from) and day < month_start($to) + to_months(1)
group by day_of_week
order by day_of_week
