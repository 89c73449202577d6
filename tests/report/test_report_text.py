"""Arabic can be searched and copied, nothing is lost from names, and both languages say the same."""

import json
import re
import unicodedata
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from kpi.language import strip_isolates
from kpi.report.content import Content
from kpi.report.font import FAMILY, FONTS, WEIGHTS, displayable, font_file
from kpi.report.make_font import SOURCE, derive
from kpi.report.words import Writer
from kpi.settings import REPOSITORY
from tests.report.conftest import NAMES, READERS

ARABIC_WORD = re.compile(r"[\u0620-\u0652\u0670-\u06d3]+")
UNSEEN = {"attachments", "alt", "description", "keywords", "author"}
WANTED_SHARE = 0.99


def arabic_words(part: object) -> set[str]:
    """Collect the Arabic words that a document shows."""
    if isinstance(part, str):
        return set(ARABIC_WORD.findall(part))
    if isinstance(part, dict):
        return set().union(*(arabic_words(value) for name, value in part.items() if name not in UNSEEN))
    if isinstance(part, list):
        return set().union(*(arabic_words(value) for value in part))
    return set()


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("name", [name for name in NAMES if name.endswith("-ar")])
def test_arabic_words_are_found_verbatim_by_both_readers(name: str, reader: str, documents: Path) -> None:
    shown = json.loads((documents / f"{name}.json").read_text(encoding="utf-8"))
    words = arabic_words({key: part for key, part in shown.items() if key != "title"})
    text = READERS[reader](documents / f"{name}.pdf")
    missing = sorted(word for word in words if word not in text)
    assert len(words) > 250
    assert 1 - len(missing) / len(words) >= WANTED_SHARE, missing


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("name", [name for name in NAMES if name.endswith("-ar")])
def test_signs_percentages_and_latin_names_stand_the_right_way_round(name: str, reader: str, documents: Path) -> None:
    text = READERS[reader](documents / f"{name}.pdf")
    assert re.search(r"\d%", text)
    assert not re.search(r"%\d", re.sub(r"\d%", "", text))
    if reader == "poppler":  # pdfium puts the parts of a mixed code among Arabic in an order of its own
        assert re.search(r"\d{8}T\d{6}-[0-9a-f]{8}", text), "the build id is torn"


@pytest.mark.parametrize("reader", READERS)
def test_the_country_and_the_programme_are_found_on_the_cover(reader: str, documents: Path) -> None:
    text = READERS[reader](documents / "programme-ar.pdf")
    assert "سلطنة عمان" in text
    assert "تحول" in text
    assert re.search(r"مايو\s[\u202a-\u202e\u2066-\u2069]*2025", text)


def test_no_arabic_page_holds_tofu_or_vowel_marks(documents: Path) -> None:
    for path in documents.glob("*-ar.json"):
        shown = json.loads(path.read_text(encoding="utf-8"))
        rest = json.dumps({key: part for key, part in shown.items() if key != "attachments"}, ensure_ascii=False)
        assert not [mark for mark in rest if unicodedata.category(mark) == "Mn"]
        assert shown["lost"] == ""


@pytest.mark.parametrize(
    ("key", "n", "words"),
    [
        ("summary.place_entity", 3, "بين 3 جهات"),
        ("summary.place_entity", 48, "بين 48 جهةً"),
        ("summary.place_governorate", 2, "بين محافظتين"),
        ("summary.digitised", 5, "من أصل 5 خدمات"),
        ("summary.digitised", 2, "من أصل خدمتين"),
        ("coverage.lead", 240, "من 240 تقريرًا متوقعًا"),
        ("coverage.lead_own", 5, "من 5 أشهر متوقعة"),
        ("coverage.lead_own_all", 1, "وصلت بيانات الشهر المتوقع"),
    ],
)
def test_arabic_nouns_agree_with_their_numbers(key: str, n: int, words: str) -> None:
    facts = dict.fromkeys(("place", "share", "value", "month", "part", "period", "reported", "late", "missing"), "")
    assert words in strip_isolates(Writer("ar").count(key, n, **facts))


def test_where_the_newest_month_is_missing_the_label_of_a_drawing_says_its_month(documents: Path) -> None:
    shown = {
        name: json.loads((documents / f"entity-{name}-en.json").read_text(encoding="utf-8")) for name in ("tra", "rop")
    }
    drawings = {
        name: [one for part in made["parts"] if part["kind"] == "charts" for one in part["charts"] if one["wide"]]
        for name, made in shown.items()
    }
    assert drawings["tra"][0]["last"]["month"] == "April 2025"
    assert not any(drawings["tra"][0]["partial"])
    assert drawings["rop"][0]["last"]["month"] == ""


def test_a_change_of_definition_after_the_month_is_not_in_its_document(documents: Path, content: Content) -> None:
    later = [
        version for kpi in content.book.kpis.values() for version in kpi.versions if version.valid_from > content.month
    ]
    assert later
    text = (documents / "programme-en.json").read_text(encoding="utf-8")
    assert not [version.note_en for version in later if version.note_en in text]


def test_no_arabic_definition_writes_a_percent_sign_beside_its_digits() -> None:
    # Outside of an isolate the sign would stand on the wrong side of Western digits.
    lines = (REPOSITORY / "sql" / "kpis.toml").read_text(encoding="utf-8").splitlines()
    assert not [line for line in lines if re.search(r"\d\s?[%٪]", line) and "_ar =" in line]


def test_an_odd_glyph_in_a_name_becomes_what_the_font_can_show() -> None:
    assert displayable("وزارة الصحة (MoH) – 5%") == ("وزارة الصحة (MoH) – 5%", frozenset())
    assert displayable("Ｆｕｌｌ ㎏") == ("Full kg", frozenset())
    assert displayable("مجلس 漢 ★") == ("مجلس * *", frozenset({"漢", "★"}))
    writer = Writer("en")
    assert writer.shown({"name": "Odd 漢\x00 name"}) == {"name": "Odd *  name"}
    assert writer.lost == {"漢"}


def test_the_shipped_font_is_derived_from_the_font_of_the_pages(tmp_path: Path) -> None:
    derive(SOURCE / "IBMPlexSansArabic-Medium.woff2", tmp_path / "again.ttf", "Medium")
    assert (tmp_path / "again.ttf").read_bytes() == font_file("Medium").read_bytes()


@pytest.mark.parametrize("style", WEIGHTS)
def test_the_font_keeps_its_licence_and_not_the_reserved_name(style: str) -> None:
    names = {record.nameID: record.toUnicode() for record in TTFont(font_file(style))["name"].names}
    assert names[16] == FAMILY
    assert names[17] == style
    assert "Plex" not in "".join(names[number] for number in names if number not in (0, 13, 14))
    assert "SIL Open Font License" in names[13]
    assert "Reserved Font Name" in (FONTS / "OFL.txt").read_text(encoding="utf-8")
