"""A workspace of two entities with foreseeable figures: generation g has 7 g and 3 g transactions a month."""

from pathlib import Path

from kpi.ingest.load import load
from kpi.settings import Settings

MONTHS = ("2024-01", "2024-02", "2024-03")
BATHS, PARKS = 7, 3
REGISTRIES = {
    "workspace.toml": 'name_ar = "بلدة"\nname_en = "Smalltown"\nsynthetic = false\n',
    "reference/entities.csv": "entity_id,name_ar,name_en\nbaths,الحمّامات,Baths\nparks,الحدائق,Parks\n",
    "reference/services.csv": (
        "service_id,entity_id,name_ar,name_en,digitisation_from\n"
        "swim,baths,سباحة,Swim,2024-01-01\npicnic,parks,نزهة,Picnic,\n"
    ),
    "reference/governorates.csv": "governorate_id,name_ar,name_en\nN,الشمال,North\n",
    "inbox/services/events.csv": "service_id,event,event_on\nswim,registered,2024-01-05\nswim,digitised,2024-02-01\n",
}
SUMS = (
    "select entity_id, sum(transactions)::bigint as n from fct_transaction_month group by entity_id order by entity_id"
)


def make_smalltown(folder: Path) -> Settings:
    """Write the registries and generation 1 of the logs, and load them."""
    for name, text in REGISTRIES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    settings = Settings(workspace=folder, threads=1, build=None)
    write_generation(folder, 1)
    load(settings)
    return settings


def write_generation(folder: Path, generation: int) -> None:
    """Replace both entities' logs by those of a generation, each in one step."""
    write_log(folder, "baths", "swim", [BATHS * generation] * len(MONTHS))
    write_log(folder, "parks", "picnic", [PARKS * generation] * len(MONTHS))


def write_log(folder: Path, entity: str, service: str, counts: list[int]) -> None:
    """Replace one entity's log: one weighted row a month."""
    rows = [
        f"{month}-02,{entity},{service},N,web,completed,{count}"
        for month, count in zip(MONTHS, counts, strict=True)
    ]  # fmt: skip
    path = folder / "inbox" / "transactions" / f"{entity}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}")
    header = "submitted_at,entity_id,service_id,governorate_id,channel,outcome,transactions"
    draft.write_text("\n".join([header, *rows, ""]), encoding="utf-8")
    draft.replace(path)


def expected_sums(generation: int) -> list[tuple[str, int]]:
    """Return what `SUMS` gives for a generation."""
    return [("baths", BATHS * len(MONTHS) * generation), ("parks", PARKS * len(MONTHS) * generation)]
