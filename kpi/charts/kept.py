"""Make what is shown once: the same answer, in the same words and colours, looks the same in every session."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache, wraps
from types import FunctionType
from typing import Any, ParamSpec, TypeVar

from kpi.charts.chart import Chart
from kpi.language import digits_in_use

KEPT = 64
"""Results kept of each function."""
P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True)
class _Call:
    """Hold the arguments of a call; two calls are the same when their keys are."""

    key: Hashable
    arguments: tuple[Any, ...] = field(compare=False)
    named: Mapping[str, Any] = field(compare=False)


@dataclass(frozen=True, eq=False)
class _Same:
    """Stand for a value that has no hash: only the very same object equals it, which stays alive with this."""

    value: object

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.value is self.value

    def __hash__(self) -> int:
        return id(self.value)


def made_once(make: Callable[P, R]) -> Callable[P, R]:
    """Keep the latest results of a function of its arguments; one given a bare function (a lambda) is called anew."""

    @lru_cache(maxsize=KEPT)
    def kept(call: _Call) -> R:
        return make(*call.arguments, **call.named)

    @wraps(make)
    def made(*arguments: P.args, **named: P.kwargs) -> R:
        if any(isinstance(value, FunctionType) for value in (*arguments, *named.values())):
            return make(*arguments, **named)
        values = (("", digits_in_use()), *(("", value) for value in arguments), *sorted(named.items(), key=_name))
        return kept(_Call(tuple((name, _comparable(value)) for name, value in values), arguments, named))

    return made


def drawn_once(draw: Callable[P, Chart]) -> Callable[P, Chart]:
    """Keep the latest charts that a function drew, and mark them: what was sent for them can be sent again."""

    @wraps(draw)
    def drawn(*arguments: P.args, **named: P.kwargs) -> Chart:
        return replace(draw(*arguments, **named), is_kept=True)

    return made_once(drawn)


def _name(pair: tuple[str, object]) -> str:
    return pair[0]


def _comparable(value: object) -> Hashable:
    if isinstance(value, dict):
        return tuple(value.items())
    try:
        hash(value)
    except TypeError:
        return _Same(value)
    return value
