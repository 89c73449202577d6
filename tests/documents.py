"""The pages that a reader of the repository finds: README and its like, and everything below `docs/`."""

from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
PAGES = {path.name: path for path in (*REPOSITORY.glob("*.md"), *REPOSITORY.glob("docs/*.md"))}
SAID = {name: path.read_text(encoding="utf-8") for name, path in PAGES.items()}
