-- one row per month, or per step of several: the values of one KPI, for the programme or one slice of it
-- Call: kpi_series('digital_take_up', '2025-01', '2025-05', entity := 'rop')
-- How complete a point is counts the transactions log, and is empty for stocks, which are not summed from it.
create macro kpi_series(
    kpi, from_month, to_month, entity := null, governorate := null, via := null, service := null,
    organisation := 'as_was', months_per_point := 1
) as table
    with told as (
        select
            (
                month_start(from_month)
                + to_months((
                    date_diff('month', month_start(from_month), months.month)
                    // greatest(months_per_point, 1) * greatest(months_per_point, 1)
                )::integer)
            )::date as period_month,
            months.*
        from coverage_months(from_month, to_month, entity := entity, organisation := organisation) as months
    ),

    counted as (
        select
            told.period_month,
            count(distinct told.entity_id) filter (where told.is_reported)::bigint as entities_reported,
            count(distinct told.entity_id)::bigint as entities_expected,
            count(distinct told.month) filter (where told.is_reported)::bigint as months_reported,
            count(distinct told.month) filter (where told.is_reported and told.is_partial)::bigint as months_partial,
            bool_and(told.is_reported and not told.is_partial) as is_whole
        from told
        group by told.period_month
    )

    select
        points.period_month as "month",
        points.value,
        points.numerator,
        points.denominator,
        meta_kpi.unit,
        meta_kpi.name_ar,
        meta_kpi.name_en,
        case when meta_kpi.flow = 'flow' then coalesce(counted.entities_reported, 0) end::bigint as entities_reported,
        case when meta_kpi.flow = 'flow' then coalesce(counted.entities_expected, 0) end::bigint as entities_expected,
        case when meta_kpi.flow = 'flow' then coalesce(counted.months_reported, 0) end::bigint as months_reported,
        case when meta_kpi.flow = 'flow' then months_per_point end::bigint as months_expected,
        case when meta_kpi.flow = 'flow' then coalesce(counted.months_partial, 0) end::bigint as months_partial,
        case
            when meta_kpi.flow = 'flow'
                then coalesce(counted.is_whole and counted.months_reported = months_per_point, false)
        end as is_complete
    from
        kpi_points(
            kpi, month_start(from_month), month_start(to_month),
            months_per_point := months_per_point, entity := entity, governorate := governorate, via := via,
            service := service, organisation := organisation
        ) as points
    left join counted on points.period_month = counted.period_month
    left join meta_kpi on meta_kpi.kpi_id = kpi
    order by points.period_month;
