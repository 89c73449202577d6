-- one row's words of what somebody looks for, each as it is searched
-- Call: where list_bool_and(list_transform(search_words('البلدية'), lambda word: contains(search_ar, word)))
-- The article (also as it stands after ل) is taken off what is looked for, not off the names: a word without it is part
-- of the word with it, so that either finds both. What would be left with fewer than three letters keeps it.
create macro search_words(written) as list_transform(
    string_split(search_form(written), ' '),
    lambda word: regexp_replace(word, '^(ال|لل)(\p{L}{3,})$', '\2')
);
