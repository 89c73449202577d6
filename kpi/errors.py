"""One root error that says what is wrong, where, and what to do next, in Arabic and in English."""

import errno
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from kpi import messages
from kpi.slips import Slip, say_slips

EXIT_CHECK_FAILED = 1
EXIT_DIFFERS = 1
EXIT_USAGE = 2
EXIT_SOURCE_UNREADABLE = 3
EXIT_NOTHING_PUBLISHED = 4
EXIT_STORAGE = 5
EXIT_ENGINE = 6
EXIT_HELD_BACK = 7
REFUSAL_BEGINS = "Not answered: "
REFUSAL_BAR = " | لم يُجب: "
STORAGE_KEYS = {
    errno.ENOSPC: "disk_full",
    errno.EDQUOT: "disk_full",
    errno.EACCES: "folder_forbidden",
    errno.EPERM: "folder_forbidden",
    errno.EROFS: "folder_forbidden",
}


class KpiError(Exception):
    """Carry a message key and its facts; the words live in `messages/{ar,en}.toml` under `errors`.

    Each key has two texts: `what` (what is wrong and where) and `next` (what to do about it).
    """

    exit_code = EXIT_USAGE

    def __init__(self, key: str, **facts: object) -> None:
        self.key = key
        self.facts = facts
        super().__init__(key)

    def facts_in(self, language: str) -> dict[str, object]:  # noqa: ARG002  for those whose facts are words
        """Return the facts as they stand in a language's texts."""
        return self.facts

    def what(self, language: str) -> str:
        """Say what is wrong and where."""
        return messages.text(f"errors.{self.key}.what", language, **self.facts_in(language))

    def next_step(self, language: str) -> str:
        """Say what the reader can do about it."""
        return messages.text(f"errors.{self.key}.next", language, **self.facts_in(language))

    def __str__(self) -> str:
        return f"{self.what('en')} {self.next_step('en')}"

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (type(self), self.key, self.facts))


def _rebuild(kind: type[KpiError], key: str, facts: dict[str, object]) -> KpiError:
    return kind(key, **facts)


class SettingsError(KpiError):
    """A setting, a workspace or a registry is missing or wrong."""


class SlipsError(SettingsError):
    """Several things are wrong with what a workspace declares, and all of them are said."""

    def __init__(self, key: str, slips: tuple[Slip, ...], **facts: object) -> None:
        self.slips = slips
        super().__init__(key, **facts)

    def facts_in(self, language: str) -> dict[str, object]:  # noqa: ARG002  the same in both languages
        """Return the facts with the number of slips."""
        return {**self.facts, "count": f"{len(self.slips):,}"}

    def what(self, language: str) -> str:
        """Say where, how many, and each of them in a line of its own."""
        return f"{super().what(language)}\n{say_slips(self.slips, language)}"

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild_slips, (type(self), self.key, self.slips, self.facts))


class ValuesError(SlipsError):
    """`sources.toml` states values that their columns cannot hold; no source was read."""

    exit_code = EXIT_SOURCE_UNREADABLE


def _rebuild_slips(kind: type[SlipsError], key: str, slips: tuple[Slip, ...], facts: dict[str, object]) -> SlipsError:
    return kind(key, slips, **facts)


class SourceError(KpiError):
    """A source file cannot be read as what it claims to be."""

    exit_code = EXIT_SOURCE_UNREADABLE


class CheckFailed(KpiError):
    """A blocking check found offending rows; the last good build stays in service.

    The fact `broken` holds each check: name, severity, promise, how many rows break it, and the first of them.
    """

    exit_code = EXIT_CHECK_FAILED

    def facts_in(self, language: str) -> dict[str, object]:
        """Return the checks in words: what each promises, and what breaks it."""
        words = messages.catalogue(language)
        said = [
            messages.text(
                "slips.check_broken", language, name=name, promise=words.get(f"checks.{name}", promise),
                rows=f"{rows:,}", first=first,
            )
            for name, _, promise, rows, first in self.facts["broken"]  # ty: ignore[not-iterable]
        ]  # fmt: skip
        return {"checks": "".join(f"\n  • {line}" for line in said)}


class PublicationHeld(KpiError):
    """Published figures would disappear or collapse: the last good build stays in service until somebody decides.

    The fact `held` is what is held back (`kpi.held.Held`), which has the words.
    """

    exit_code = EXIT_CHECK_FAILED

    def what(self, language: str) -> str:
        """Say what would be lost, and under which id it is held back."""
        held = self.facts["held"]
        return f"{held.held_id}  {held.what(language)}"  # ty: ignore[missing-attribute]

    def next_step(self, language: str) -> str:
        """Say what the reader can do about it."""
        return self.facts["held"].next_step(language)  # ty: ignore[missing-attribute]


class _Damaged(KpiError):
    """A build may be damaged: `damage` names how, and is told in words."""

    def what(self, language: str) -> str:
        """Say which build, and how it is damaged."""
        if "damage" not in self.facts:
            return super().what(language)
        damage = messages.text(f"builds.state.{self.facts['damage']}", language)
        return messages.text(f"errors.{self.key}.what", language, **{**self.facts, "damage": damage})


class NothingPublished(_Damaged):
    """No readable build is published in this workspace: none at all, or none that is whole."""

    exit_code = EXIT_NOTHING_PUBLISHED


class LakeDamaged(SourceError):
    """A file of the lake is not what the ledger says; the last good build stays in service."""


class ReportError(KpiError):
    """A document of the monthly snapshot cannot be made, issued or delivered."""


class DocumentNotWritten(ReportError):
    """A document was made and its file cannot be written: `fault` names why in words, `reason` is the system's own."""

    def facts_in(self, language: str) -> dict[str, object]:
        """Put what stands in the file's way into words."""
        fault = self.facts.get("fault")
        return self.facts | ({"reason": messages.text(f"report.fault.{fault}", language)} if fault else {})


class BuildUnavailable(_Damaged):
    """The build that was asked for by name is not published here, or is damaged."""


class StorageError(KpiError):
    """The disk is full or a folder may not be written; what was published stays in service."""

    exit_code = EXIT_STORAGE


class EngineError(KpiError):
    """The engine that makes the cubes cannot be reached, or failed; what was published stays in service."""

    exit_code = EXIT_ENGINE


class EngineDiffers(EngineError):
    """The engine's cubes are not what the ledger or DuckDB says; nothing is published."""

    exit_code = EXIT_CHECK_FAILED


class QueryRefused(KpiError):
    """An ad-hoc query is not allowed, failed, or ran past its limit.

    Where the engine knows them, `facts` hold the `line` and `column` of the fault, and the names that are `meant`.
    """

    def next_step(self, language: str) -> str:
        """Say where in the text the fault is, which names are like the wrong one, and what to do."""
        hints = []
        if "line" in self.facts:
            hints.append(messages.text("sql.place", language, line=self.facts["line"], column=self.facts["column"]))
        if "meant" in self.facts:
            hints.append(messages.text("sql.suggested", language, name=self.facts["meant"]))
        return " · ".join((*hints, super().next_step(language)))


class QuestionRefused(QueryRefused):
    """A macro of the file refuses a question; `facts` hold its reason in each language."""

    def facts_in(self, language: str) -> dict[str, object]:
        """Return the file's own words in a language."""
        return {"why": self.facts[language]}


def question_refused(reason: str) -> QuestionRefused | None:
    """Find in an engine's words those with which a macro of the file refused a question; None for any other fault.

    The file says why in English and, after a bar, in Arabic (`sql/serve/kpi_refusal.sql`).
    """
    _, begins, told = reason.partition(REFUSAL_BEGINS)
    english, bar, arabic = told.partition(REFUSAL_BAR)
    return QuestionRefused("question_refused", en=english, ar=arabic.partition("\n")[0]) if begins and bar else None


def storage_error(error: OSError, place: object) -> StorageError | None:
    """Put a full disk or a forbidden folder into words; None for any other fault."""
    key = STORAGE_KEYS.get(error.errno or 0)
    return StorageError(key, place=error.filename or place) if key else None


def is_disk_full(error: BaseException) -> bool:
    """Tell whether a fault, also one that a library words itself, means that there is no room left."""
    return getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT) or "No space left on device" in str(error)


@contextmanager
def storage_fault(place: Path) -> Generator[None]:
    """Raise `StorageError` where the block meets a full disk or a forbidden folder."""
    try:
        yield
    except OSError as error:
        named = storage_error(error, place)
        if named is None:
            raise
        raise named from error
