-- one row per entity: the values of one KPI over a whole period
-- Call: kpi_by_entity('digital_transactions', '2025-01', '2025-05', governorate := 'OM-MA')
create macro kpi_by_entity(kpi, from_month, to_month, governorate := null, via := null, service := null) as table
    select
        points.group_id as entity_id,
        groups.name_ar,
        groups.name_en,
        points.value,
        points.numerator,
        points.denominator,
        meta_kpi.unit,
        points.as_of_month
    from
        kpi_points(
            kpi, month_start(from_month), month_start(to_month), "by" := 'entity',
            governorate := governorate, via := via, service := service
        ) as points
    cross join meta_kpi
    left join dim_entity as groups on points.group_id = groups.entity_id
    where meta_kpi.kpi_id = kpi
    order by points.value desc nulls last, points.group_id;
