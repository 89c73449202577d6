"""A document is an archive and accessible to all: its structure, its attachments, its pages, its bytes."""

import csv
import io
import json
import re
import shutil
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import page
import pikepdf
import pypdfium2
import pytest
from pikepdf import Array, Dictionary, Name

from kpi.language import t
from kpi.report.content import Content
from kpi.report.font import FONTS
from kpi.report.render import Renderer
from kpi.report.typesetter import Typesetter
from tests.report.conftest import LANGUAGES, NAMES

PAINTING = {"f", "F", "f*", "B", "B*", "b", "b*", "S", "s", "Tj", "TJ", "'", '"', "Do", "sh", "BI", "INLINE IMAGE"}
LEAST_FILL = 0.55
FULL, WIDEST_HOLE = 0.88, 0.1  # shares of the body of a page
LEAST_LETTERS_PT = 7.0


class Structure:
    """Walk the tags of a document once and count what matters."""

    def __init__(self, pdf: pikepdf.Pdf) -> None:
        self.tags: dict[str, int] = {}
        self.headings: list[int] = []
        self.without_alt = self.without_scope = 0
        self.marked: dict[tuple[int, int], set[int]] = {}
        self._walk(pdf.Root.StructTreeRoot.K, None)

    def _walk(self, node: object, place: object) -> None:
        if isinstance(node, Array):
            for inner in node:
                self._walk(inner, place)
        elif isinstance(node, Dictionary):
            place = node.get("/Pg", place)
            if node.get("/Type") == Name.MCR:
                self.marked.setdefault(place.objgen, set()).add(int(node.MCID))
                return
            self._count(node)
            if "/K" in node:
                self._walk(node.K, place)
        elif place is not None:
            self.marked.setdefault(place.objgen, set()).add(int(node))

    def _count(self, node: Dictionary) -> None:
        tag = str(node.get("/S", ""))
        self.tags[tag] = self.tags.get(tag, 0) + 1
        if tag == "/Figure" and not str(node.get("/Alt", "")):
            self.without_alt += 1
        if tag == "/TH":
            attributes = node.get("/A", Array())
            attributes = [attributes] if isinstance(attributes, Dictionary) else list(attributes)
            self.without_scope += not any("/Scope" in one for one in attributes)
        if re.fullmatch(r"/H\d", tag):
            self.headings.append(int(tag[2]))


def untagged(pdf: pikepdf.Pdf, structure: Structure) -> int:
    """Count what is painted outside of the tags and of what is marked as decoration."""
    found = 0
    for one in pdf.pages:
        nested: list[bool] = []
        for operands, operator in pikepdf.parse_content_stream(one):
            name = str(operator)
            if name in ("BMC", "BDC"):
                known = str(operands[0]) == "/Artifact"
                if name == "BDC" and isinstance(operands[1], Dictionary) and "/MCID" in operands[1]:
                    known = int(operands[1].MCID) in structure.marked.get(one.obj.objgen, set())
                nested.append(known)
            elif name == "EMC":
                nested.pop()
            elif name in PAINTING and not any(nested):
                found += 1
    return found


@pytest.mark.parametrize("name", NAMES)
def test_a_document_carries_all_that_an_archive_and_a_screen_reader_need(name: str, documents: Path) -> None:
    with pikepdf.open(documents / f"{name}.pdf") as pdf:
        root = pdf.Root
        xmp = root.Metadata.read_bytes().decode()
        language = name[-2:]
        assert re.search(r"pdfaid:part>3<.*pdfaid:conformance>A<", xmp, re.DOTALL)
        assert "<pdfuaid:part>1<" in xmp
        assert str(root.Lang).startswith(language)
        assert bool(root.ViewerPreferences.DisplayDocTitle)
        assert str(root.ViewerPreferences.Direction) == ("/R2L" if language == "ar" else "/L2R")
        assert bool(root.MarkInfo.Marked)
        assert str(root.OutputIntents[0].S) == "/GTS_PDFA1"
        assert str(pdf.docinfo.Title)
        assert root.Outlines.Count
        structure = Structure(pdf)
        assert structure.tags["/H1"] == 1
        assert structure.tags["/H2"] >= 6
        assert structure.tags["/Table"] >= 3
        assert structure.tags["/Figure"] >= 2
        assert (structure.without_alt, structure.without_scope) == (0, 0)
        assert structure.headings[0] == 1
        assert all(
            after <= before + 1 for before, after in zip(structure.headings, structure.headings[1:], strict=False)
        )
        assert untagged(pdf, structure) == 0
        for font in (
            one for one in pdf.objects if isinstance(one, Dictionary) and one.get("/Type") == Name.FontDescriptor
        ):
            assert any(key in font for key in ("/FontFile", "/FontFile2", "/FontFile3"))


@pytest.mark.parametrize("name", NAMES)
def test_qpdf_finds_no_fault(name: str, documents: Path) -> None:
    path = documents / f"{name}.pdf"
    with pikepdf.open(path) as pdf:
        assert pdf.check_pdf_syntax() == []
    if shutil.which("qpdf") is None:
        pytest.skip("qpdf is not installed; pikepdf's own check is clean")
    done = subprocess.run(["qpdf", "--check", str(path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("profile", [page.ValidationProfile.PDF_A_3A, page.ValidationProfile.PDF_UA_1])
@pytest.mark.parametrize("name", NAMES)
def test_an_independent_validator_finds_the_document_conformant(name: str, profile: object, documents: Path) -> None:
    path = documents / f"{name}.pdf"
    report = page.validate_pdf(path, profile=profile)
    found = [failure for failure in report.failures if not is_misread_end(path, failure)]
    assert [(failure.rule_id, failure.message) for failure in found] == []
    assert report.rules.total > 100


def is_misread_end(path: Path, failure: page.ValidationFailure) -> bool:
    """Tell whether the validator takes the last byte of a stream, which happens to be a CR, for an end of line.

    The stream has the length it states; nothing in the standard forbids data that end so.
    """
    if not failure.rule_id.endswith("STREAM-LENGTH-001") or failure.object_id is None:
        return False
    with pikepdf.open(path) as pdf:
        stream = pdf.get_object(failure.object_id.object_number, failure.object_id.generation)
        raw = stream.read_raw_bytes()
        return raw.endswith(b"\r") and len(raw) == int(stream.Length)


def test_the_validator_and_the_gate_see_a_figure_without_its_words(documents: Path, tmp_path: Path) -> None:
    with pikepdf.open(documents / "programme-en.pdf") as pdf:
        for one in pdf.objects:
            if isinstance(one, Dictionary) and one.get("/S") == Name.Figure and "/Alt" in one:
                del one.Alt
        assert Structure(pdf).without_alt > 0
        pdf.save(tmp_path / "spoilt.pdf")
    report = page.validate_pdf(tmp_path / "spoilt.pdf", profile=page.ValidationProfile.PDF_UA_1)
    assert not report.is_compliant


@pytest.mark.parametrize("name", NAMES)
def test_the_data_of_the_figures_are_attached_as_csv(name: str, documents: Path, content: Content) -> None:
    with pikepdf.open(documents / f"{name}.pdf") as pdf:
        files = {key: pdf.attachments[key].get_file().read_bytes().decode() for key in pdf.attachments}
        assert {"indicators.csv", "trends.csv", "coverage.csv"} <= files.keys()
        assert all(str(one.get("/AFRelationship")) == "/Data" for one in pdf.Root.AF)
    rows = list(csv.DictReader(io.StringIO(files["indicators.csv"])))
    kind, _, group = name.rpartition("-")[0].partition("-")
    own = content.book.headline("digital_transactions", kind, group or "programme")
    (found,) = [row for row in rows if row["kpi_id"] == "digital_transactions"]
    assert found["value"] == ("" if own.value is None else str(int(own.value)))


@pytest.mark.parametrize("name", NAMES)
def test_no_page_is_half_empty_and_there_are_at_most_twelve(name: str, documents: Path) -> None:
    with pypdfium2.PdfDocument(documents / f"{name}.pdf") as pdf:
        assert 3 <= len(pdf) <= 12
        for number, one in enumerate(pdf, start=1):
            picture = one.render(scale=0.5, grayscale=True).to_numpy()
            height = picture.shape[0]
            body = picture[: int(height * 0.925)].copy()  # without the footer
            inked = [row for row in range(body.shape[0]) if body[row].min() < 235]
            assert max(inked) / body.shape[0] >= LEAST_FILL, f"page {number} ends at {max(inked) / body.shape[0]:.0%}"


@pytest.mark.parametrize("name", NAMES)
def test_every_page_but_the_last_is_full_and_has_no_hole(name: str, documents: Path) -> None:
    with pypdfium2.PdfDocument(documents / f"{name}.pdf") as pdf:
        for number, one in enumerate(list(pdf)[:-1], start=1):
            picture = one.render(scale=0.75, grayscale=True).to_numpy()
            body = picture[int(picture.shape[0] * 17 / 297) + 1 : int(picture.shape[0] * 279 / 297) - 1]
            inked = [row for row in range(body.shape[0]) if body[row].min() < 245]
            holes = (after - before for before, after in pairwise([0, *inked]))
            assert max(inked) / body.shape[0] >= FULL, f"page {number} ends at {max(inked) / body.shape[0]:.0%}"
            assert max(holes) / body.shape[0] <= WIDEST_HOLE, f"page {number} has a hole"


@pytest.mark.parametrize("name", NAMES)
def test_no_lettering_is_too_small_for_paper(name: str, documents: Path) -> None:
    with pypdfium2.PdfDocument(documents / f"{name}.pdf") as pdf:
        for number, one in enumerate(pdf, start=1):
            text = one.get_textpage()
            sizes = {
                round(pypdfium2.raw.FPDFText_GetFontSize(text, index), 1)
                for index in range(text.count_chars())
                if text.get_text_range(index, 1).strip()
            }
            assert min(sizes) >= LEAST_LETTERS_PT, f"page {number}: {sorted(sizes)[:3]}"


@pytest.mark.parametrize("name", NAMES)
def test_the_table_of_all_indicators_stands_whole_on_one_page(name: str, documents: Path) -> None:
    shown = json.loads((documents / f"{name}.json").read_text(encoding="utf-8"))
    rows = next(part for part in shown["parts"] if part["kind"] == "table")["rows"]
    with pypdfium2.PdfDocument(documents / f"{name}.pdf") as pdf:
        pages = [" ".join(one.get_textpage().get_text_range().split()) for one in pdf]
    page = next(number for number, text in enumerate(pages) if t("report.heading.indicators", name[-2:]) in text)
    for row in rows:
        assert all(word in pages[page] for word in row[0]["text"].split())


@pytest.mark.parametrize("name", NAMES)
def test_the_bookmarks_follow_the_pages_from_top_to_bottom(name: str, documents: Path) -> None:
    with pypdfium2.PdfDocument(documents / f"{name}.pdf") as pdf:
        places = []
        for mark in pdf.get_toc():
            target = mark.get_dest()
            _, (_, top, *_) = target.get_view()
            places.append((target.get_index(), -top))
    assert len(places) > 8
    assert places == sorted(places)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_year_over_the_last_square_stays_clear_of_the_head_beside_it(language: str, documents: Path) -> None:
    shown = json.loads((documents / f"entity-tra-{language}.json").read_text(encoding="utf-8"))
    strip = next(part for part in shown["parts"] if part["kind"] == "strip")
    strip["years"] = [{"at": strip["months"] - 1, "text": "1999"}]
    with pypdfium2.PdfDocument(Renderer().pdf(shown, 0)) as pdf:
        text = next(text for one in pdf if "1999" in (text := one.get_textpage()).get_text_range())
        (year,) = boxes_of(text, "1999")
        (head,) = [box for box in boxes_of(text, strip["heads"][2]) if abs(box[1] - year[1]) < 6]
    assert year[2] + 2 < head[0] if language == "en" else head[2] + 2 < year[0]


def boxes_of(text: pypdfium2.PdfTextPage, words: str) -> list[tuple[float, float, float, float]]:
    """Return left, bottom, right and top of every place where words stand."""
    search, found = text.search(words), []
    while (place := search.get_next()) is not None:
        boxes = [text.get_charbox(index) for index in range(place[0], sum(place))]
        lefts, bottoms, rights, tops = zip(*boxes, strict=True)
        found.append((min(lefts), min(bottoms), max(rights), max(tops)))
    return found


@pytest.mark.parametrize("name", [name for name in NAMES if name.endswith("-en")])
def test_the_pages_are_numbered_to_the_last(name: str, documents: Path) -> None:
    with pypdfium2.PdfDocument(documents / f"{name}.pdf") as pdf:
        for number, one in enumerate(pdf, start=1):
            assert f"Page {number} of {len(pdf)}" in one.get_textpage().get_text_range()


def test_the_coverage_of_many_entities_goes_over_pages_with_its_header(documents: Path) -> None:
    shown = json.loads((documents / "programme-en.json").read_text(encoding="utf-8"))
    strip = next(part for part in shown["parts"] if part["kind"] == "strip")
    strip["rows"] = [dict(strip["rows"][0], name=f"Silent office {number}") for number in range(60)]
    made = Renderer().pdf(shown, 0)
    with pypdfium2.PdfDocument(made) as pdf:
        texts = [one.get_textpage().get_text_range() for one in pdf]
    pages = [text for text in texts if "Silent office" in text]
    assert len(pages) > 1
    assert all(strip["heads"][2] in text for text in pages)
    assert all(f"Silent office {number}" in "".join(texts) for number in range(60))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_table_that_goes_on_repeats_its_header(language: str, documents: Path) -> None:
    shown = json.loads((documents / f"programme-{language}.json").read_text(encoding="utf-8"))
    projects = next(part for part in shown["parts"] if part["kind"] == "table" and len(part["rows"]) > 30)
    head = projects["columns"][1]["title"].split()[0]
    with pypdfium2.PdfDocument(documents / f"programme-{language}.pdf") as pdf:
        texts = [one.get_textpage().get_text_range() for one in pdf]
    rows = [
        row[1]["text"] if projects["columns"][0]["kind"] == "number" else row[0]["text"] for row in projects["rows"]
    ]
    pages = {number for number, text in enumerate(texts) for row in rows if row in text}
    assert all(head in texts[number] for number in pages if sum(row in texts[number] for row in rows) > 5)


def test_the_same_document_gives_the_same_bytes_in_another_process(documents: Path, content: Content) -> None:
    timestamp = int(content.book.build.built_at.timestamp())
    for name in ("programme-ar", "entity-tra-en"):
        shown = json.loads((documents / f"{name}.json").read_text(encoding="utf-8"))
        with Typesetter(timestamp, FONTS) as typesetter:
            assert typesetter.pdf(shown) == (documents / f"{name}.pdf").read_bytes()


def test_the_template_asks_for_nothing_from_outside() -> None:
    for path in (FONTS.parent / "template").glob("*.typ"):
        text = path.read_text(encoding="utf-8")
        assert "@preview" not in text
        assert "http" not in text


def test_the_typesetting_process_stays_free_of_everything_but_typst() -> None:
    heavy = "{'polars', 'duckdb', 'streamlit', 'plotly', 'rich'}"
    code = f"import sys, kpi.report.typesetter; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
