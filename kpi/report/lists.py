"""The tables of a document: entities, indicators, projects, services, readiness, claims, definitions."""

from collections.abc import Iterable, Sequence

from kpi.language import format_change, format_progress, format_value, t
from kpi.periods import point_label
from kpi.queries.assessments import IndicatorScore
from kpi.queries.claims import Claim
from kpi.queries.places import Place
from kpi.queries.projects import Project
from kpi.queries.results import Headline, Ranking
from kpi.queries.snapshot_details import LevelCount, Services
from kpi.report.parts import ColumnHead, Part, cell, table
from kpi.report.words import Writer
from kpi.say.card import parts_words
from kpi.say.change import target_words
from kpi.say.claims import computed_words, published_words
from kpi.say.periods import told_short

NOTHING = "–"


def columns(writer: Writer, *names: tuple[str, str, float]) -> list[ColumnHead]:
    """Head columns by the keys of their titles, with their kinds and widths."""
    return [ColumnHead(writer.say(f"column.{key}"), kind, width) for key, kind, width in names]


def ranking_table(writer: Writer, ranking: Ranking, most: int | None = None) -> Part:
    """Return the entities with their share as a bar; those without a value come last, and say so."""
    heads = columns(
        writer, ("place", "number", 0), ("entity", "text", 1), ("transactions", "number", 0), ("share", "bar", 0),
        ("change", "number", 0), ("months", "number", 0),
    )  # fmt: skip
    rows = []
    largest = max((row.share_pct or 0 for row in ranking.rows), default=0) or 1
    for row in ranking.rows[:most]:
        language, kpi = writer.language, ranking.kpi
        gap = row.expected_months > row.reported_months
        rows.append(
            [
                writer.number(row.place.place) if row.place else NOTHING,
                row.entity.label(language),
                format_value(row.value, kpi.unit, language, kpi.decimals),
                cell(writer.share(row.share_pct), bar=(row.share_pct or 0) / largest),
                _signed(row.change_pct, writer),
                cell(_of(row.reported_months, row.expected_months, writer), tone="bad" if gap else ""),
            ]
        )
    return table(heads, rows, size="dense")


def indicator_table(
    writer: Writer, rows: Iterable[tuple[Headline, Headline | None, Place | None]], *, with_programme: bool
) -> Part:
    """Return every KPI with its parts, base, change and target; beside the programme and with its place if asked."""
    heads = columns(writer, ("indicator", "text", 1), ("value", "number", 0), ("parts", "number", 0))
    heads += columns(writer, ("base", "number", 0), ("change", "number", 0))
    if with_programme:
        heads += columns(writer, ("programme", "number", 0), ("stands", "number", 0))
    else:
        heads += columns(writer, ("target", "number", 0))
    body = []
    for headline, programme, place in rows:
        row: list[str | Part] = [
            headline.kpi.name(writer.language),
            cell(writer.value(headline), tone="strong" if headline.value is not None else "muted"),
            _parts(headline, writer),
            _base(headline, writer),
            writer.change(headline) or NOTHING,
        ]
        if with_programme:
            row += [writer.value(programme) if programme else NOTHING, _place(place, writer)]
        else:
            row.append(_target(headline, writer))
        body.append(row)
    return table(heads, body, size="dense")


def project_table(writer: Writer, projects: Sequence[Project], *, with_owner: bool, with_due: bool) -> Part:
    """Return the projects with progress against plan, the furthest behind first."""
    heads = columns(writer, ("project", "text", 1.6))
    if with_owner:
        heads += columns(writer, ("owner", "text", 1))
    heads += columns(
        writer, ("progress", "bar", 0), ("plan", "number", 0), ("against_plan", "number", 0), ("slipped", "number", 0),
        ("standing", "words", 0), ("reported", "words", 0),
    )  # fmt: skip
    if with_due:
        heads += columns(writer, ("due", "number", 0))
    rows = []
    for one in projects:
        name = one.facts.item.label(writer.language)
        row: list[str | Part] = [name if one.in_programme else writer.say("projects.outside", name=name)]
        if with_owner:
            row.append(one.facts.owner.label(writer.language) if one.facts.owner else NOTHING)
        done = (one.progress_pct or 0) / 100
        tone = "bad" if one.behind else ""
        row += [
            cell(_progress(one.progress_pct, writer), bar=done, tone=tone),
            _progress(one.planned_pct, writer),
            cell(_points(one.variance_points, writer), tone=tone),
            writer.number(one.slipped_points, 1) or NOTHING,
            cell(one.standing.label(writer.language), tone=tone),
            one.reported.label(writer.language) if one.reported else NOTHING,
        ]
        if with_due:
            row.append(f"{one.due_on:%Y-%m}" if one.due_on else NOTHING)
        rows.append(row)
    return table(heads, rows, size="dense")


def service_table(writer: Writer, services: Services, most: int, *, with_entity: bool) -> Part:
    """Return the largest services with this year, last year, change and state."""
    heads = columns(writer, ("service", "text", 1.4))
    if with_entity:
        heads += columns(writer, ("entity", "text", 1))
    heads += columns(writer, ("transactions", "number", 0), ("base", "number", 0), ("change", "number", 0))
    heads += columns(writer, ("state", "words", 0))
    rows = []
    for one in services.listed[:most]:
        row: list[str | Part] = [one.service.label(writer.language)]
        if with_entity:
            row.append(one.entity.label(writer.language))
        state = {(True, True): "both", (True, False): "digitised", (False, True): "simplified"}.get(
            (one.digitised_on is not None, one.simplified_on is not None), "neither"
        )
        row += [
            writer.number(one.transactions), writer.number(one.base_transactions), _signed(one.change_pct, writer),
            writer.say(f"services.{state}"),
        ]  # fmt: skip
        rows.append(row)
    return table(heads, rows, size="dense")


def readiness_table(writer: Writer, scores: Sequence[IndicatorScore]) -> Part:
    """Return the scores of the last assessment beside the one before, the lowest first."""
    heads = columns(
        writer, ("indicator", "text", 1), ("score", "bar", 0), ("before", "number", 0), ("change", "number", 0)
    )
    rows = []
    for one in scores:
        moved = None
        if one.previous_pct is not None:
            moved = one.score_pct - one.previous_pct
        rows.append(
            [
                one.indicator.label(writer.language),
                cell(writer.number(one.score_pct, 1) or NOTHING, bar=(one.score_pct or 0) / 100),
                writer.number(one.previous_pct, 1) or NOTHING,
                NOTHING if moved is None else format_change(moved, "number", writer.language, decimals=1),
            ]
        )
    return table(heads, rows, size="dense")


def level_table(writer: Writer, levels: Sequence[LevelCount]) -> Part:
    """Return how many entities reached each level, a column each."""
    whole = sum(one.entities for one in levels)
    heads = [ColumnHead(one.level.label(writer.language), "count", 1.0) for one in levels]
    row = []
    for one in levels:
        words = writer.number(one.entities)
        if one.entities:
            words = f"{words} ({writer.percent(100 * one.entities / whole, 0)})"
        row.append(cell(words, tone="strong" if one.entities else "muted"))
    return table(heads, [row])


def claim_table(writer: Writer, claims: Sequence[Claim]) -> Part:
    """Return published figures beside the computed ones."""
    heads = columns(
        writer, ("figure", "text", 1.3), ("period", "words", 0), ("published", "number", 0), ("computed", "number", 0),
        ("verdict", "words", 0.9), ("source", "text", 1.2),
    )  # fmt: skip
    return table(heads, [_claim(claim, writer) for claim in claims], size="dense")


def owner_words(headline: Headline, writer: Writer) -> str:
    """Say who answers for a KPI."""
    return headline.kpi.owner_ar if writer.language == "ar" else headline.kpi.owner_en


def definition_table(writer: Writer, headlines: Sequence[Headline]) -> Part:
    """Return what each KPI means, how it is computed, where from, and who answers for it where they are several."""
    shares_owner = len({owner_words(headline, writer) for headline in headlines}) < 2
    heads = columns(writer, ("indicator", "text", 0.8), ("definition", "text", 1.5), ("formula", "text", 1.3))
    rows = []
    for headline in headlines:
        kpi, arabic = headline.kpi, writer.language == "ar"
        source = kpi.source_ar if arabic else kpi.source_en
        if shares_owner:
            owner = writer.say("definition.source", source=source)
        else:
            owner = writer.say("definition.owner", owner=owner_words(headline, writer), source=source)
        changes = [
            writer.say(
                "definition.since",
                month=point_label(version.valid_from, 1, writer.language),
                note=version.note_ar if arabic else version.note_en,
            )
            for version in kpi.versions[1:]
            if version.valid_from <= headline.period.end
        ]
        rows.append(
            [
                cell(kpi.name(writer.language), tone="strong"),
                "\n".join([kpi.definition_ar if arabic else kpi.definition_en, *changes]),
                "\n".join([kpi.formula_ar if arabic else kpi.formula_en, owner]),
            ]
        )
    return table(heads, rows, size="text")


def _claim(claim: Claim, writer: Writer) -> list[str | Part]:
    language = writer.language
    return [
        claim.metric.label(language),
        claim.period.label(language) if claim.period else NOTHING,
        published_words(claim, language) or NOTHING,
        computed_words(claim, language) or writer.say("claims.not_computed"),
        t(f"verdict.{claim.verdict}", language),
        claim.source_name(language) or NOTHING,
    ]


def _parts(headline: Headline, writer: Writer) -> str:
    return parts_words(headline, writer.language) or NOTHING


def _of(part: int, whole: int, writer: Writer) -> str:
    if not whole:
        return NOTHING
    return t("say.card.part_of", writer.language, part=writer.number(part), whole=writer.number(whole))


def _base(headline: Headline, writer: Writer) -> str:
    if headline.change is None or headline.change.base_value is None:
        return NOTHING
    kpi = headline.kpi
    value = format_value(headline.change.base_value, kpi.unit, writer.language, kpi.decimals)
    told = headline.change.base_told
    return value if told is None or told.is_whole else f"{value}\n{told_short(told, writer.language)}"


def _target(headline: Headline, writer: Writer) -> str:
    return NOTHING if headline.target is None else target_words(headline.kpi, headline.target, writer.language)


def _place(place: Place | None, writer: Writer) -> str:
    return NOTHING if place is None else _of(place.place, place.among, writer)


def _signed(value: float | None, writer: Writer) -> str:
    return NOTHING if value is None else format_change(value, "percent", writer.language)


def _progress(value: float | None, writer: Writer) -> str:
    return NOTHING if value is None else format_progress(value, writer.language)


def _points(value: float | None, writer: Writer) -> str:
    return NOTHING if value is None else format_change(value, "number", writer.language, decimals=1)
