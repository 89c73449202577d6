-- one row per entity, governorate and used channel: what the filters offer
create view serve_filter_option as
with used_channels as (
    select distinct channel
    from serve_kpi
    where kpi_id = 'transactions'
)

select
    'entity' as dimension,
    entity_id as group_id,
    name_ar,
    name_en,
    null::bigint as sort_order
from dim_entity
union all
select
    'governorate' as dimension,
    governorate_id as group_id,
    name_ar,
    name_en,
    sort_order::bigint as sort_order
from dim_governorate
union all
select
    'channel' as dimension,
    dim_channel.channel as group_id,
    dim_channel.name_ar,
    dim_channel.name_en,
    dim_channel.sort_order::bigint as sort_order
from dim_channel
inner join used_channels on dim_channel.channel = used_channels.channel;

comment on view serve_filter_option is
'What the filters offer: every entity and governorate, and the channels that occur. | ما تتيحه المرشِّحات: كل جهة ومحافظة، والقنوات المستعملة.';
