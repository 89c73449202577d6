-- one row per entity: the values of one KPI over a whole period
-- Call: kpi_by_entity('digital_transactions', '2025-01', '2025-05', governorate := 'OM-MA')
create macro kpi_by_entity(
    kpi, from_month, to_month, governorate := null, via := null, service := null,
    organisation := 'as_was'
) as table
    with own as (
        select
            months.entity_id,
            count(*) filter (where months.is_reported)::bigint as months_reported,
            count(*)::bigint as months_expected,
            count(*) filter (where months.is_reported and months.is_partial)::bigint as months_partial
        from coverage_months(from_month, to_month, organisation := organisation) as months
        group by months.entity_id
    ),

    points as (
        select
            answers.*,
            meta_kpi.unit,
            shown_value(answers.value, meta_kpi.unit, meta_kpi.decimals)
            * case when meta_kpi.direction = 'down' then 1 else -1 end as best_first
        from
            kpi_points(
                kpi, month_start(from_month), month_start(to_month), "by" := 'entity',
                governorate := governorate, via := via, service := service,
                organisation := organisation
            ) as answers
        left join meta_kpi on meta_kpi.kpi_id = kpi
    )

    select
        points.group_id as entity_id,
        groups.name_ar,
        groups.name_en,
        points.value,
        points.numerator,
        points.denominator,
        points.unit,
        place_of(points.best_first) as place,
        (count(points.best_first) over ())::bigint as among,
        points.as_of_month,
        coalesce(own.months_reported, 0)::bigint as months_reported,
        coalesce(own.months_expected, 0)::bigint as months_expected,
        coalesce(own.months_partial, 0)::bigint as months_partial,
        coalesce(own.months_reported = own.months_expected and own.months_partial = 0, false) as is_complete
    from points
    left join own on points.group_id = own.entity_id
    left join dim_entity as groups on points.group_id = groups.entity_id
    order by points.value desc nulls last, points.group_id;
