-- one row per channel: the values of one KPI over a whole period
-- Call: kpi_by_channel('transactions', '2025-01', '2025-05')
create macro kpi_by_channel(
    kpi, from_month, to_month, entity := null, governorate := null, service := null,
    organisation := 'as_was'
) as table
    select
        points.group_id as channel,
        coalesce(groups.name_ar, 'قناة غير معروفة') as name_ar,
        coalesce(groups.name_en, 'Channel not known') as name_en,
        points.value,
        points.numerator,
        points.denominator,
        meta_kpi.unit,
        points.as_of_month,
        coverage.entities_reported,
        coverage.entities_expected,
        coverage.months_reported,
        coverage.months_expected,
        coverage.months_partial,
        coverage.is_complete
    from
        kpi_points(
            kpi, month_start(from_month), month_start(to_month), "by" := 'channel',
            entity := entity, governorate := governorate, service := service,
            organisation := organisation
        ) as points
    cross join kpi_coverage(from_month, to_month, entity := entity, organisation := organisation) as coverage
    left join meta_kpi on meta_kpi.kpi_id = kpi
    left join dim_channel as groups on points.group_id = groups.channel
    order by points.value desc nulls last, points.group_id;
