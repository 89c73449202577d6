"""Tell the document its language and direction, for screen readers and for what Streamlit draws outside the page."""

import base64
import hashlib
import re
from pathlib import Path

import streamlit

from kpi.language import direction
from kpi.messages import LANGUAGES


def script(language: str) -> str:
    """Return the one inline script of the dashboard; a page without `lang` is read aloud with the wrong voice."""
    return f"document.documentElement.lang='{language}';document.documentElement.dir='{direction(language)}'"


def script_hashes() -> tuple[str, ...]:
    """Return the Content-Security-Policy sources of the known inline scripts: ours, and those of Streamlit's page."""
    page = Path(streamlit.__file__).parent / "static" / "index.html"
    streamlits = re.findall(r"<script>(.*?)</script>", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    return tuple(_source(text) for text in (*streamlits, *(script(language) for language in LANGUAGES)))


def _source(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
