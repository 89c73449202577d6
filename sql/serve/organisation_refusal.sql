-- one row, in English and Arabic, where an organisation is neither as it was nor as it is; none where it is one of them
create macro organisation_refusal(organisation) as table
    select
        'Not answered: organisation := ''' || coalesce(organisation, 'null') || ''' is not known; give '
        || '''as_was'' (each body with what it answered for then) or ''as_is'' (with what it answers for today).'
        || ' | لم يُجب: القيمة organisation := ''' || coalesce(organisation, 'null') || ''' غير معروفة؛ أعطِ '
        || '''as_was'' (كل جهة وما كانت تتولاه) أو ''as_is'' (كل جهة وما تتولاه اليوم).' as message
    where organisation is null or organisation not in ('as_was', 'as_is');
