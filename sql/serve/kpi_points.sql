-- one row per point in time and group: the value of one KPI, aggregated the only way its kind allows
-- Call: kpi_points('digital_take_up', '2025-01-01', '2025-05-01', months_per_point := 1, by := 'entity')
create macro kpi_points(
    kpi, from_month, to_month,
    months_per_point := 1200, "by" := 'programme', entity := null, governorate := null, via := null, service := null
) as table
    with parts as (
        select * from kpi_parts(kpi, from_month, to_month, "by", entity, governorate, via, service)
    ),

    definition as (
        select * from meta_kpi
        where meta_kpi.kpi_id = kpi
    ),

    summed as (
        select
            parts.month,
            parts.group_id,
            parts.bucket_minutes,
            -- Only what counts once however often it comes has to be told apart; grouping all rows by it is slow.
            case
                when (select 'max' in (numerator_over_months, denominator_over_months) from definition)
                    then row(parts.entity_id, parts.service_id, parts.governorate_id, parts.channel, parts.level_id)
            end as member,
            sum(parts.numerator) as numerator,
            sum(parts.denominator) as denominator,
            bool_or(parts.withheld) as withheld
        from parts
        group by parts.month, parts.group_id, parts.bucket_minutes, member
    ),

    cells as (
        select
            (
                from_month::date
                + to_months((
                    date_diff('month', from_month::date, summed.month) // months_per_point * months_per_point
                )::integer)
            )::date as period_month,
            summed.* replace (
                case
                    when "by" in ('programme', 'entity', 'governorate', 'channel', 'service', 'level')
                        then summed.group_id
                    -- Its value would be that of the whole programme, under a name that says otherwise.
                    else
                        error(
                            'kpi_points: by := ''' || "by" || ''' names no group; give one of | أعطِ إحدى القيم: '
                            || 'programme, entity, governorate, channel, service, level'
                        )
                end as group_id
            )
        from summed
    ),

    last_months as (
        select serve_kpi_month.month from serve_kpi_month
        where serve_kpi_month.kpi_id = kpi
    ),

    stock_months as (
        select
            (
                from_month::date
                + to_months((
                    date_diff('month', from_month::date, last_months.month) // months_per_point * months_per_point
                )::integer)
            )::date as period_month,
            max(last_months.month) as month
        from last_months
        where last_months.month between from_month::date and to_month::date
        group by 1
    ),

    over_months as (
        select
            cells.period_month,
            cells.group_id,
            max(stock_months.month) as as_of_month,
            bool_or(cells.withheld) as withheld,
            cells.bucket_minutes,
            case any_value(definition.numerator_over_months)
                when 'sum' then sum(cells.numerator)
                when 'max' then max(cells.numerator)
                else sum(cells.numerator) filter (where cells.month = stock_months.month)
            end as numerator,
            case any_value(definition.denominator_over_months)
                when 'sum' then sum(cells.denominator)
                when 'max' then max(cells.denominator)
                else sum(cells.denominator) filter (where cells.month = stock_months.month)
            end as denominator
        from cells
        cross join definition
        inner join stock_months on cells.period_month = stock_months.period_month
        group by
            cells.period_month, cells.group_id, cells.member, cells.bucket_minutes
    ),

    additive as (
        select
            over_months.period_month,
            over_months.group_id,
            max(over_months.as_of_month) as as_of_month,
            -- A sum with a part that is withheld is withheld as a whole: the rest would pass for all of it.
            case when not bool_or(over_months.withheld) then sum(over_months.numerator)::bigint end as numerator,
            case when not bool_or(over_months.withheld) then sum(over_months.denominator)::bigint end as denominator,
            case
                when bool_or(over_months.withheld) then null
                when any_value(definition.kind) = 'sum' then sum(over_months.numerator)::double
                else
                    any_value(definition.scale) * sum(over_months.numerator)::double
                    / nullif(sum(over_months.denominator), 0)::double
            end as value
        from over_months
        cross join definition
        where definition.kind <> 'percentile'
        group by over_months.period_month, over_months.group_id
    ),

    classes as (
        select
            over_months.period_month,
            over_months.group_id,
            over_months.as_of_month,
            over_months.bucket_minutes,
            sum(over_months.numerator) as transactions
        from over_months
        cross join definition
        where definition.kind = 'percentile'
        group by
            over_months.period_month, over_months.group_id, over_months.as_of_month, over_months.bucket_minutes
    ),

    ranked_classes as (
        select
            classes.*,
            sum(classes.transactions) over (
                partition by classes.period_month, classes.group_id order by classes.bucket_minutes
            ) as transactions_up_to,
            sum(classes.transactions) over (partition by classes.period_month, classes.group_id) as transactions_in_all
        from classes
    ),

    median as (
        select
            ranked_classes.period_month,
            ranked_classes.group_id,
            max(ranked_classes.as_of_month) as as_of_month,
            max(ranked_classes.transactions_in_all)::bigint as numerator,
            null::bigint as denominator,
            min(ranked_classes.bucket_minutes) filter (
                where 2 * ranked_classes.transactions_up_to >= ranked_classes.transactions_in_all
            )::double as lower_minutes
        from ranked_classes
        group by ranked_classes.period_month, ranked_classes.group_id
    )

    select
        additive.period_month,
        additive.group_id,
        additive.as_of_month,
        additive.numerator,
        additive.denominator,
        additive.value
    from additive
    where additive.group_id is not null
    union all
    select
        median.period_month,
        median.group_id,
        median.as_of_month,
        median.numerator,
        median.denominator,
        median.lower_minutes
        + case
            when median.lower_minutes < 64 then 0
            else (pow(2, floor(log2(median.lower_minutes)) - 5) - 1) / 2
        end as value
    from median
    where median.group_id is not null;
