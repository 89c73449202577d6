"""Which months are beyond a sender's history, and which only grow, swing or begin."""

import random
from datetime import UTC, date, datetime

import pytest

from kpi.gate import Gate
from kpi.ingest.month_bounds import months_out_of_bounds
from kpi.ingest.sender_months import MonthPart, SenderMonth
from kpi.ingest.stray_months import stray_months


def month_of(number: int) -> date:
    return date(2023 + number // 12, number % 12 + 1, 1)


def sent(counts: dict[int, int], entity: str = "moh", covered: int = 1, after_days: int = 40) -> list[SenderMonth]:
    """Return a sender's months by their number from January 2023, each in a file that came after it was over."""
    found = []
    for number, count in counts.items():
        first = month_of(number)
        received = datetime(first.year, first.month, 1, tzinfo=UTC).timestamp() + 86_400 * after_days * covered
        part = MonthPart(f"{entity}-{number}.csv", f"sha{number}", int(received * 1e9), 10, count, False)
        found.append(SenderMonth(entity, first, covered, (part,)))
    return found


def held(months: list[SenderMonth], **bounds: float) -> dict[date, str]:
    return {one.month: one.reason for one in months_out_of_bounds(months, Gate(**bounds)) if one.month}


def steady(months: int, usual: int = 1000, seed: int = 1) -> dict[int, int]:
    chance = random.Random(seed)
    return {number: round(usual * chance.uniform(0.9, 1.1)) for number in range(months)}


@pytest.mark.parametrize("months", [7, 12, 18, 36])
@pytest.mark.parametrize("place", ["first", "middle", "last"])
def test_a_doubled_month_is_too_large_wherever_it_is(months, place):
    number = {"first": 0, "middle": months // 2, "last": months - 1}[place]
    counts = steady(months)
    assert held(sent(counts)) == {}
    assert held(sent(counts | {number: 2 * counts[number]})) == {month_of(number): "month_too_large"}


def test_two_doubled_months_do_not_vouch_for_each_other():
    counts = steady(18)
    doubled = counts | {16: 2 * counts[16], 17: 2 * counts[17]}
    assert set(held(sent(doubled))) == {month_of(16), month_of(17)}


def test_a_month_of_a_tenth_is_too_small_once_it_is_over_and_not_while_it_runs():
    counts = steady(18) | {17: 100}
    assert held(sent(counts)) == {month_of(17): "month_too_small"}
    assert held(sent(counts, after_days=20)) == {}


@pytest.mark.parametrize("growth", [0.9, 0.95, 1.05, 1.1])
def test_a_sender_that_grows_or_shrinks_by_a_tenth_a_month_is_never_held(growth):
    counts = {number: round(10_000 * growth**number) for number in range(24)}
    for known in range(1, 25):
        assert held(sent({number: counts[number] for number in range(known)})) == {}


def test_a_season_is_no_slip_once_it_was_seen():
    counts = steady(30)
    for number in (8, 20):
        counts[number] *= 4
    assert held(sent(counts)) == {}


def test_a_correction_downwards_by_a_third_passes():
    counts = steady(18)
    assert held(sent(counts | {12: round(0.7 * counts[12])})) == {}


def test_a_new_level_that_two_months_have_is_not_held_and_one_month_alone_is():
    counts = steady(18)
    assert held(sent(counts | {17: 200})) == {month_of(17): "month_too_small"}
    assert held(sent(counts | {16: 210, 17: 200})) == {}


def test_a_sender_that_begins_small_is_not_held():
    assert held(sent({0: 20, 1: 60, 2: 500} | {number: 1000 + number for number in range(3, 18)})) == {}


@pytest.mark.parametrize(
    ("known", "factor", "is_held"), [(1, 300, False), (1, 500, True), (3, 15, False), (3, 25, True)]
)
def test_of_a_sender_that_is_known_for_long_only_what_is_absurd_is_held(known, factor, is_held):
    counts = {number: 1000 for number in range(known)} | {known: 1000 * factor}
    assert (held(sent(counts)) == {month_of(known): "month_too_large"}) is is_held


def test_the_first_month_that_was_ever_sent_passes():
    assert held(sent({0: 6_949_158_900})) == {}


def test_few_transactions_swing_by_chance_and_are_not_held():
    assert held(sent(dict.fromkeys(range(18), 1) | {17: 4})) == {}
    assert held(sent(dict.fromkeys(range(18), 5) | {17: 11})) == {}


def test_quarters_are_compared_with_quarters():
    quarters = sent({3 * number: 3000 for number in range(8)}, covered=3)
    months = sent({24 + number: 1000 + number for number in range(8)})
    assert held(quarters + months) == {}
    assert set(held(quarters + months + sent({33: 9500}, covered=3))) == {month_of(33)}


def test_of_a_month_from_two_files_the_one_received_last_is_held():
    months = sent(steady(18))
    one = months[-1]
    again = MonthPart("again.csv", "sha", one.parts[0].modified_ns + 1, 10, one.transactions, False)
    months[-1] = SenderMonth(one.entity_id, one.month, 1, (*one.parts, again))
    (found,) = months_out_of_bounds(months, Gate())
    assert (found.source_file, found.transactions) == ("again.csv", one.transactions)


def test_what_a_release_covers_is_the_content_that_was_judged():
    counts = steady(18)
    (one,) = months_out_of_bounds(sent(counts | {17: 4000}), Gate())
    (same,) = months_out_of_bounds(sent(counts | {17: 4000}), Gate(month_factor=2))
    (other,) = months_out_of_bounds(sent(counts | {17: 4001}), Gate())
    assert one.held_id == same.held_id != other.held_id


def stray(*senders: list[SenderMonth], **bounds: float) -> set[tuple[str | None, date | None]]:
    months = [month for sender in senders for month in sender]
    return {(one.entity_id, one.month) for one in stray_months(months, Gate(**bounds))}


@pytest.mark.parametrize("number", [-1200, -100, -20, 40, 60, 1000])
def test_a_month_far_from_all_others_is_stray(number):
    senders = [sent(steady(18), entity) for entity in ("moh", "mol", "mot")]
    assert stray(*senders, sent({number: 900}, "moh")) == {("moh", month_of(number))}


def test_early_senders_of_the_next_month_are_not_stray():
    senders = [sent(steady(18), entity) for entity in ("moh", "mol", "mot", "moi")]
    assert stray(*senders, sent({18: 900}, "moh")) == set()


def test_a_date_that_a_program_fills_in_for_all_bodies_is_stray():
    senders = [sent(steady(18) | {-636: 3}, entity) for entity in ("moh", "mol", "mot")]
    assert stray(*senders) == {(entity, month_of(-636)) for entity in ("moh", "mol", "mot")}


def test_a_year_that_was_loaded_after_a_gap_is_not_stray():
    senders = [sent({number: 1000 for number in (*range(6), *range(12, 18))}, entity) for entity in ("moh", "mol")]
    assert stray(*senders) == set()


def test_a_sender_alone_may_leave_out_a_month_and_not_a_year():
    assert stray(sent({0: 1000, 1: 1000, 3: 1000})) == set()
    assert stray(sent({0: 1000, 1: 1000, 2: 1000, 20: 1000})) == {("moh", month_of(20))}


def test_a_single_body_that_resumes_after_less_than_a_year_is_not_stray_and_its_slip_of_a_date_is():
    before = {number: 1000 for number in range(4)}
    assert stray(sent(before | {12: 1000, 13: 10, 14: 10, 15: 10})) == set()
    assert stray(sent(before | {12: 10})) == {("moh", month_of(12))}


def test_what_was_never_sent_before_is_not_stray():
    assert stray(sent({5: 1000})) == set()
    assert stray() == set()
