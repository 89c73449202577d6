-- one row: the day that the states of services hold for in a period, the end of its last counted month
-- Call: serve_states_day('2025-01', '2025-05')
create macro serve_states_day(from_month, to_month) as table
    select
        last_day(coalesce(
            (
                select max(fct_service_month.month)
                from fct_service_month
                where fct_service_month.month between month_start(from_month) and month_start(to_month)
            ),
            month_start(to_month)
        )) as as_of;
