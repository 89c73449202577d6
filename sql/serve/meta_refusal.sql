-- one row per reason why a question has no answer
-- {0} stands for what was asked, {1} for the nearest id or for the groups that a KPI has, {2} for the KPI.
create table meta_refusal as
with words (reason, en, ar) as (
    values
    (
        'kpi',
        'there is no KPI ''{0}''; the nearest is ''{1}'' (all of them: select kpi_id, name_en from meta_kpi).',
        'لا مؤشر باسم ''{0}''، وأقرب الأسماء إليه ''{1}'' (وكلها: select kpi_id, name_ar from meta_kpi).'
    ),
    (
        'by',
        'by := ''{0}'' names no group; give one of {1}.',
        'القيمة by := ''{0}'' لا تسمّي مجموعة؛ أعطِ إحدى القيم: {1}.'
    ),
    (
        'no_period',
        'the period has no beginning or no end; give two months.',
        'لا بداية للفترة أو لا نهاية لها؛ أعطِ شهرين.'
    ),
    (
        'reversed_period',
        'the period ends before it begins ({0}); give the earlier month first.',
        'تنتهي الفترة قبل أن تبدأ ({0})؛ أعطِ الشهر الأسبق أولًا.'
    ),
    (
        'step',
        'months_per_point := {0} is no number of months; give 1 or more.',
        'القيمة months_per_point := {0} ليست عدد أشهر؛ أعطِ 1 فأكثر.'
    ),
    (
        'group',
        'the KPI ''{2}'' has no values by {0}; it has them by {1}.',
        'المؤشر ''{2}'' ليس مفصّلًا بحسب {0}؛ وهو مفصّل بحسب {1}.'
    ),
    (
        'two_groups',
        'the public edition tells ''{2}'' by one of entity or service, governorate, channel at a time; ask for one.',
        'النسخة العامة تفصّل ''{2}'' بحسب واحد في كل مرة: الجهة أو الخدمة، أو المحافظة، أو القناة؛ فاسأل عن واحد.'
    ),
    (
        'not_additive',
        'the KPI ''{2}'' cannot be compared like for like: its months do not add up '
        || '(a stock, a median, or bodies counted once).',
        'لا يُقارن المؤشر ''{2}'' على أساس مماثل: أشهره لا تُجمع (رصيد أو وسيط أو عدّ لجهات مرة واحدة).'
    ),
    (
        'lengths_differ',
        'the two periods are not equally long; give a base with as many months.',
        'الفترتان ليستا بالطول نفسه؛ أعطِ فترة أساس بعدد الأشهر نفسه.'
    ),
    (
        'entity',
        'there is no entity ''{0}''; the nearest is ''{1}'' (all of them: select entity_id, name_en from dim_entity).',
        'لا جهة باسم ''{0}''، وأقرب الأسماء إليه ''{1}'' (وكلها: select entity_id, name_ar from dim_entity).'
    ),
    (
        'governorate',
        'there is no governorate ''{0}''; the nearest is ''{1}'' '
        || '(all of them: select governorate_id, name_en from dim_governorate).',
        'لا محافظة باسم ''{0}''، وأقرب الأسماء إليه ''{1}'' '
        || '(وكلها: select governorate_id, name_ar from dim_governorate).'
    ),
    (
        'channel',
        'there is no channel ''{0}''; the nearest is ''{1}'' (all of them: select channel, name_en from dim_channel).',
        'لا قناة باسم ''{0}''، وأقرب الأسماء إليه ''{1}'' (وكلها: select channel, name_ar from dim_channel).'
    ),
    (
        'service',
        'there is no service ''{0}''; the nearest is ''{1}'' '
        || '(all of them: select service_id, name_en from dim_service).',
        'لا خدمة باسم ''{0}''، وأقرب الأسماء إليه ''{1}'' (وكلها: select service_id, name_ar from dim_service).'
    )
)

select
    words.reason,
    words.en,
    words.ar,
    case words.reason
        when 'kpi' then known.kpi_ids
        when 'by' then known.group_names
        when 'group' then known.kpi_groups
        when 'entity' then known.entity_ids
        when 'governorate' then known.governorate_ids
        when 'channel' then known.channel_ids
        when 'service' then known.service_ids
    end as known_ids
from words
cross join meta_known_id as known;

comment on table meta_refusal is
'Why a question to the macros has no answer, in words. | أسباب عدم الإجابة عن سؤال، بالكلمات.';
