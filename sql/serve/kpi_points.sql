-- one row per point in time and group: the value of one KPI, aggregated the only way its kind allows
-- Call: kpi_points('digital_take_up', '2025-01-01', '2025-05-01', months_per_point := 1, by := 'entity')
create macro kpi_points(
    kpi, from_month, to_month,
    months_per_point := 1200, "by" := 'programme', entity := null, governorate := null, via := null, service := null,
    organisation := 'as_was'
) as table
    -- Where figures of entities overlap, nothing that would hold several entities is told.
    with untold as (
        select distinct meta_overlap.month
        from meta_overlap
        where
            meta_overlap.kpi_id = kpi and entity is null and service is null and "by" not in ('entity', 'service')
    ),

    -- Nor what would give a body of today the overlapping figures of several bodies of the time.
    merged as (
        select
            meta_overlap_as_is.month,
            meta_overlap_as_is.entity_id
        from meta_overlap_as_is
        where
            organisation = 'as_is' and meta_overlap_as_is.kpi_id = kpi and service is null and "by" <> 'service'
    ),

    parts as (
        select stored.* replace (coalesce(untold.month, merged.month) is not null or stored.withheld as withheld)
        from kpi_parts(kpi, from_month, to_month, "by", entity, governorate, via, service, organisation) as stored
        left join untold on stored.month = untold.month
        left join merged on stored.month = merged.month and stored.entity_id = merged.entity_id
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
                    date_diff('month', from_month::date, summed.month)
                    // greatest(months_per_point, 1) * months_per_point
                )::integer)
            )::date as period_month,
            summed.*
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
                    date_diff('month', from_month::date, last_months.month)
                    // greatest(months_per_point, 1) * months_per_point
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
            bool_or(over_months.withheld) as withheld,
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
            case when not bool_or(ranked_classes.withheld) then max(ranked_classes.transactions_in_all)::bigint end
                as numerator,
            null::bigint as denominator,
            case
                when not bool_or(ranked_classes.withheld)
                    then min(ranked_classes.bucket_minutes) filter (
                        where 2 * ranked_classes.transactions_up_to >= ranked_classes.transactions_in_all
                    )
            end::double as lower_minutes
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
    where median.group_id is not null
    union all
    -- In every column and the condition, so that no reader's own condition or choice of columns leaves the refusal out.
    select
        error(refusal.message)::date,
        error(refusal.message)::varchar,
        error(refusal.message)::date,
        error(refusal.message)::bigint,
        error(refusal.message)::bigint,
        error(refusal.message)::double
    from kpi_refusal(kpi, from_month, to_month, months_per_point, "by", entity, governorate, via, service) as refusal
    where error(refusal.message) is null
    union all
    select
        error(unknown.message)::date,
        error(unknown.message)::varchar,
        error(unknown.message)::date,
        error(unknown.message)::bigint,
        error(unknown.message)::bigint,
        error(unknown.message)::double
    from organisation_refusal(organisation) as unknown
    where error(unknown.message) is null;
