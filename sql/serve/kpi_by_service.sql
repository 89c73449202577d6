-- one row per service: the values of one KPI over a whole period
-- Call: kpi_by_service('digital_transactions', '2025-01', '2025-05', entity := 'rop')
create macro kpi_by_service(kpi, from_month, to_month, entity := null, governorate := null, via := null) as table
    select
        points.group_id as service_id,
        groups.name_ar,
        groups.name_en,
        points.value,
        points.numerator,
        points.denominator,
        meta_kpi.unit,
        points.as_of_month
    from
        kpi_points(
            kpi, month_start(from_month), month_start(to_month), "by" := 'service',
            entity := entity, governorate := governorate, via := via
        ) as points
    cross join meta_kpi
    left join dim_service as groups on points.group_id = groups.service_id
    where meta_kpi.kpi_id = kpi
    order by points.value desc nulls last, points.group_id;
