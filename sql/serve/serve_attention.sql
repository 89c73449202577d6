-- one row per body and kind of thing that wants somebody to act, place 1 first; without a body it is the programme's
-- The gravest of each kind come before the second of any kind. A fall is beyond what the body's own months vary by.
-- Call: serve_attention('2025-01', '2025-05')
create macro serve_attention(from_month, to_month, entity := null) as table
    with standing as (
        select
            serve_project_status.*,
            dim_project.due_on
        from serve_project_status
        inner join dim_project on serve_project_status.project_id = dim_project.project_id
        where
            serve_project_status.in_programme
            and serve_project_status.month = (
                select max(reported.month) from serve_project_status as reported
                where reported.month <= month_start(to_month)
            )
    ),

    late as (
        select
            'behind' as kind,
            standing.*,
            -standing.variance_points as amount
        from standing
        where standing.standing = 'behind'
        union all
        select
            'overdue' as kind,
            standing.*,
            date_diff('day', standing.due_on, last_day(standing.month))::double as amount
        from standing
        where standing.is_overdue
    ),

    late_projects as (
        select
            kind,
            owner_entity_id as entity_id,
            count(*)::bigint as things,
            max(amount) as amount,
            arg_min(project_id, (-amount, project_id)) as subject_id,
            arg_min(name_ar, (-amount, project_id)) as subject_ar,
            arg_min(name_en, (-amount, project_id)) as subject_en,
            max(month) as month
        from late
        group by kind, owner_entity_id
    ),

    silent as (
        select
            'silent' as kind,
            entity_id,
            count(*)::bigint as things,
            count(*)::double as amount,
            max(month) as month
        from serve_coverage
        where status = 'missing' and month between month_start(from_month) and month_start(to_month)
        group by entity_id
    ),

    silent_services as (
        select
            'silent_services' as kind,
            entity_id,
            count(*)::bigint as things,
            count(*)::double as amount,
            arg_min(service_id, (silent_since, service_id)) as subject_id,
            arg_min(name_ar, (silent_since, service_id)) as subject_ar,
            arg_min(name_en, (silent_since, service_id)) as subject_en,
            min(silent_since) as month
        from serve_silent_services(from_month, to_month)
        group by entity_id
    ),

    own_months as (
        select
            points.group_id as entity_id,
            points.period_month as month,
            points.value
        from
            kpi_points(
                'digital_transactions', (month_start(to_month) - interval 12 month)::date, month_start(to_month),
                "by" := 'entity', months_per_point := 1
            ) as points
        inner join serve_coverage as coverage
            on points.group_id = coverage.entity_id and points.period_month = coverage.month
        where points.value is not null and not coverage.is_partial
    ),

    usual as (
        select
            entity_id,
            median(value) filter (where month < month_start(to_month)) as usual_value,
            mad(value) filter (where month < month_start(to_month)) as deviation,
            count(*) filter (where month < month_start(to_month)) as months,
            max(value) filter (where month = month_start(to_month)) as last_value
        from own_months
        group by entity_id
    ),

    below_usual as (
        select
            'below_usual' as kind,
            entity_id,
            1::bigint as things,
            100.0 * (usual_value - last_value) / nullif(usual_value, 0) as amount,
            month_start(to_month) as month
        from usual
        -- A year has seasons: only what leaves six months' own spread by far, and a tenth of the usual, is a fall.
        where months >= 6 and last_value < usual_value - 4.5 * deviation and last_value <= 0.9 * usual_value
    ),

    conflicting as (
        select
            'conflicting' as kind,
            count(*)::bigint as things,
            count(*)::double as amount,
            min(claim_id) as subject_id,
            arg_min(metric_ar, claim_id) as subject_ar,
            arg_min(metric_en, claim_id) as subject_en
        from serve_claims
        where verdict = 'conflicting'
        group by list_min(list_append(conflicts_with, claim_id))
    ),

    held as (
        select
            'held' as kind,
            entity_id,
            count(distinct held_id)::bigint as things,
            coalesce(sum(transactions), 0)::double as amount,
            max(month) as month
        from serve_held
        where status = 'held'
        group by entity_id
    ),

    -- What a kind does not have, a subject or a body, is empty.
    everything as (
        select * from held
        union all by name
        select * from late_projects
        union all by name
        select * from silent
        union all by name
        select * from below_usual
        union all by name
        select * from conflicting
        union all by name
        select * from silent_services
    ),

    in_turn as (
        select
            everything.*,
            row_number() over (
                partition by everything.kind
                order by everything.amount desc, everything.entity_id, everything.subject_id
            ) as turn
        from everything
        where entity is null or everything.entity_id = entity
    )

    select
        row_number() over (
            order by
                in_turn.turn,
                list_position(
                    ['held', 'overdue', 'behind', 'silent', 'below_usual', 'conflicting', 'silent_services'],
                    in_turn.kind
                )
        ) as place,
        (count(*) over ())::bigint as among,
        in_turn.kind,
        in_turn.entity_id,
        dim_entity.name_ar as entity_ar,
        dim_entity.name_en as entity_en,
        in_turn.things,
        in_turn.amount,
        in_turn.subject_id,
        in_turn.subject_ar,
        in_turn.subject_en,
        in_turn.month
    from in_turn
    left join dim_entity on in_turn.entity_id = dim_entity.entity_id;
