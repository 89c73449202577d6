"""Say how ready the bodies are, who moved between the levels, and who leads."""

from collections.abc import Mapping, Sequence
from html import escape

from kpi.charts.chart import Cell, Table
from kpi.charts.levels import level_words
from kpi.language import format_change, format_number, format_percent, join_list, plural, t
from kpi.periods import Period, point_label
from kpi.queries.readiness import KINDS, AssessedBody, BodyKind, Level, Readiness, Way
from kpi.queries.results import Headline
from kpi.web.links import href, link_html
from kpi.web.panels import answer_box
from kpi.web.tables import table_html

LEADERS, WORTH_A_CLICK = 10, 4
"""Rows of a league that are shown at once, and how many others are worth a click."""
KIND_WORDS: Mapping[BodyKind, str] = {"entity": "entities", "governorate": "governorates"}
ARROWS: Mapping[Way, str] = {"up": "▲", "down": "▼", "same": "="}


def answer_html(readiness: Readiness, headlines: Mapping[BodyKind, Headline], language: str) -> str:
    """Return the question and its answer: readiness and change, bodies per level, who moved."""
    return answer_box(t("readiness.title", language), answer(readiness, headlines, language))


def answer(readiness: Readiness, headlines: Mapping[BodyKind, Headline], language: str) -> str:
    """Write the answer as one paragraph."""
    shown = readiness.shown
    if shown is None:
        return t("readiness.none_what", language)
    base = point_label(readiness.base.month, 1, language) if readiness.base else None
    since = base if all(_has_change(headline) for headline in headlines.values()) else None
    words = [
        _readiness(headlines, since, language),
        t(
            "readiness.answer.levels",
            language,
            bodies=plural("readiness.answer.bodies", shown.bodies, language),
            levels=join_list(level_words(shown, readiness.levels, language), language),
        ),
    ]
    if base is not None:
        up, down = (plural(f"readiness.answer.{way}", len(readiness.moved(way)), language) for way in ("up", "down"))
        key = "moves" if since else "moves_since"
        words.append(t(f"readiness.answer.{key}", language, up=up, down=down, base=base))
    return " ".join(words)


def notes_html(readiness: Readiness, language: str) -> str:
    """Say which bodies count with an earlier assessment, or what to do where there is none, and lead to a later one."""
    notes = []
    carried = sum(not body.assessed_in_round for body in readiness.bodies)
    if readiness.shown is None:
        notes.append(escape(t("readiness.none_next", language)))
    elif carried:
        month = point_label(readiness.shown.month, 1, language)
        notes.append(escape(plural("readiness.carried", carried, language, month=month)))
    if readiness.later:
        last = readiness.later[-1].month
        words = t("readiness.later", language, month=point_label(last, 1, language))
        period = Period(last.replace(month=1), last).key
        notes.append(f"{escape(words)} {link_html(t('readiness.later_link', language), 'readiness', period=period)}")
    words = "".join(f'<p class="kpi-note">{note}</p>' for note in notes)
    return f"<div>{words}</div>" if words else ""


def movement_html(readiness: Readiness, language: str) -> str:
    """Return the matrix of levels before and now, and the names of those who moved."""
    if readiness.base is None or readiness.shown is None:
        return f'<p class="kpi-lead">{escape(t("readiness.move.no_base", language))}</p>'
    new = sum(body.way is None for body in readiness.bodies)
    first = f'<p class="kpi-note">{escape(plural("readiness.move.new", new, language))}</p>' if new else ""
    moved = "".join(_moved(way, readiness, language) for way in ("up", "down"))
    matrix = f"<div>{_matrix(readiness, language)}{first}</div>"
    return f'<div class="kpi-movement">{matrix}<div>{moved}</div></div>'


def leagues_html(readiness: Readiness, language: str) -> str:
    """Return the entities and the governors' offices, each from the most ready on, the first of them at once."""
    leagues = "".join(_league(kind, readiness, language) for kind in KINDS)
    return f'<div class="kpi-standings">{leagues}</div>'


def basis_html(readiness: Readiness, language: str) -> str:
    """Say, one click away, where the scale, the indicators and their weights come from."""
    scale = " · ".join(
        t(
            "readiness.basis_of.level",
            language,
            level=level.label(language),
            score=_percent(level.score_from_pct, language),
        )
        for level in readiness.levels
    )
    # What is known in English only is marked as English, so that it is read aloud rightly.
    sources = {
        one.source_name(language): "" if language == "en" or one.source_ar else ' lang="en" dir="ltr"'
        for one in (*readiness.levels, *readiness.indicators)
    }
    items = "".join(f"<li{mark}>{escape(name)}</li>" for name, mark in sources.items() if name)
    summary = escape(t("readiness.basis", language))
    listed = f'<ul class="kpi-basis"><li>{escape(scale)}</li>{items}</ul>'
    return f'<details class="kpi-details"><summary>{summary}</summary>{listed}</details>'


def _readiness(headlines: Mapping[BodyKind, Headline], since: str | None, language: str) -> str:
    values = {
        kind: _value(headline, language, with_change=since is not None)
        for kind, headline in headlines.items()
        if headline.value is not None
    }
    if not values:
        return ""
    key, facts = next(iter(values)), {"value": next(iter(values.values()))}
    if len(values) == len(KINDS):
        key, facts = "both", {"entities": values["entity"], "governorates": values["governorate"]}
    if since is not None:
        key, facts = f"{key}_since", facts | {"base": since}
    return t(f"readiness.answer.{key}", language, **facts)


def _has_change(headline: Headline) -> bool:
    """Tell whether the answer can give the change of a value, if there is a value; a target is no earlier value."""
    change = headline.change
    return headline.value is None or (change is not None and change.raw is not None and change.against != "target")


def _value(headline: Headline, language: str, *, with_change: bool) -> str:
    value = format_percent(headline.value or 0, language, decimals=headline.kpi.decimals)
    change = headline.change
    if not with_change or change is None or change.raw is None:
        return value
    words = format_change(change.raw, change.kind, language)
    return t("readiness.answer.with_change", language, value=value, change=words)


def _matrix(readiness: Readiness, language: str) -> str:
    base, shown = (point_label(one.month, 1, language) for one in (readiness.base, readiness.shown) if one is not None)
    caption = t("readiness.move.caption", language, base=base, month=shown)
    corner = escape(t("readiness.move.from", language, base=base, month=shown))
    heads = "".join(f'<th scope="col">{_badge(level, language)}</th>' for level in readiness.levels)
    rows = "".join(
        f'<tr><th scope="row">{_badge(before, language)}</th>'
        f"{''.join(_cell(before, after, readiness, language) for after in readiness.levels)}</tr>"
        for before in readiness.levels
    )
    return (
        f'<div class="kpi-scroll" tabindex="0" role="group" aria-label="{escape(caption)}">'
        f'<table class="kpi-matrix"><caption>{escape(caption)}</caption>'
        f'<thead><tr><th scope="col"><small>{corner}</small></th>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _cell(before: Level, after: Level, readiness: Readiness, language: str) -> str:
    found = sum(body.base_level_id == before.id and body.level_id == after.id for body in readiness.bodies)
    way: Way = "same" if before.rank == after.rank else "up" if after.rank < before.rank else "down"
    if not found:
        return f'<td class="kpi-none">{format_number(0, language)}</td>'
    sign = f'<span aria-hidden="true">{ARROWS[way]}</span>'
    return f'<td class="kpi-{way}">{sign} <b>{format_number(found, language)}</b></td>'


def _moved(way: Way, readiness: Readiness, language: str) -> str:
    bodies = readiness.moved(way)
    if not bodies:
        return f'<p class="kpi-note">{escape(t(f"readiness.move.none_{way}", language))}</p>'
    names = {level.id: level for level in readiness.levels}
    groups: dict[tuple[str, str], list[AssessedBody]] = {}
    for body in bodies:
        groups.setdefault((body.base_level_id or "", body.level_id), []).append(body)
    ordered = sorted(groups, key=lambda pair: (names[pair[1]].rank, names[pair[0]].rank))
    title = f"{ARROWS[way]} {escape(t(f'readiness.move.{way}', language))}"
    parts = "".join(_group(names[before], names[after], groups[before, after], language) for before, after in ordered)
    return (
        f'<h3 class="kpi-name kpi-moved-{way}">{title} <bdi>({format_number(len(bodies), language)})</bdi></h3>{parts}'
    )


def _group(before: Level, after: Level, bodies: Sequence[AssessedBody], language: str) -> str:
    words = t("readiness.move.group", language, before=before.label(language), after=after.label(language))
    names = "".join(f"<li>{_link(body, language)}</li>" for body in bodies)
    count = format_number(len(bodies), language)
    return f'<div class="kpi-group"><h4>{escape(words)} <bdi>({count})</bdi></h4><ul>{names}</ul></div>'


def _league(kind: BodyKind, readiness: Readiness, language: str) -> str:
    bodies = [body for body in readiness.bodies if body.kind == kind]
    if not bodies:
        return ""
    caption = t(f"readiness.{KIND_WORDS[kind]}", language)
    headers = tuple(t(f"readiness.league_table.{name}", language) for name in ("name", "score", "change", "level"))
    rows = tuple(_league_row(body, readiness, language) for body in bodies)
    leaders = LEADERS if len(rows) >= LEADERS + WORTH_A_CLICK else len(rows)
    first = table_html(Table(caption, headers, rows[:leaders]))
    rest = ""
    if rows[leaders:]:
        summary = plural("readiness.league_table.rest", len(rows) - leaders, language)
        # The name differs from the first table's: two groups of one name cannot be told apart when read aloud.
        others = table_html(Table(f"{caption}: {summary}", headers, rows[leaders:]))
        rest = f'<details class="kpi-details kpi-unbounded"><summary>{escape(summary)}</summary>{others}</details>'
    heading = f'<h3 class="kpi-name">{escape(caption)}</h3>{_largest_gain(bodies, language)}'
    return f'<div class="kpi-standing">{heading}{first}{rest}</div>'


def _largest_gain(bodies: Sequence[AssessedBody], language: str) -> str:
    gains = [(body.change_points, body) for body in bodies if body.change_points is not None]
    gain, body = max(gains, key=lambda one: one[0], default=(0.0, None))
    if body is None or gain <= 0:
        return ""
    change = format_change(gain, "points", language)
    words = t("readiness.league_table.gain", language, name=body.entity.label(language), change=change)
    return f'<p class="kpi-note">{escape(words)}</p>'


def _league_row(body: AssessedBody, readiness: Readiness, language: str) -> tuple[str | Cell, ...]:
    level = next(level for level in readiness.levels if level.id == body.level_id)
    below = None
    if not body.assessed_in_round:
        month = point_label(body.assessed_on.replace(day=1), 1, language)
        below = t("readiness.league_table.last", language, month=month)
    change = t("readiness.league_table.new", language) if readiness.base is not None else "–"
    if body.change_points is not None:
        change = format_change(body.change_points, "number", language, decimals=1)
    return (
        Cell(body.entity.label(language), href=_address(body), below=below),
        _percent(body.score_pct, language, decimals=1),
        change,
        Cell(level.label(language), mark=f"level-{min(level.rank, 4)}"),
    )


def _address(body: AssessedBody) -> str:
    if body.kind == "governorate" and body.governorate_id is not None:
        return href("governorate", governorate=body.governorate_id)
    return href("entity", entity=body.entity.id)


def _link(body: AssessedBody, language: str) -> str:
    return f'<a class="kpi-link" href="{escape(_address(body))}">{escape(body.entity.label(language))}</a>'


def _badge(level: Level, language: str) -> str:
    return f'<span class="kpi-badge kpi-mark-level-{min(level.rank, 4)}">{escape(level.label(language))}</span>'


def _percent(value: float | None, language: str, *, decimals: int = 0) -> str:
    return t("value.not_provided", language) if value is None else format_percent(value, language, decimals=decimals)
