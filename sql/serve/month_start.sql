-- one row per call, as it is a value: the first day of the month that a text or a date names
-- Call: month_start('2025-01'), month_start(current_date)
create macro month_start(month_text) as (left(month_text::varchar, 7) || '-01')::date;
