-- one row per channel: the values of one KPI over a whole period
-- Call: kpi_by_channel('transactions', '2025-01', '2025-05')
create macro kpi_by_channel(kpi, from_month, to_month, entity := null, governorate := null, service := null) as table
    select
        points.group_id as channel,
        coalesce(groups.name_ar, 'قناة غير معروفة') as name_ar,
        coalesce(groups.name_en, 'Channel not known') as name_en,
        points.value,
        points.numerator,
        points.denominator,
        meta_kpi.unit,
        points.as_of_month
    from
        kpi_points(
            kpi, month_start(from_month), month_start(to_month), "by" := 'channel',
            entity := entity, governorate := governorate, service := service
        ) as points
    cross join meta_kpi
    left join dim_channel as groups on points.group_id = groups.channel
    where meta_kpi.kpi_id = kpi
    order by points.value desc nulls last, points.group_id;
