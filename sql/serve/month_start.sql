-- one row per call, as it is a value: the first day of the month that a text or a date names
-- By cases, so that a month that is given is worked out while planning: the words of a refusal never are.
-- Call: month_start('2025-01'), month_start(current_date)
create macro month_start(month_text) as
case
    when try_cast(left(month_text::varchar, 7) || '-01' as date) is not null
        then try_cast(left(month_text::varchar, 7) || '-01' as date)
    else
        error(
            'Not answered: ''' || month_text::varchar || ''' is no month; write it as 2025-01.'
            || ' | لم يُجب: ''' || month_text::varchar || ''' ليس شهرًا؛ اكتبه على هيئة 2025-01.'
        )::date
end;
