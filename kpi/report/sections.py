"""The sections that differ from scope to scope."""

from collections.abc import Iterable
from dataclasses import replace

from kpi.language import format_day
from kpi.periods import point_label
from kpi.queries.projects import Project, common_due
from kpi.report.content import TOPIC, Content
from kpi.report.lists import (
    claim_table,
    level_table,
    project_table,
    ranking_table,
    readiness_table,
    service_table,
)
from kpi.report.parts import Part, beside, heading, text
from kpi.report.places import place_table, remainder, tile_map
from kpi.report.scope import Scope
from kpi.report.words import Writer
from kpi.say.periods import during, told_words

SERVICES = {"entity": 15, "governorate": 12}
ENTITIES_HERE = 15
_DISAGREE = ("differs", "conflicting")


def programme_sections(writer: Writer, content: Content, scope: Scope) -> list[Part]:
    """Return entities, levels, projects and published figures."""
    ranking = content.rankings[None]
    parts = [heading(writer.say("heading.ranking"))]
    parts.append(text(writer.say("ranking.lead", period=_period(writer, content)), "lead"))
    parts.append(ranking_table(writer, ranking))
    if any(row.value is None for row in ranking.rows):
        parts.append(text(writer.say("ranking.silent"), "note"))
    parts += _levels(writer, content)
    parts += _projects(writer, content, scope)
    return [*parts, *_claims(writer, content, scope)]


def entity_sections(writer: Writer, content: Content, scope: Scope) -> list[Part]:
    """Return the entity's services, projects and readiness, and what was published of it."""
    parts = _services(writer, content, scope)
    parts += _projects(writer, content, scope)
    scores = content.readiness.get(scope.group, ())
    parts.append(heading(writer.say("heading.readiness")))
    if scores:
        first = scores[0]
        day = format_day(first.assessed_on, writer.language)
        if first.previous_on is None:
            lead = writer.say("readiness.lead", day=day)
        else:
            lead = writer.say("readiness.lead_before", day=day, before=format_day(first.previous_on, writer.language))
        parts += [text(lead, "lead"), readiness_table(writer, scores)]
    else:
        parts.append(text(writer.say("readiness.none", month=_month(writer, content))))
    return [*parts, *_claims(writer, content, scope)]


def governorate_sections(writer: Writer, content: Content, scope: Scope) -> list[Part]:
    """Return the entities and services in the governorate, and what was published of it."""
    parts: list[Part] = []
    ranking = content.rankings[scope.group]
    active = tuple(row for row in ranking.rows if row.value is not None)
    if active:
        parts.append(heading(writer.say("heading.entities_here")))
        parts.append(text(writer.say("ranking.alone", period=_period(writer, content)), "lead"))
        parts.append(ranking_table(writer, replace(ranking, rows=active), ENTITIES_HERE))
    parts += _services(writer, content, scope)
    return [*parts, *_claims(writer, content, scope)]


def _period(writer: Writer, content: Content) -> str:
    return content.period.label(writer.language, content.book.build.reporting_months)


def _month(writer: Writer, content: Content) -> str:
    return point_label(content.book.month.end, 1, writer.language)


def map_section(writer: Writer, content: Content, scope: Scope) -> list[Part]:
    """Return the map of the governorates with their table, the scope's own outlined; nothing for an entity."""
    if content.places.nothing is not None or scope.kind == "entity":
        return []
    title, chosen = ("map", None) if scope.kind == "programme" else ("place", scope.group)
    return [
        heading(writer.say(f"heading.{title}")),
        text(writer.say("map.lead"), "lead"),
        beside([tile_map(writer, content.places, chosen)], [place_table(writer, content.places)], (1, 1.1)),
        *remainder(writer, content.places),
    ]


def _levels(writer: Writer, content: Content) -> list[Part]:
    if not content.levels:
        return []
    lead = writer.say("levels.lead", month=_month(writer, content))
    return [heading(writer.say("heading.levels")), text(lead, "lead"), level_table(writer, content.levels)]


def _projects(writer: Writer, content: Content, scope: Scope) -> list[Part]:
    month = _month(writer, content)
    found = content.projects
    if scope.kind == "programme":
        listed = _reported(found.programme)
        title, nothing = "projects", writer.say("projects.none", month=month)
    else:
        listed = _reported(one for one in found.every if one.facts.owner_entity_id == scope.group)
        title, nothing = "own_projects", writer.say("projects.none_owned")
    parts = [heading(writer.say(f"heading.{title}"))]
    if not listed:
        return [*parts, text(nothing)]
    lead = writer.say("projects.lead", month=month, margin=writer.number(found.margin_points))
    if found.previous is not None:
        before = point_label(found.previous, 1, writer.language)
        lead = f"{writer.count('projects.slipped', sum(one.has_slipped for one in listed), before=before)} {lead}"
    owners = {one.facts.owner for one in listed}
    if scope.kind == "programme" and len(owners) == 1 and (owner := next(iter(owners))):
        lead = f"{lead} {writer.say('projects.one_owner', owner=owner)}"
    with_owner = scope.kind == "programme" and len(owners) > 1
    due = common_due(listed)
    if due is not None:
        lead = f"{lead} {writer.say('projects.one_due', day=format_day(due, writer.language))}"
    return [*parts, text(lead, "lead"), project_table(writer, listed, with_owner=with_owner, with_due=due is None)]


def _reported(projects: Iterable[Project]) -> list[Project]:
    """Return the projects that have reported, the furthest behind their plan first."""
    known = [one for one in projects if one.reported_on is not None]
    return sorted(known, key=lambda one: (one.variance_points is None, one.variance_points or 0, one.id))


def _services(writer: Writer, content: Content, scope: Scope) -> list[Part]:
    found = content.services.get(scope.kind, {}).get(scope.group)
    parts = [heading(writer.say("heading.services"))]
    if found is None or not found.listed:
        return [*parts, text(writer.say("services.none", period=_period(writer, content)))]
    most = SERVICES[scope.kind]
    topic = content.book.headline(TOPIC, scope.kind, scope.group)
    lead = writer.say("services.lead", period=during(topic, writer.language))
    told = topic.change.base_told if topic.change else None
    if told is not None and not told.is_whole:
        lead = f"{lead} {writer.say('services.base', told=told_words(told, writer.language))}"
    parts.append(text(lead, "lead"))
    parts.append(service_table(writer, found, most, with_entity=scope.kind == "governorate"))
    if found.services > most:
        parts.append(text(writer.count("services.more", found.services - most), "note"))
    return parts


def _claims(writer: Writer, content: Content, scope: Scope) -> list[Part]:
    if scope.kind == "programme":
        about = list(content.claims)
    else:
        about = [one for one in content.claims if scope.group in (one.entity_id, one.governorate_id)]
    differing = [one for one in about if one.verdict in _DISAGREE]
    if not differing and scope.kind != "programme":
        return []
    agreeing = sum(one.verdict == "agrees" for one in about)
    parts = [heading(writer.say("heading.claims"))]
    lead = (
        f"{writer.say('claims.lead')} {writer.count('claims.others', agreeing)}"
        if agreeing
        else writer.say("claims.lead")
    )
    parts.append(text(lead, "lead"))
    return [*parts, claim_table(writer, differing) if differing else text(writer.say("claims.none"))]
