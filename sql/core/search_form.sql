-- one row's text as it is searched: what writers of Arabic and Latin leave out or write differently is made alike
-- Call: where contains(search_ar, search_form('إصدار رخصه'))
-- Accents go with the hamza and madda on alef, waw and ya; then letters and digits that stand for each other are made
-- one; tatweel, diacritics, marks of direction and the hamza on the line vanish; what is no letter or digit is a space.
create macro search_form(written) as trim(
    regexp_replace(
        regexp_replace(
            translate(
                strip_accents(lower(written)),
                'ٱىیةەک٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹',
                'اييههك01234567890123456789'
            ),
            '[ءـ\p{Mn}\p{Cf}]', '', 'g'
        ),
        '[^\p{L}\p{N}]+', ' ', 'g'
    )
);
