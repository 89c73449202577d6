-- one row per service, and one for totals of bodies that name none: the values of one KPI over a whole period
-- Call: kpi_by_service('digital_transactions', '2025-01', '2025-05', entity := 'rop')
create macro kpi_by_service(
    kpi, from_month, to_month, entity := null, governorate := null, via := null,
    organisation := 'as_was'
) as table
    select
        points.group_id as service_id,
        coalesce(groups.name_ar, 'غير موزعة على الخدمات') as name_ar,
        coalesce(groups.name_en, 'Not by service') as name_en,
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
            kpi, month_start(from_month), month_start(to_month), "by" := 'service',
            entity := entity, governorate := governorate, via := via,
            organisation := organisation
        ) as points
    cross join kpi_coverage(from_month, to_month, entity := entity, organisation := organisation) as coverage
    left join meta_kpi on meta_kpi.kpi_id = kpi
    left join dim_service as groups on points.group_id = groups.service_id
    order by points.group_id = 'not_by_service', points.value desc nulls last, points.group_id;
