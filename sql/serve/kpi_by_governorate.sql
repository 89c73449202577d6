-- one row per governorate, and one for what is not allocated to any: the values of one KPI over a whole period
-- Call: kpi_by_governorate('digital_transactions', '2025-01', '2025-05')
create macro kpi_by_governorate(kpi, from_month, to_month, entity := null, via := null, service := null) as table
    select
        points.group_id as governorate_id,
        coalesce(groups.name_ar, 'غير موزّعة على محافظة') as name_ar,
        coalesce(groups.name_en, 'Not allocated to a governorate') as name_en,
        points.value,
        points.numerator,
        points.denominator,
        meta_kpi.unit,
        points.as_of_month
    from
        kpi_points(
            kpi, month_start(from_month), month_start(to_month), "by" := 'governorate',
            entity := entity, via := via, service := service
        ) as points
    cross join meta_kpi
    left join dim_governorate as groups on points.group_id = groups.governorate_id
    where meta_kpi.kpi_id = kpi
    order by points.value desc nulls last, points.group_id;
