"""Answer which shared platforms there are and who uses them: the sentence, the register and its files."""

from html import escape

import polars as pl

from kpi.charts.adoption import used_by_words
from kpi.charts.chart import Cell, Table
from kpi.charts.long_list import long_list_html
from kpi.language import join_list, plural, t, with_digits
from kpi.periods import Period
from kpi.queries.platforms import Platform, Platforms
from kpi.queries.results import Named
from kpi.web.links import href
from kpi.web.panels import answer_box, message_box
from kpi.web.screens.registry_items import also_named, begun, owner_cell, word
from kpi.web.tables import table_html


def answer_html(found: Platforms, entity: Named | None, language: str) -> str:
    """Return the question and its answer, for all or for one entity."""
    return answer_box(t("platforms.title", language), answer(found, entity, language))


def answer(found: Platforms, entity: Named | None, language: str) -> str:
    """Say how many platforms are on record, for how many the users are known, and which is used most widely."""
    counted = found.counted
    if entity is not None and counted:
        uses = sum(bool(platform.used_by(entity.id)) for platform in counted)
        facts = {"entity": entity.label(language), "uses": uses, "known": len(counted)}
        return t("platforms.answer.entity", language, **facts)
    on_record = plural("platforms.answer.count", len(found.platforms), language)
    return t("platforms.answer.sentence", language, platforms=on_record, adoption=_adoption(found, language))


def _adoption(found: Platforms, language: str) -> str:
    counted, whole = found.counted, len(found.entities)
    if not counted:
        return t("platforms.answer.adoption_none", language)
    by_all = [platform for platform in counted if len(platform.users or ()) == whole]
    if len(by_all) > 1:
        several = plural("platforms.answer.used", len(by_all), language)
        return t("platforms.answer.adoption_tied", language, n=len(counted), several=several, whole=whole)
    first = counted[0]
    facts = {"first": first.facts.item.label(language), "users": len(first.users or ()), "whole": whole}
    return t("platforms.answer.adoption", language, n=len(counted), **facts)


def nothing_html(language: str) -> str:
    """Return the box of a workspace without platforms."""
    return message_box(t("platforms.none_what", language), t("platforms.none_next", language))


def register_html(found: Platforms, entity: Named | None, period: Period | None, language: str) -> str:
    """Return every platform with what it is for, whose it is, who uses it and what runs on it."""
    logged = any(platform.transactions is not None for platform in found.platforms)
    columns = ("platforms.table.platform", "registry.purpose", "registry.owner", "registry.status",
               "platforms.table.used_by", "registry.source")  # fmt: skip
    rows = tuple(_row(platform, found, entity, language) for platform in found.platforms)
    caption = t("platforms.registry", language)
    note = ""
    if logged and period is not None:
        words = t("platforms.table.transactions_explained", language, period=period.label(language))
        note = f'<p class="kpi-note">{escape(words)}</p>'
    table = table_html(Table(caption, tuple(t(column, language) for column in columns), rows), stacked=True)
    return long_list_html(table, len(rows), language) + note


def _row(platform: Platform, found: Platforms, entity: Named | None, language: str) -> tuple[str | Cell, ...]:
    facts = platform.facts
    link = href("project", project=platform.project_id) if platform.project_id else None
    below = [word(facts.kind, language) if facts.kind else None, also_named(facts, language)]
    below += [t("platforms.table.project", language)] if platform.project_id else []
    return (
        Cell(facts.item.label(language), href=link, below=" · ".join(part for part in below if part)),
        word(platform.purpose, language),
        owner_cell(facts, language),
        status_words(platform, language),
        Cell(begun(used_by_words(platform, found, language)), below=_use(platform, entity, language)),
        word(facts.source, language),
    )


def _use(platform: Platform, entity: Named | None, language: str) -> str | None:
    """Say below the number of users whether the chosen entity is one, and how many transactions were logged."""
    uses = platform.used_by(entity.id) if entity else None
    parts = []
    if entity is not None and uses is not None:
        parts.append(t(f"platforms.use.{'uses' if uses else 'uses_not'}", language, entity=entity.label(language)))
    if platform.transactions is not None:
        parts.append(plural("count.transactions", platform.transactions, language))
    return " · ".join(parts) or None


def status_words(platform: Platform, language: str) -> str:
    """Return the state as the source gives it, with its year where there is one."""
    status = word(platform.facts.status, language)
    if platform.status_year is None:
        return status
    year = with_digits(str(platform.status_year), language)
    return t("platforms.table.status_year", language, status=status, year=year)


def rows(found: Platforms, language: str) -> pl.DataFrame:
    """Return every platform for a file; what was not provided is empty."""
    data = [
        (one.facts.item.id, one.facts.item.label(language), word(one.facts.kind, language), word(one.purpose, language),
         word(one.facts.owner, language), status_words(one, language),
         None if one.users is None else len(one.users), len(found.entities), one.transactions,
         join_list(one.facts.also_named, language) or None, word(one.facts.source, language))
        for one in found.platforms
    ]  # fmt: skip
    schema = {
        "platform_id": pl.String, t("platforms.table.platform", language): pl.String,
        t("registry.kind", language): pl.String, t("registry.purpose", language): pl.String,
        t("registry.owner", language): pl.String, t("registry.status", language): pl.String,
        t("platforms.table.used_by", language): pl.Int64, t("unit.entities", language): pl.Int64,
        t("platforms.table.transactions", language): pl.Int64,
        t("registry.also", language, names="").strip(" :"): pl.String, t("registry.source", language): pl.String,
    }  # fmt: skip
    return pl.DataFrame(data, schema=schema, orient="row")


def adoption_rows(found: Platforms, language: str) -> pl.DataFrame:
    """Return every platform and entity that uses it for a file."""
    data = [
        (
            one.facts.item.id,
            one.facts.item.label(language),
            user.entity.id,
            user.entity.label(language),
            user.adopted_on,
        )
        for one in found.counted
        for user in one.users or ()
    ]
    schema = {
        "platform_id": pl.String, t("platforms.table.platform", language): pl.String, "entity_id": pl.String,
        t("platforms.table.entity", language): pl.String, t("platforms.table.adopted_on", language): pl.Date,
    }  # fmt: skip
    return pl.DataFrame(data, schema=schema, orient="row")
