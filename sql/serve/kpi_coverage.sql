-- one row: how complete the transactions log is in a period, of all entities or of one
-- Call: kpi_coverage('2025-01', '2025-05')
create macro kpi_coverage(from_month, to_month, entity := null, organisation := 'as_was') as table
    with counted as (
        select
            count(distinct months.entity_id) filter (where months.is_reported)::bigint as entities_reported,
            count(distinct months.entity_id)::bigint as entities_expected,
            count(distinct months.month) filter (where months.is_reported)::bigint as months_reported,
            (date_diff('month', month_start(from_month), month_start(to_month)) + 1)::bigint as months_expected,
            count(distinct months.month) filter (where months.is_reported and months.is_partial)::bigint
                as months_partial,
            coalesce(bool_and(months.is_reported and not months.is_partial), false) as is_whole
        from coverage_months(from_month, to_month, entity := entity, organisation := organisation) as months
    )

    select
        counted.entities_reported,
        counted.entities_expected,
        counted.months_reported,
        counted.months_expected,
        counted.months_partial,
        counted.is_whole and counted.months_reported = counted.months_expected as is_complete
    from counted;
