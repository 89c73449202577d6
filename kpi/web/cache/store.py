"""The answers that all sessions share: bounded in bytes, and let go of when their build has left."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import wraps
from typing import ParamSpec, TypeVar

from kpi.warehouse.answers import Answers

LIMIT_BYTES = 160 * 2**20

Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Build:
    """Name a build of a workspace: part of the key of everything kept."""

    workspace: str
    build_id: str


class SharedAnswers:
    """Hold the answers to questions whose first argument is a build, or names one as its `build`."""

    def __init__(self, limit_bytes: int) -> None:
        self._answers = Answers(limit_bytes)
        self._in_service: dict[str, Build] = {}

    @property
    def held_bytes(self) -> int:
        """Return about how much memory the answers take."""
        return self._answers.held_bytes

    def get(self, name: str, arguments: tuple[Hashable, ...], ask: Callable[[], Answer]) -> Answer:
        """Return the answer to a question of some arguments, asked once for all who ask it."""
        return self._answers.get((name, *arguments), ask)

    def see(self, build: Build) -> None:
        """Note which build of a workspace is in service; let go of what was asked of those before."""
        if self._in_service.get(build.workspace) == build:
            return
        self._in_service[build.workspace] = build
        self._answers.forget(lambda key: _is_of_another(key, build))


SHARED = SharedAnswers(LIMIT_BYTES)


def kept(question: Callable[Asked, Answer]) -> Callable[Asked, Answer]:
    """Let a question be asked once for its build and arguments; the answer is frozen and handed to every session."""
    name = f"{question.__module__}.{question.__name__}"  # ty: ignore[missing-attribute]

    @wraps(question)
    def ask(*arguments: Asked.args, **named: Asked.kwargs) -> Answer:
        return SHARED.get(name, (*arguments, *sorted(named.items())), lambda: question(*arguments, **named))

    return ask


def _is_of_another(key: Hashable, build: Build) -> bool:
    of = getattr(key[1], "build", key[1])  # ty: ignore[not-subscriptable]
    return isinstance(of, Build) and of.workspace == build.workspace and of != build
