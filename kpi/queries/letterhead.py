"""What the documents of a workspace bear beside their figures."""

from dataclasses import dataclass

from kpi.language import prose
from kpi.warehouse.connect import Warehouse


@dataclass(frozen=True)
class Letterhead:
    """Hold the office that issues the documents, to whom they go and who signs them, each as Arabic and English."""

    office: tuple[str, str] = ("", "")
    addressee: tuple[str, str] = ("", "")
    signatory: tuple[str, str] = ("", "")

    def named(self, part: str, language: str) -> str:
        """Return one of its parts in a language; empty where the workspace does not declare it."""
        arabic, english = getattr(self, part)
        return prose(arabic if language == "ar" else english, language)


def letterhead(warehouse: Warehouse) -> Letterhead:
    """Read what the documents bear."""
    row = warehouse.query("select * from serve_document").row(0, named=True)
    parts = ("office", "addressee", "signatory")
    return Letterhead(*((row[f"{part}_ar"] or "", row[f"{part}_en"] or "") for part in parts))
