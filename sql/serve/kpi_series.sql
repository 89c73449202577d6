-- one row per month: the values of one KPI, for the programme or one slice of it
-- Call: kpi_series('digital_take_up', '2025-01', '2025-05', entity := 'rop')
create macro kpi_series(
    kpi, from_month, to_month, entity := null, governorate := null, via := null, service := null
) as table
    select
        points.period_month as "month",
        points.value,
        points.numerator,
        points.denominator,
        meta_kpi.unit,
        meta_kpi.name_ar,
        meta_kpi.name_en
    from
        kpi_points(
            kpi, month_start(from_month), month_start(to_month),
            months_per_point := 1, entity := entity, governorate := governorate, via := via, service := service
        ) as points
    cross join meta_kpi
    where meta_kpi.kpi_id = kpi
    order by points.period_month;
