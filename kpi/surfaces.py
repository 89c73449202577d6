"""Where an indicator can stand: the surfaces of screens and documents that `shown` in `sql/kpis.toml` names."""

from pydantic import BaseModel, ConfigDict, Field, JsonValue


def _place(meaning: str, **needs: JsonValue) -> int | None:
    """Declare a surface; `scope` and `dimension` are what an indicator must have to have a value there."""
    return Field(default=None, ge=1, description=meaning, json_schema_extra=dict(needs))


class Shown(BaseModel):
    """Hold the place of one indicator on each surface, 1 first; None where it does not stand.

    Indicators of the same place stand in the order of the catalogue.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    overview: int | None = _place("cards of the overview", scope="programme")
    entity: int | None = _place("cards of an entity's page", scope="entity")
    governorate: int | None = _place("cards of a governorate's page", scope="governorate")
    not_allocated: int | None = _place("cards of what names no governorate", scope="governorate")
    league: int | None = _place("columns of the league of entities", scope="entity")
    league_phone: int | None = _place("columns kept on a phone, the first four", scope="entity")
    transactions: int | None = _place("cards of the screen of transactions", scope="programme")
    transactions_trends: int | None = _place("small trends of that screen", scope="programme")
    services: int | None = _place("cards of the screen of services", scope="programme")
    service: int | None = _place("cards of a service's page", scope="entity", dimension="service_id")
    projects: int | None = _place("cards of the screen of projects", scope="programme")
    snapshot_programme: int | None = _place("cards of the programme's document, 12 at most", scope="programme")
    snapshot_entity: int | None = _place("cards of an entity's document, 9 at most", scope="entity")
    snapshot_governorate: int | None = _place("cards of a governorate's document, 9 at most", scope="governorate")
    snapshot_programme_trends: int | None = _place("small trends of the programme's document", scope="programme")
    snapshot_entity_trends: int | None = _place("small trends of an entity's document", scope="entity")
    snapshot_governorate_trends: int | None = _place("small trends of a governorate's document", scope="governorate")


def needs_of(surface: str) -> dict[str, str]:
    """Return what an indicator must have to have a value on a surface: its `scope`, its `dimension`."""
    needs = Shown.model_fields[surface].json_schema_extra
    return {name: str(value) for name, value in needs.items()} if isinstance(needs, dict) else {}
