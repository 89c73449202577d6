-- one row per month of the year
-- en: Which months of the year are busiest?
-- ar: أي أشهر السنة أكثر ازدحامًا؟
-- for: analyst
-- $kpi: transactions
-- $from: 2022-01
-- $to: 2024-12
select
    month("month") as month_of_year,
    count(*) as years,
    count(*) filter (where is_complete) as complete_years,
    avg(value) as mean_value,
    avg(value) filter (where is_complete) as mean_of_complete_years,
    max(value) as highest_value
from kpi_series($kpi, $from, $to)
group by month_of_year
order by month_of_year
