-- one row for a question that has no answer, saying why in English and Arabic; none for one that has
-- The macros that answer stop with its words: an answer to another question would pass for one to the question asked.
create macro kpi_refusal(
    kpi, from_month, to_month, months_per_point, "by", entity, governorate, via, service
) as table
    with judged as (
        select
            kpi as kpi_id,
            case
                when kpi is null or not list_contains(known.kpi_ids, kpi) then ['kpi', kpi]
                when "by" is null or not list_contains(known.group_names, "by") then ['by', "by"]
                when from_month is null or to_month is null then ['no_period', null]
                when from_month::date > to_month::date
                    then ['reversed_period', from_month::date::varchar || ', ' || to_month::date::varchar]
                when coalesce(months_per_point, 0) < 1 then ['step', months_per_point::varchar]
                when "by" <> 'programme' and not list_contains(known.kpi_groups, kpi || ' ' || "by")
                    then ['group', "by"]
                when entity is not null and not list_contains(known.kpi_groups, kpi || ' entity')
                    then ['group', 'entity']
                when governorate is not null and not list_contains(known.kpi_groups, kpi || ' governorate')
                    then ['group', 'governorate']
                when via is not null and not list_contains(known.kpi_groups, kpi || ' channel')
                    then ['group', 'channel']
                when service is not null and not list_contains(known.kpi_groups, kpi || ' service')
                    then ['group', 'service']
                when
                    "by" not in ('entity', 'governorate') and entity is null and governorate is null
                    and not list_contains(known.kpi_groups, kpi || ' programme')
                    then ['group', 'programme']
                when not list_contains(known.entity_ids, entity) then ['entity', entity]
                when not list_contains(known.governorate_ids, governorate) then ['governorate', governorate]
                when not list_contains(known.channel_ids, via) then ['channel', via]
                when not list_contains(known.service_ids, service) then ['service', service]
                when
                    list_contains(known.single_group_kpi_ids, kpi)
                    and ("by" in ('entity', 'service') or entity is not null or service is not null)::integer
                    + ("by" = 'governorate' or governorate is not null)::integer
                    + ("by" = 'channel' or via is not null)::integer > 1
                    then ['two_groups', null]
            end as told
        from meta_known_id as known
    ),

    -- With nothing at the end of the list, so that a reason without any is still told.
    candidates as (
        select
            judged.kpi_id,
            coalesce(judged.told[2], 'null') as asked,
            meta_refusal.reason,
            meta_refusal.en,
            meta_refusal.ar,
            unnest(list_append(meta_refusal.known_ids, null)) as known_id
        from judged
        inner join meta_refusal on judged.told[1] = meta_refusal.reason
    ),

    hinted as (
        select
            candidates.*,
            case
                when candidates.reason = 'by' then candidates.known_id
                when starts_with(candidates.known_id, candidates.kpi_id || ' ')
                    then replace(candidates.known_id, candidates.kpi_id || ' ', '')
            end as choice
        from candidates
    ),

    filled as (
        select
            hinted.en,
            hinted.ar,
            hinted.asked,
            coalesce(hinted.kpi_id, 'null') as kpi_id,
            coalesce(
                string_agg(hinted.choice, ', '),
                arg_max(hinted.known_id, jaro_winkler_similarity(hinted.known_id, hinted.asked)),
                '–'
            ) as hint
        from hinted
        group by hinted.en, hinted.ar, hinted.asked, hinted.kpi_id
    )

    select
        'Not answered: ' || format(filled.en, filled.asked, filled.hint, filled.kpi_id)
        || ' | لم يُجب: ' || format(filled.ar, filled.asked, filled.hint, filled.kpi_id) as message
    from filled;
