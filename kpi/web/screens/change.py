"""Answer whether change management takes hold: the sentence, the teams, the strategies, stories and guides."""

from collections.abc import Iterable, Sequence
from html import escape

import polars as pl

from kpi.charts.chart import Cell, Table
from kpi.language import format_day, plural, t
from kpi.periods import point_label
from kpi.queries.change_management import COMMUNITY, STORIES, TEAMS, ChangeManagement, ChangeTeam, Guide, Milestone
from kpi.queries.registry_items import RegistryItem
from kpi.queries.results import Headline, Series
from kpi.web.links import href, link_html
from kpi.web.panels import answer_box, message_box
from kpi.web.screens.registry_items import common_owner, name_cell, owner_cell, owner_note, period_words, word
from kpi.web.tables import folded_table_html, table_html

NOT_STATED = "not_stated"


def answer_html(found: ChangeManagement, teams: Headline | None, series: Series | None, language: str) -> str:
    """Return the question and its answer."""
    return answer_box(t("change.title", language), answer(found, teams, series, language))


def answer(found: ChangeManagement, teams: Headline | None, series: Series | None, language: str) -> str:
    """Say how many entities have a change team, how that was a year before, and how many guides there are."""
    guides = plural("change.answer.guides", len(found.guides), language)
    return f"{_teams(found, teams, series, language)} {guides}"


def _teams(found: ChangeManagement, teams: Headline | None, series: Series | None, language: str) -> str:
    if not found.teams_known:
        return t("change.answer.no_teams", language)
    if len(found.teams) == 1:
        return _one_team(found.teams[0], language)
    if teams is None or teams.numerator is None or teams.denominator is None or teams.as_of is None:
        return t("change.answer.no_teams", language)
    month = point_label(teams.as_of, 1, language)
    words = t("change.answer.teams", language, active=teams.numerator, whole=teams.denominator, month=month)
    before = _year_before(teams, series)
    if before is None:
        return t("change.answer.alone", language, teams=words)
    more = teams.numerator - before
    way = "more" if more > 0 else "fewer" if more < 0 else "same"
    return t(f"change.answer.{way}", language, teams=words, n=abs(more))


def _year_before(teams: Headline, series: Series | None) -> int | None:
    """Return how many entities had a team in the same month of the year before."""
    if series is None or teams.as_of is None:
        return None
    pairs = zip(series.points, series.base_points, strict=False)
    return next((base.numerator for point, base in pairs if point.month == teams.as_of), None)


def _one_team(team: ChangeTeam, language: str) -> str:
    entity = team.entity.label(language)
    if team.active_from is None:
        return t("change.answer.entity_none", language, entity=entity)
    if not team.active:
        return t("change.answer.entity_ended", language, entity=entity)
    month = point_label(team.active_from.replace(day=1), 1, language)
    return t("change.answer.entity_active", language, entity=entity, month=month)


def nothing_html(language: str) -> str:
    """Return the box of a workspace without anything on change management."""
    return message_box(t("change.none_what", language), t("change.none_next", language))


def teams_html(found: ChangeManagement, language: str) -> str:
    """Name the entities without a team, and fold the list of all entities."""
    without = [team for team in found.teams if not team.active]
    words = escape(plural("change.team.without", len(without), language))
    names = "".join(
        f"<li>{link_html(team.entity.label(language), 'entity', entity=team.entity.id)}</li>" for team in without
    )
    listed = f'<ul class="kpi-names">{names}</ul>' if without else ""
    table = folded_table_html(_teams_table(found.teams, language), t("change.team.show", language))
    return f'<p class="kpi-lead">{words}</p>{listed}{table}'


def _teams_table(teams: Sequence[ChangeTeam], language: str) -> Table:
    headers = tuple(t(f"change.team.{name}", language) for name in ("entity", "state", "since"))
    newest = sorted(
        teams, key=lambda team: (not team.active, -(team.active_from.toordinal() if team.active_from else 0))
    )
    rows = tuple(
        (
            Cell(team.entity.label(language), href=href("entity", entity=team.entity.id)),
            Cell(t(f"change.team.{_state(team)}", language), mark="met" if team.active else "open"),
            format_day(team.active_from, language) if team.active_from else "",
        )
        for team in newest
    )
    return Table(t("change.team.caption", language), headers, rows)


def _state(team: ChangeTeam) -> str:
    return "active" if team.active else "ended" if team.active_from else "none"


def strategies_html(found: ChangeManagement, language: str) -> str:
    """Return the strategies and plans with owner, period and state."""
    return _milestones(found.strategies, t("change.strategy", language), language)


def carriers_html(found: ChangeManagement, language: str) -> str:
    """Return the change stories, the teams and the knowledge community, and what of them was not provided."""
    listed = [one for topic in (STORIES, COMMUNITY, TEAMS) for one in found.about(topic)]
    if not listed:
        return f'<p class="kpi-note">{escape(t("change.topic.none", language))}</p>'
    note = f'<p class="kpi-note">{escape(t("change.note.not_provided", language))}</p>'
    return _milestones(listed, t("change.stories", language), language, with_topic=True) + note


def _milestones(listed: Sequence[Milestone], caption: str, language: str, *, with_topic: bool = False) -> str:
    if not listed:
        return f'<p class="kpi-note">{escape(t("change.topic.none", language))}</p>'
    owner = common_owner([one.facts for one in listed])
    parts = {
        "change.topic.column" if with_topic else "registry.kind": True,
        "registry.owner": owner is None,
        "registry.period": any(one.period for one in listed),
        "registry.status": _any_stated(one.facts for one in listed),
        "registry.source": True,
    }
    shown = [name for name, has in parts.items() if has]
    rows = tuple(
        (name_cell(one.facts, language, project_id=one.project_id), *(_part(one, name, language) for name in shown))
        for one in listed
    )
    notes = owner_note(owner, language)
    if not parts["registry.status"]:
        notes += f'<p class="kpi-note">{escape(t("change.note.no_states", language))}</p>'
    headers = tuple(t(name, language) for name in ("registry.name", *shown))
    return table_html(Table(caption, headers, rows), stacked=True) + notes


def _part(one: Milestone, name: str, language: str) -> str | Cell:
    words: dict[str, str | Cell] = {
        "change.topic.column": t(f"change.topic.{one.topic}", language) if one.topic else "",
        "registry.kind": word(one.facts.kind, language),
        "registry.owner": owner_cell(one.facts, language),
        "registry.period": period_words(one.period, language),
        "registry.status": word(one.facts.status, language),
        "registry.source": word(one.facts.source, language),
    }
    return words[name]


def guides_html(found: ChangeManagement, language: str) -> str:
    """Return the guides and policies; what holds for all, as that none has an issue date, is said once."""
    if not found.guides:
        return f'<p class="kpi-note">{escape(t("change.topic.none", language))}</p>'
    dated = any(guide.issued_on for guide in found.guides)
    owner = common_owner([guide.facts for guide in found.guides])
    columns = ("name", "kind", *(() if owner else ("owner",)), "status", *(("issued_on",) if dated else ()), "source")
    rows = tuple(_guide(guide, dated, owner is None, language) for guide in found.guides)
    listed = Table(t("change.guides", language), tuple(t(f"registry.{name}", language) for name in columns), rows)
    notes = owner_note(owner, language)
    notes += "" if dated else f'<p class="kpi-note">{escape(t("change.note.no_issue_dates", language))}</p>'
    return table_html(listed, stacked=True) + notes


def _guide(guide: Guide, dated: bool, owned: bool, language: str) -> tuple[str | Cell, ...]:
    issued = format_day(guide.issued_on, language) if guide.issued_on else t("value.not_provided", language)
    return (
        name_cell(guide.facts, language),
        word(guide.facts.kind, language),
        *((owner_cell(guide.facts, language),) if owned else ()),
        word(guide.facts.status, language),
        *((issued,) if dated else ()),
        word(guide.facts.source, language),
    )


def _any_stated(facts: Iterable[RegistryItem]) -> bool:
    return any(one.status is not None and one.status.id != NOT_STATED for one in facts)


def team_rows(found: ChangeManagement, language: str) -> pl.DataFrame:
    """Return every entity and its team for a file."""
    data = [
        (team.entity.id, team.entity.label(language), t(f"change.team.{_state(team)}", language), team.active_from,
         team.ended_on)
        for team in found.teams
    ]  # fmt: skip
    schema = {
        "entity_id": pl.String, t("change.team.entity", language): pl.String,
        t("change.team.state", language): pl.String,
        t("change.team.since", language): pl.Date, t("change.team.ended", language): pl.Date,
    }  # fmt: skip
    return pl.DataFrame(data, schema=schema, orient="row")


def registry_rows(found: ChangeManagement, language: str) -> pl.DataFrame:
    """Return strategies, stories, community and guides for a file."""
    listed = [(one.facts, one.topic, one.period, None) for one in found.milestones]
    listed += [(guide.facts, None, None, guide.issued_on) for guide in found.guides]
    data = [
        (facts.item.id, facts.item.label(language), word(facts.kind, language),
         t(f"change.topic.{topic}", language) if topic else None, word(facts.owner, language), period,
         word(facts.status, language), issued_on, word(facts.source, language))
        for facts, topic, period, issued_on in listed
    ]  # fmt: skip
    names = ("name", "kind", "owner", "period", "status", "issued_on", "source")
    heading = {name: t(f"registry.{name}", language) for name in names}
    schema = {
        "id": pl.String, heading["name"]: pl.String, heading["kind"]: pl.String,
        t("change.topic.column", language): pl.String, heading["owner"]: pl.String, heading["period"]: pl.String,
        heading["status"]: pl.String, heading["issued_on"]: pl.Date, heading["source"]: pl.String,
    }  # fmt: skip
    return pl.DataFrame(data, schema=schema, orient="row")
