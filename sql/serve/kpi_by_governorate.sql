-- one row per governorate, and one for what is not allocated to any: the values of one KPI over a whole period
-- Call: kpi_by_governorate('digital_transactions', '2025-01', '2025-05')
create macro kpi_by_governorate(
    kpi, from_month, to_month, entity := null, via := null, service := null,
    organisation := 'as_was'
) as table
    with points as (
        select
            answers.*,
            meta_kpi.unit,
            case
                when answers.group_id <> 'not_allocated'
                    then
                        shown_value(answers.value, meta_kpi.unit, meta_kpi.decimals)
                        * case when meta_kpi.direction = 'down' then 1 else -1 end
            end as best_first
        from
            kpi_points(
                kpi, month_start(from_month), month_start(to_month), "by" := 'governorate',
                entity := entity, via := via, service := service,
                organisation := organisation
            ) as answers
        left join meta_kpi on meta_kpi.kpi_id = kpi
    )

    select
        points.group_id as governorate_id,
        coalesce(groups.name_ar, 'غير موزّعة على محافظة') as name_ar,
        coalesce(groups.name_en, 'Not allocated to a governorate') as name_en,
        points.value,
        points.numerator,
        points.denominator,
        points.unit,
        place_of(points.best_first) as place,
        (count(points.best_first) over ())::bigint as among,
        points.as_of_month,
        coverage.entities_reported,
        coverage.entities_expected,
        coverage.months_reported,
        coverage.months_expected,
        coverage.months_partial,
        coverage.is_complete
    from points
    cross join kpi_coverage(from_month, to_month, entity := entity, organisation := organisation) as coverage
    left join dim_governorate as groups on points.group_id = groups.governorate_id
    order by points.value desc nulls last, points.group_id;
