-- one row's value as every surface rounds it: half up from its shortest decimal form
-- A percentage that is not quite 0 or 100 is not written as if it were.
-- Call: shown_value(96.04, 'percent', 1)
create macro shown_value(value, unit, decimals) as case
    when value is null then null
    when unit = 'percent' and value > 0 and value * 10 ** decimals < 0.5 then 10 ** -decimals
    when unit = 'percent' and value < 100 and value * 10 ** decimals >= 100 * 10 ** decimals - 0.5
        then 100 - 10 ** -decimals
    else
        sign(value) * floor(
            abs(value)::varchar::decimal(28, 9) * (10 ** decimals)::integer::decimal(5, 0) + 0.5
        )::double / 10 ** decimals
end;
