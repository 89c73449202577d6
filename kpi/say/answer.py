"""Answer in one sentence how many transactions there were, written from the data."""

from kpi.catalogue import Scope
from kpi.language import plural, t
from kpi.queries.results import Change, Headline
from kpi.say.change import change_words
from kpi.say.names import first_of
from kpi.say.periods import during

_MISLEADING_POINTS = 5
_ENTITIES_NAMED = 5


def counted(headline: Headline, language: str, *, whole: bool) -> str:
    """Return the sentence on a count: how many, when, and how that compares; for the whole, from how many entities."""
    if headline.value is None:
        return _nothing(headline, language)
    facts = _facts("value", headline, language)
    if headline.reported is None or not whole:
        sentence = t("say.answer.transactions_only", language, **facts)
    else:
        entities = plural("say.answer.entities", headline.reported.reported, language)
        sentence = t("say.answer.from_entities", language, entities=entities, **facts)
    return _explained(sentence, headline.change, language)


def reported(headline: Headline, language: str, of: Scope) -> str:
    """Return the same as a sentence of a text: who reported how many, when, and how that compares."""
    if headline.value is None:
        return _nothing(headline, language)
    facts = _facts("value_reported", headline, language)
    if headline.reported is None or of != "programme":
        sentence = t(f"say.answer.reported_{of}", language, **facts)
    else:
        entities = plural("count.entities", headline.reported.reported, language)
        sentence = t("say.answer.reported_from", language, entities=entities, **facts)
    return _explained(sentence, headline.change, language)


def overlap_words(headline: Headline, language: str) -> str:
    """Say why no total is shown, where figures of entities overlap; nothing elsewhere."""
    if not headline.overlapping:
        return ""
    names = [one.label(language) for one in headline.overlapping]
    return t("coverage.overlap", language, names=first_of(names, language, _ENTITIES_NAMED))


def _nothing(headline: Headline, language: str) -> str:
    return overlap_words(headline, language) or t("say.answer.nothing", language, period=during(headline, language))


def _facts(form: str, headline: Headline, language: str) -> dict[str, str]:
    return {
        "value": plural(f"say.answer.{form}", round(headline.value or 0), language),
        "period": during(headline, language),
        "change": change_words(headline, language),
    }


def _explained(sentence: str, change: Change | None, language: str) -> str:
    """Say who makes the raw change misleading, where it is far from the like-for-like one."""
    if change is None or change.raw is None or change.like_for_like is None:
        return sentence
    if abs(change.raw - change.like_for_like) < _MISLEADING_POINTS:
        return sentence
    way = "left" if change.left_total > change.entered_total else "entered"
    largest = getattr(change, way)
    if not largest:
        return sentence
    return f"{sentence} {t(f'say.answer.mostly_{way}', language, entity=largest[0].entity.label(language))}"
