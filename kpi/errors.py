"""One root error that says what is wrong, where, and what to do next, in Arabic and in English."""

from kpi import messages

EXIT_CHECK_FAILED = 1
EXIT_USAGE = 2
EXIT_SOURCE_UNREADABLE = 3
EXIT_NOTHING_PUBLISHED = 4


class KpiError(Exception):
    """Carry a message key and its facts; the words live in `messages/{ar,en}.toml` under `errors`.

    Each key has two texts: `what` (what is wrong and where) and `next` (what to do about it).
    """

    exit_code = EXIT_USAGE

    def __init__(self, key: str, **facts: object) -> None:
        self.key = key
        self.facts = facts
        super().__init__(key)

    def what(self, language: str) -> str:
        """Say what is wrong and where."""
        return messages.text(f"errors.{self.key}.what", language, **self.facts)

    def next_step(self, language: str) -> str:
        """Say what the reader can do about it."""
        return messages.text(f"errors.{self.key}.next", language, **self.facts)

    def __str__(self) -> str:
        return f"{self.what('en')} {self.next_step('en')}"

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (type(self), self.key, self.facts))


def _rebuild(kind: type[KpiError], key: str, facts: dict[str, object]) -> KpiError:
    return kind(key, **facts)


class SettingsError(KpiError):
    """A setting, a workspace or a registry is missing or wrong."""


class SourceError(KpiError):
    """A source file cannot be read as what it claims to be."""

    exit_code = EXIT_SOURCE_UNREADABLE


class CheckFailed(KpiError):
    """A blocking check found offending rows; the last good build stays in service."""

    exit_code = EXIT_CHECK_FAILED


class NothingPublished(KpiError):
    """No readable build is published in this workspace."""

    exit_code = EXIT_NOTHING_PUBLISHED


class QueryRefused(KpiError):
    """An ad-hoc query is not allowed, failed, or ran past its limit."""
