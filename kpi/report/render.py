"""Typst makes the document: plain data and one template in, bytes of a PDF or of page pictures out."""

import json
from pathlib import Path
from typing import Any

from kpi.errors import ReportError
from kpi.report.font import FONTS, require_fonts

TEMPLATE = Path(__file__).parent / "template"
STANDARDS = ("a-3a", "ua-1")
PREVIEW_PPI = 110.0


class Renderer:
    """Compile documents with one compiler: fonts and template are read once."""

    def __init__(self, fonts: Path = FONTS) -> None:
        # Who only hands documents to a typesetting process never loads it.
        import typst  # noqa: PLC0415

        self._error = typst.TypstError
        folder = require_fonts(fonts)
        found = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder])
        self._compiler = typst.Compiler(TEMPLATE / "report.typ", root=TEMPLATE, font_paths=found)

    def pdf(self, document: dict[str, object], timestamp: int) -> bytes:
        """Return the PDF; the same document and timestamp (Unix seconds) give the same bytes.

        Raises `ReportError` when the document breaks a rule of PDF/A-3a or PDF/UA-1, which Typst refuses to write.
        """
        return self.pdf_of_text(_text(document), timestamp)

    def pdf_of_text(self, document: str, timestamp: int) -> bytes:
        """Return the PDF of a document that is JSON text already."""
        made = self._made(document, format="pdf", pdf_standards=list(STANDARDS), timestamp=timestamp)
        return made if isinstance(made, bytes) else made[0]

    def pictures(self, document: dict[str, object], ppi: float = PREVIEW_PPI) -> tuple[bytes, ...]:
        """Return a PNG of each page, from the same template."""
        return self.pictures_of_text(_text(document), ppi)

    def pictures_of_text(self, document: str, ppi: float = PREVIEW_PPI) -> tuple[bytes, ...]:
        """Return a PNG of each page of a document that is JSON text already."""
        made = self._made(document, format="png", ppi=ppi)
        return (made,) if isinstance(made, bytes) else tuple(made)

    def _made(self, document: str, **options: Any) -> bytes | list[bytes]:  # noqa: ANN401 - Typst's own
        try:
            return self._compiler.compile(sys_inputs={"document": document}, **options) or b""
        except self._error as error:
            raise ReportError("report_not_made", reason=error.message) from error


def _text(document: dict[str, object]) -> str:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))
