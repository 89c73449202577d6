"""The paragraph on the first page: what the month says, in sentences written from the data."""

from kpi.language import join_list, plural
from kpi.periods import point_label
from kpi.queries.results import Headline
from kpi.report.completeness import months_named
from kpi.report.content import TOPIC, Content
from kpi.report.scope import Scope
from kpi.report.words import Writer
from kpi.say.answer import reported

_NAMES = 5


def summary(writer: Writer, content: Content, scope: Scope) -> str:
    """Return the sentences, joined."""
    headline = content.book.headline(TOPIC, scope.kind, scope.group)
    sentences = [reported(headline, writer.language, scope.kind)]
    if scope.kind == "programme":
        sentences += [
            _digitised(writer, content, scope),
            _performance(writer, content),
            _readiness(writer, content, scope),
        ]
        sentences.append(_reporting(writer, content))
    elif scope.kind == "entity":
        sentences += [_place(writer, content, scope), _digitised(writer, content, scope)]
        sentences += [_readiness(writer, content, scope), _own_reporting(writer, content, scope)]
    else:
        sentences += [_place(writer, content, scope), _digitised(writer, content, scope), _remainder(writer, content)]
    return " ".join(filter(None, sentences))


def _digitised(writer: Writer, content: Content, scope: Scope) -> str:
    headline = content.book.headline("services_digitised", scope.kind, scope.group)
    if headline.value is None or headline.as_of is None:
        return ""
    facts = {
        "month": point_label(headline.as_of, 1, writer.language),
        "part": headline.numerator,
        "value": writer.value(headline),
    }
    services = round(headline.denominator or 0)
    if headline.target is None:
        return writer.count("summary.digitised", services, **facts)
    return writer.count("summary.digitised_target", services, target=writer.percent(headline.target, 0), **facts)


def _performance(writer: Writer, content: Content) -> str:
    headline = content.book.headline("programme_performance", "programme")
    own = [one for one in content.projects.programme if one.behind]
    sentences = []
    if headline.value is not None:
        sentences.append(writer.say("summary.performance", value=writer.value(headline)))
    if content.projects.as_of is not None and content.projects.programme:
        first = own[0] if own else None
        facts = {
            "first": first.facts.item.label(writer.language) if first else "",
            "margin": writer.number(content.projects.margin_points),
            "points": writer.number(-(first.variance_points or 0), 1) if first else "",
        }
        sentences.append(writer.count("summary.behind", len(own), **facts))
    return " ".join(sentences)


def _readiness(writer: Writer, content: Content, scope: Scope) -> str:
    headline: Headline = content.book.headline("entity_readiness", scope.kind, scope.group)
    if headline.value is None:
        return ""
    level = content.entity_levels.get(scope.group)
    if level is None:
        return writer.say("summary.readiness", value=writer.value(headline))
    return writer.say("summary.readiness_level", value=writer.value(headline), level=level.label(writer.language))


def _reporting(writer: Writer, content: Content) -> str:
    reported = content.book.headline(TOPIC, "programme").reported
    if reported is None:
        return ""
    if reported.complete:
        return writer.say("summary.complete")
    return " ".join(
        writer.say(f"summary.{kind}_names", names=_names(names, writer))
        for kind, names in (("silent", reported.silent), ("partial", reported.partial))
        if names
    )


def _names(names, writer: Writer) -> str:  # noqa: ANN001 - a tuple of Named
    shown = [one.label(writer.language) for one in names[:_NAMES]]
    rest = len(names) - len(shown)
    return join_list([*shown, plural("report.alt.others", rest, writer.language)] if rest else shown, writer.language)


def _own_reporting(writer: Writer, content: Content, scope: Scope) -> str:
    coverage = content.coverage
    own = next((one for one in coverage.entities if one.entity.id == scope.group), None) if coverage else None
    if coverage is None or own is None or not own.expected(coverage.period):
        return writer.say("summary.not_expected")
    missing = own.with_status("missing", coverage.period)
    if not missing:
        told = content.book.told("entity", scope.group, coverage.period)
        return writer.say("summary.complete") if told is None or not told.broken_off else ""
    if len(missing) == own.expected(coverage.period):
        return writer.say("summary.own_silent")
    months = months_named(writer, own, "missing", coverage.period, coverage.months_per_report)
    return writer.say("summary.own_missing", months=months)


def _place(writer: Writer, content: Content, scope: Scope) -> str:
    place = content.book.place(TOPIC, scope.kind, scope.group)
    value = content.book.headline(TOPIC, scope.kind, scope.group).value
    if place is None or not value:
        return ""
    if scope.kind == "entity":
        whole = content.book.headline(TOPIC, "programme").value
        share = writer.share(100 * value / whole if whole else None)
        return writer.count("summary.place_entity", place.among, place=place.place, share=share)
    density = content.book.headline("transactions_per_1000", "governorate", scope.group)
    if density.value is None:
        return ""
    return writer.count("summary.place_governorate", place.among, place=place.place, value=writer.value(density))


def _remainder(writer: Writer, content: Content) -> str:
    places = content.places
    if not places.not_allocated or not places.total:
        return ""
    return writer.say("summary.remainder", share=writer.percent(100 * places.not_allocated / places.total))
