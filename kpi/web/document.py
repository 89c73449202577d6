"""Give the document its language and direction, and the little behaviour that Streamlit's pages lack."""

import base64
import hashlib
import re
from functools import cache
from pathlib import Path

import streamlit

from kpi.language import direction
from kpi.messages import LANGUAGES

BEHAVIOUR = Path(__file__).parent / "behaviour"


@cache
def script(language: str) -> str:
    """Return the one inline script of the dashboard; a page without `lang` is read aloud with the wrong voice."""
    root = f"document.documentElement.lang='{language}';document.documentElement.dir='{direction(language)}';\n"
    return root + "\n".join(path.read_text(encoding="utf-8") for path in sorted(BEHAVIOUR.glob("*.js")))


def script_hashes() -> tuple[str, ...]:
    """Return the Content-Security-Policy sources of the known inline scripts: ours, and those of Streamlit's page."""
    page = Path(streamlit.__file__).parent / "static" / "index.html"
    streamlits = re.findall(r"<script>(.*?)</script>", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    return tuple(_source(text) for text in (*streamlits, *(script(language) for language in LANGUAGES)))


def _source(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
