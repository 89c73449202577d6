"""What is made once for all sessions: by what calls are told apart."""

from dataclasses import dataclass

from kpi.charts.kept import made_once
from kpi.language import arabic_digits


@dataclass(frozen=True)
class Answer:
    """Stand for a frozen answer."""

    rows: tuple[int, ...]


class Maker:
    """Count how often something is made."""

    def __init__(self) -> None:
        self.times = 0
        self.make = made_once(self._make)

    def _make(self, answer: object, *, language: str = "ar", link: object = None) -> tuple[object, str]:
        self.times += 1
        return answer, language


def test_equal_arguments_give_the_very_same_result() -> None:
    maker = Maker()
    first, again = maker.make(Answer((1, 2)), language="en"), maker.make(Answer((1, 2)), language="en")
    assert first is again
    assert maker.times == 1


def test_another_answer_language_or_kind_of_digits_is_another_result() -> None:
    maker = Maker()
    maker.make(Answer((1,)), language="ar")
    maker.make(Answer((2,)), language="ar")
    maker.make(Answer((1,)), language="en")
    with arabic_digits("arab"):
        maker.make(Answer((1,)), language="ar")
    assert maker.times == 4


def test_a_value_without_a_hash_counts_as_itself_alone() -> None:
    maker, rows = Maker(), [1, 2]
    maker.make(rows)
    maker.make(rows)
    assert maker.times == 1
    maker.make([1, 2])
    assert maker.times == 2


def test_addresses_are_told_apart_by_what_they_hold() -> None:
    maker = Maker()
    maker.make(1, link={"a": "./x"})
    maker.make(1, link={"a": "./x"})
    maker.make(1, link={"a": "./y"})
    assert maker.times == 2


def test_what_is_given_a_lambda_is_made_every_time() -> None:
    maker = Maker()
    for _ in range(2):
        maker.make(1, link=lambda one: one)
    assert maker.times == 2
