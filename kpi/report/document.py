"""Put one document together: every part in its order, all words written, ready for the template."""

from collections.abc import Iterable, Sequence

from kpi.catalogue import shown_on
from kpi.language import format_day, format_moment, isolate, join_list, t
from kpi.periods import point_label
from kpi.queries.results import Headline
from kpi.report.attachments import attachments
from kpi.report.cards import card_part
from kpi.report.changes import change_parts
from kpi.report.completeness import coverage_parts, hands_parts, held_parts, silent_parts
from kpi.report.content import TOPIC, Content
from kpi.report.figures import Issued
from kpi.report.lists import definition_table, indicator_table, owner_words
from kpi.report.parts import Part, at_foot, cards, charts, heading, run_in, text
from kpi.report.scope import Scope
from kpi.report.sections import entity_sections, governorate_sections, map_section, programme_sections
from kpi.report.summary import summary
from kpi.report.trends import legend, trend
from kpi.report.words import Writer
from kpi.say.card import without_value

MOST_CARDS = {"programme": 12, "entity": 9, "governorate": 9}
_IN_A_ROW = {"cards": 3, "trends": 2}


def document(
    content: Content, scope: Scope, language: str, issued: Issued | None, revision: int | None = None
) -> dict[str, object]:
    """Return everything the template draws, as plain data; `issued` is the snapshot of the month before.

    `revision` is that of a document which is issued; a copy has none.
    """
    writer = Writer(language)
    headlines = [content.book.headline(kpi_id, scope.kind, scope.group) for kpi_id in content.book.kpis]
    shown = [
        headline
        for headline in headlines
        if headline.nothing != "not_applicable" and scope.kind not in headline.kpi.unlisted
    ]
    sections = {
        "programme": programme_sections, "entity": entity_sections, "governorate": governorate_sections,
    }[scope.kind]  # fmt: skip
    parts = [
        *_opening(writer, content, scope),
        *_indicators(writer, content, scope, shown),
        *_trends(writer, content, scope),
        *sections(writer, content, scope),
        *coverage_parts(writer, content.coverage, scope),
        *silent_parts(writer, shown),
        *held_parts(writer, content.held, content.period, scope),
        *hands_parts(writer, content.hands, scope),
        *change_parts(writer, content, scope, issued, [headline.kpi.id for headline in shown]),
        *(map_section(writer, content, scope) if scope.kind == "governorate" else ()),
    ]
    made = writer.shown(
        {
            "masthead": _masthead(writer, content),
            **_frame(writer, content, scope, revision),
            "parts": parts,
            "closing": _closing(writer, content, shown),
        }
    )
    made["lost"] = _lost(writer)
    made["attachments"] = attachments(content, scope)
    return made


def _closing(writer: Writer, content: Content, shown: Sequence[Headline]) -> list[Part]:
    return [
        heading(writer.say("heading.definitions")),
        *_owner(writer, shown),
        definition_table(writer, shown),
        heading(writer.say("heading.method")),
        *_method(writer, content),
    ]


def scope_label(scope: Scope, language: str) -> str:
    """Name a scope as the reader knows it."""
    name = {"name": scope.name} if scope.name else {}
    return t(f"report.scope_{scope.kind}", language, **name)


def _number(writer: Writer, content: Content, scope: Scope, revision: int | None) -> str:
    """Return the number of a document: its month, its scope and its revision."""
    number = f"{content.month:%Y-%m}/{scope.stem}"
    if revision is None:
        return writer.say("copy", number=isolate(number, writer.language))
    return isolate(f"{number}/{revision}", writer.language)


def _frame(writer: Writer, content: Content, scope: Scope, revision: int | None) -> dict[str, object]:
    build, language = content.book.build, writer.language
    label, period = scope_label(scope, language), _period(content, language)
    programme = (build.programme_ar if language == "ar" else build.programme_en) or ""
    return {
        "language": language,
        "rtl": writer.is_rtl,
        "title": f"{writer.say('title')} — {label} — {period}",
        "description": writer.say("description", title=writer.say("title"), scope=label, period=period),
        "author": programme,
        "keywords": [label, period, build.build_id],
        "footer": writer.say("footer", programme=programme, scope=label, period=period),
        "number": writer.say("number", number=_number(writer, content, scope, revision)),
        "synthetic": writer.say("synthetic") if build.synthetic else "",
        "page_of": writer.say("page_of", page="@1", pages="@2"),
        "facts": _facts(writer, content, scope, revision),
        "signature": _signature(writer, content),
        "about_data": _about_data(content, language),
    }


def _masthead(writer: Writer, content: Content) -> dict[str, object]:
    build, arabic = content.book.build, writer.language == "ar"
    return {
        "over": build.workspace_name_ar if arabic else build.workspace_name_en,
        "title": writer.say("title"),
        "period": _period(content, writer.language),
        "programme": (build.programme_ar if arabic else build.programme_en) or "",
    }


def _signature(writer: Writer, content: Content) -> dict[str, object]:
    """Return who signs and the names of the lines to fill in; nothing where nobody is named."""
    signatory = content.letterhead.named("signatory", writer.language)
    lines = [writer.say(f"signature.{line}") for line in ("name", "signed", "date")] if signatory else []
    return {"signatory": signatory, "lines": lines}


def _facts(writer: Writer, content: Content, scope: Scope, revision: int | None) -> list[dict[str, str]]:
    build, language, head = content.book.build, writer.language, content.letterhead
    last = min(build.last_month, content.book.period.end) if build.last_month else content.book.period.end
    facts = (
        ("scope", scope_label(scope, language)),
        ("period", content.period.label(language, build.reporting_months)),
        ("as_of", point_label(last, 1, language)),
        ("published", format_day(build.built_at.date(), language)),
        ("number", _number(writer, content, scope, revision)),
        ("office", head.named("office", language)),
        ("addressee", head.named("addressee", language)),
    )
    return [{"name": writer.say(f"fact.{name}"), "text": words} for name, words in facts if words]


def _period(content: Content, language: str) -> str:
    return content.book.month.label(language, content.book.build.reporting_months)


def _opening(writer: Writer, content: Content, scope: Scope) -> Iterable[Part]:
    book = content.book
    placed = shown_on(book.kpis.values(), f"snapshot_{scope.kind}")
    wanted = [book.headline(kpi_id, scope.kind, scope.group) for kpi_id in placed]
    known = [headline for headline in wanted if headline.value is not None][: MOST_CARDS[scope.kind]]
    known = known[: len(known) - len(known) % _IN_A_ROW["cards"]] or known
    made = [card_part(writer, headline, _month_of(content, scope, headline)) for headline in known]
    nothing = [headline for headline in wanted if headline.nothing in ("not_provided", "not_shown")]
    parts = [heading(writer.say("heading.summary")), text(summary(writer, content, scope), "lead")]
    if made:
        parts += [heading(writer.say("heading.cards")), cards(made)]
    return [*parts, *(text(words, "note") for words in without_value(nothing, writer.language))]


def _month_of(content: Content, scope: Scope, headline: Headline) -> Headline | None:
    if headline.kpi.flow != "flow":
        return None
    return content.book.month_headline(headline.kpi.id, scope.kind, scope.group)


def _trends(writer: Writer, content: Content, scope: Scope) -> list[Part]:
    book = content.book

    def drawn(kpi_id: str, size: str) -> Part | None:
        series = book.series(kpi_id, scope.kind, scope.group)
        known = [point for point in series.points if point.value is not None]
        if len(known) < 2:
            return None
        return trend(writer, series, book.headline(kpi_id, scope.kind, scope.group), size=size)

    main = drawn(TOPIC, "wide")
    placed = shown_on(book.kpis.values(), f"snapshot_{scope.kind}_trends")
    others = [one for kpi_id in placed if (one := drawn(kpi_id, "small")) is not None]
    others = others[: len(others) - len(others) % _IN_A_ROW["trends"]]
    parts: list[Part] = []
    if main:
        parts += [heading(writer.say("heading.trend")), charts([main], legend(writer, [main]))]
    if scope.kind == "programme" and (places := map_section(writer, content, scope)):
        parts.append(at_foot(places))  # its first drawing is on a page with room for the map
    if others:
        parts += [heading(writer.say("heading.trends")), charts(others, legend(writer, others))]
    return parts


def _indicators(writer: Writer, content: Content, scope: Scope, shown: Sequence[Headline]) -> list[Part]:
    book = content.book
    rows = []
    for headline in shown:
        kpi_id = headline.kpi.id
        if scope.kind == "programme":
            rows.append((headline, None, None))
            continue
        whole = book.headline(kpi_id, "programme") if "programme" in headline.kpi.scopes else None
        rows.append((headline, whole, book.place(kpi_id, scope.kind, scope.group)))
    body = indicator_table(writer, rows, with_programme=scope.kind != "programme")
    return [heading(writer.say("heading.indicators")), {**body, "whole": True}]


def _method(writer: Writer, content: Content) -> list[Part]:
    build = content.book.build
    facts = {
        "build": build.build_id,
        "moment": format_moment(build.built_at, writer.language),
        "files": build.source_files,
        "accepted": build.rows_accepted,
        "rejected": build.rows_rejected,
    }
    names = ("period", "ratios", "nothing", "alike", "behind", "partial", "archive", "frozen")
    margin = writer.number(content.projects.margin_points)
    words = [writer.say("method.numbers", **facts), *(writer.say(f"method.{name}", margin=margin) for name in names)]
    if note := _about_data(content, writer.language):
        words.append(writer.say("method.synthetic", note=note))
    return [run_in(*sentence.partition(". ")[::2]) for sentence in words]


def _owner(writer: Writer, shown: Sequence[Headline]) -> list[Part]:
    owners = {owner_words(headline, writer) for headline in shown}
    return [text(writer.say("definition.one_owner", owner=owners.pop()), "lead")] if len(owners) == 1 else []


def _about_data(content: Content, language: str) -> str:
    build = content.book.build
    note = build.synthetic_note_ar if language == "ar" else build.synthetic_note_en
    return note if build.synthetic and note else ""


def _lost(writer: Writer) -> str:
    if not writer.lost:
        return ""
    codes = join_list([f"U+{ord(one):04X}" for one in sorted(writer.lost)], writer.language)
    return writer.say("odd_characters", codes=codes)
