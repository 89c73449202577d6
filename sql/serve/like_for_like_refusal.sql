-- one row for each reason why a KPI cannot be compared like for like, in English and Arabic; none where it can be
create macro like_for_like_refusal(
    kpi, from_month, to_month, base_from, base_to, entity, governorate, via, service,
    organisation := 'as_was'
) as table
    with periods (first_month, last_month) as (
        values (from_month::date, to_month::date), (base_from::date, base_to::date)
    ),

    faults as (
        select
            case
                when
                    meta_kpi.kind = 'percentile'
                    or meta_kpi.numerator_over_months <> 'sum'
                    or (meta_kpi.kind <> 'sum' and meta_kpi.denominator_over_months <> 'sum')
                    then 'not_additive'
                when
                    from_month::date <= to_month::date and base_from::date <= base_to::date
                    and date_diff('month', from_month::date, to_month::date)
                    <> date_diff('month', base_from::date, base_to::date)
                    then 'lengths_differ'
            end as reason
        from meta_kpi
        where meta_kpi.kpi_id = kpi
    )

    select refusal.message
    from
        periods,
        lateral (
            select message
            from kpi_refusal(
                kpi, periods.first_month, periods.last_month, 1, 'programme', entity, governorate, via, service
            )
        ) as refusal
    union all
    select
        'Not answered: ' || format(meta_refusal.en, '', '', kpi)
        || ' | لم يُجب: ' || format(meta_refusal.ar, '', '', kpi)
    from faults
    inner join meta_refusal on faults.reason = meta_refusal.reason
    union all
    select message from organisation_refusal(organisation);
