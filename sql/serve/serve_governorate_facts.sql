-- one row per governorate: seat, wilayats, area, and the residents that the density of a month is computed with
-- Call: serve_governorate_facts('2025-05')
create macro serve_governorate_facts(until_month) as table
    with last_counted as (
        select max(serve_kpi.month) as counted_month
        from serve_kpi
        where serve_kpi.kpi_id = 'transactions_per_1000'
    ),

    dated as (
        select
            residents.governorate_id,
            max(residents.as_of) as population_as_of,
            arg_max(residents.population, residents.as_of)::bigint as population,
            arg_max(residents.source, residents.as_of) as population_source,
            arg_max_null(residents.source_ar, residents.as_of) as population_source_ar
        from dim_governorate_population as residents
        where
            residents.as_of <= last_day(
                least(month_start(until_month), (select last_counted.counted_month from last_counted))
            )
        group by residents.governorate_id
    )

    select
        place.governorate_id,
        place.name_ar,
        place.name_en,
        place.seat_ar,
        place.seat_en,
        place.wilayats,
        place.area_km2,
        place.source,
        place.source_ar,
        dated.population,
        dated.population_as_of,
        dated.population_source,
        dated.population_source_ar,
        place.sort_order
    from dim_governorate as place
    left join dated on place.governorate_id = dated.governorate_id;
