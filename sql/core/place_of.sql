-- one row's place among all rows: 1 is the least, equal values share the better place, and a majority of them has none
-- Call: place_of(-shown_value(value, unit, decimals))
create macro place_of(best_first) as (case
    when best_first is null then null
    when
        2 * count(*) over (partition by best_first) > count(best_first) over ()
        and count(best_first) over () > 1 then null
    else rank() over (order by best_first nulls last)
end)::bigint;
