-- one row per line, in order: where a stranger begins
create view readme as
with build as (
    select
        serve_freshness.*,
        meta_build.edition,
        meta_build.small_cell_below,
        strftime(coalesce(serve_freshness.default_from_month, date '2025-01-01'), '''%Y-%m''') as from_text,
        strftime(coalesce(serve_freshness.default_to_month, date '2025-05-01'), '''%Y-%m''') as to_text,
        meta_licence.licence_ar,
        meta_licence.licence_en
    from serve_freshness
    cross join meta_build
    cross join meta_licence
),

lines as (
    select
        10 as line,
        programme_ar || ': ' || workspace_name_ar as ar,
        programme_en || ': ' || workspace_name_en as en
    from build
    union all
    select
        20,
        'البناء ' || build_id || '، بتاريخ ' || strftime(built_at, '%Y-%m-%d')
        || '، والأشهر من ' || coalesce(strftime(first_month, '%Y-%m'), '—')
        || ' إلى ' || coalesce(strftime(last_month, '%Y-%m'), '—') || '.',
        'Build ' || build_id || ' of ' || strftime(built_at, '%Y-%m-%d')
        || ', months ' || coalesce(strftime(first_month, '%Y-%m'), '—')
        || ' to ' || coalesce(strftime(last_month, '%Y-%m'), '—') || '.'
    from build
    union all
    select
        30,
        synthetic_note_ar,
        synthetic_note_en
    from build
    where synthetic
    union all
    select
        31,
        'طبعة عامة: الخلايا التي تقل عن ' || small_cell_below || ' محجوبة مع ما يكشفها، وقيمتها فارغة.',
        'Public edition: cells below ' || small_cell_below
        || ' are withheld with those that would give them away; their value is null.'
    from build
    where edition = 'public'
    union all
    select
        40,
        'الرخصة: ' || licence_ar,
        'Licence: ' || licence_en
    from build
    union all
    select
        50,
        'لا يُكتب في هذا الملف بعد نشره؛ ففتحه لا يعطّل أحدًا ولا يعطّله أحد.',
        'Nothing is written to this file after it is published: holding it open blocks nobody.'
    union all
    select
        51,
        'افتحه للقراءة فقط: duckdb.connect(''current.duckdb'', read_only=True)، أو duckdb -readonly current.duckdb، '
        || 'أو duckdb.read_only=true في JDBC.',
        'Open it read-only: duckdb.connect(''current.duckdb'', read_only=True), duckdb -readonly current.duckdb, '
        || 'or duckdb.read_only=true in JDBC.'
    union all
    select
        52,
        'قبل DuckDB 2.0.1 تجمّع العبارة group by all مع having واسم مستعار على مستوى خاطئ بلا تنبيه: '
        || 'اذكر أعمدة group by، أو كرّر العبارة كلها بعد having.',
        'DuckDB before 2.0.1 answers group by all with having and an alias at the wrong grain, without a sign: '
        || 'name the columns of group by, or repeat the expression after having.'
    union all
    select
        60,
        'ابدأ بالمؤشرات: select kpi_id, name_ar, unit, definition_ar from meta_kpi;',
        'Begin with the indicators: select kpi_id, name_en, unit, definition_en from meta_kpi;'
    union all
    select
        70,
        'مؤشر شهرًا فشهرًا: select * from kpi_series(''digital_take_up'', ' || from_text || ', ' || to_text || ');',
        'An indicator month by month: select * from kpi_series(''digital_take_up'', '
        || from_text
        || ', '
        || to_text
        || ');'
    from build
    union all
    select
        80,
        'بحسب الجهة: select * from kpi_by_entity(''digital_transactions'', ' || from_text || ', ' || to_text || ');',
        'By entity: select * from kpi_by_entity(''digital_transactions'', ' || from_text || ', ' || to_text || ');'
    from build
    union all
    select
        90,
        'بحسب المحافظة: select * from kpi_by_governorate(''digital_transactions'', '
        || from_text
        || ', '
        || to_text
        || ');',
        'By governorate: select * from kpi_by_governorate(''digital_transactions'', '
        || from_text
        || ', '
        || to_text
        || ');'
    from build
    union all
    select
        100,
        'القيمة لا تُجمع ولا يُحسب متوسطها: اطلبها للفترة والمجموعة المرادة، فالنسب تُقسم مجاميعها.',
        'Never add or average values: ask for the period and group you want; ratios divide sums.'
    union all
    select
        110,
        'الفراغ يعني غير مقدَّم أو غير موزَّع، والصفر قيمة. أي جهة أبلغت وأي شهر: serve_coverage.',
        'Null means not provided or not allocated, zero is a value. Who reported which month: serve_coverage.'
    union all
    select
        120,
        'ما في الملف: select object_name, ar from meta_object; وأعمدته: meta_column؛ ووحداتها: meta_unit.',
        'What the file holds: select object_name, en from meta_object; its columns: meta_column; units: meta_unit.'
    union all
    select
        130,
        'الأسماء: dim للسجلات المرجعية، وfct للوقائع، وkpi للمؤشرات، وserve للصفحات، وmeta لوصف الملف، '
        || 'وload لما ورد من ملفات وما رُفض منها (وليست في النسخة العامة).',
        'Names: dim_ are registries, fct_ facts, kpi_ indicators, serve_ what pages read, meta_ about the file, '
        || 'load_ what was received and what of it was rejected (not in the public edition).'
    union all
    select
        135,
        'الصفوف المفردة المحتسبة ليست في الملف: يكتبها الأمر kpi rows --out rows.parquet، ويقرؤها كل DuckDB، '
        || 'وعبارة جمعها في docs/re-sends.md.',
        'The single rows that count are not in the file: kpi rows --out rows.parquet writes them, any DuckDB reads '
        || 'them, and docs/re-sends.md has the statement that sums them.'
    from build
    where edition <> 'public'
    union all
    select
        140,
        'أسئلة جاهزة: select example, title_ar, query from meta_example;',
        'Ready-made questions: select example, title_en, query from meta_example;'
)

select
    line,
    ar,
    en
from lines
order by line;

comment on view readme is
'Where to start: what this file is, what is in it, and the first calls. | من أين تبدأ: ما هذا الملف وما فيه وأولى الاستعلامات.';
