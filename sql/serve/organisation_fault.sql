-- one row per call, as it is a value: why an organisation is neither as it was nor as it is, null where it is known
-- Call: organisation_fault('now')
create macro organisation_fault(organisation_asked) as
case
    when organisation_asked is null or organisation_asked not in ('as_was', 'as_is')
        then
            'Not answered: organisation := ''' || coalesce(organisation_asked, 'null') || ''' is not known; give '
            || '''as_was'' (each body with what it answered for then) or ''as_is'' (with what it answers for today).'
            || ' | لم يُجب: القيمة organisation := ''' || coalesce(organisation_asked, 'null') || ''' غير معروفة؛ أعطِ '
            || '''as_was'' (كل جهة وما كانت تتولاه) أو ''as_is'' (كل جهة وما تتولاه اليوم).'
end;
