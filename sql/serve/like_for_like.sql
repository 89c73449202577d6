-- one row per service (per entity where the KPI does not tell services apart): a KPI in two periods, matched by month
-- Call: like_for_like('digital_transactions', '2025-01-01', '2025-05-01', '2024-01-01', '2024-05-01')
create macro like_for_like(
    kpi, from_month, to_month, base_from, base_to,
    entity := null, governorate := null, via := null, service := null,
    organisation := 'as_was'
) as table
    select
        parts.entity_id,
        parts.service_id,
        parts.state,
        parts.since,
        parts.numerator,
        parts.denominator,
        parts.base_numerator,
        parts.base_denominator,
        case
            when meta_kpi.kind = 'sum' then parts.numerator::double
            else meta_kpi.scale * parts.numerator::double / nullif(parts.denominator, 0)
        end as value,
        case
            when meta_kpi.kind = 'sum' then parts.base_numerator::double
            else meta_kpi.scale * parts.base_numerator::double / nullif(parts.base_denominator, 0)
        end as base_value,
        parts.lone_numerator,
        parts.lone_denominator,
        parts.lone_base_numerator,
        parts.lone_base_denominator
    from
        like_for_like_parts(
            [kpi], from_month, to_month, base_from, base_to, entity, governorate, via, service,
            organisation := organisation
        ) as parts
    left join meta_kpi on parts.kpi_id = meta_kpi.kpi_id
    union all
    select
        error(refusal.message)::varchar,
        error(refusal.message)::varchar,
        error(refusal.message)::varchar,
        error(refusal.message)::date,
        error(refusal.message)::bigint,
        error(refusal.message)::bigint,
        error(refusal.message)::bigint,
        error(refusal.message)::bigint,
        error(refusal.message)::double,
        error(refusal.message)::double,
        error(refusal.message)::bigint,
        error(refusal.message)::bigint,
        error(refusal.message)::bigint,
        error(refusal.message)::bigint
    from
        like_for_like_refusal(
            kpi, from_month, to_month, base_from, base_to, entity, governorate, via, service,
            organisation := organisation
        ) as refusal
    where error(refusal.message) is null;
