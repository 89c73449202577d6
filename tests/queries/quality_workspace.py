"""A workspace in which much went wrong: gaps, rejected rows, a file that is no file, and a value that was restated."""

from collections.abc import Callable, Iterable
from pathlib import Path

from kpi.ingest.load import load
from kpi.settings import Settings
from kpi.warehouse.build import build

ENTITIES = """\
entity_id,name_ar,name_en,expected_from
baths,الحمّامات,Baths,
parks,الحدائق,Parks,
ports,الموانئ,Ports,2024-03-01
"""
SERVICES = """\
service_id,entity_id,name_ar,name_en
swim,baths,سباحة,Swim
picnic,parks,نزهة,Picnic
berth,ports,إرساء,Berth
"""
HEADER = "transaction_id,submitted_at,entity_id,service_id,channel,outcome,beneficiary_number\n"
FORMULA = '=HYPERLINK("http://example.invalid")'
JANUARY = """\
1,2024-01-02T10:00:00,baths,swim,web,completed,12345678
2,2024-01-02T10:00:00,parks,picnic,web,completed,
3,2024-01-03T10:00:00,baths,steam,web,completed,87654321
4,2024-01-03T10:00:00,baths,swim,fax,completed,
"""
FILES = {
    "workspace.toml": 'name_ar = "بلدة"\nname_en = "Smalltown"\n',
    "reference/entities.csv": ENTITIES,
    "reference/services.csv": SERVICES,
    "inbox/transactions/january.csv": HEADER + JANUARY,
    "inbox/transactions/february.csv": f"{HEADER}5,2024-02-02T10:00:00,baths,swim,web,completed,\n",
    "inbox/transactions/march.csv": (
        f"{HEADER}6,2024-03-02T10:00:00,baths,swim,web,completed,\n"
        f"7,2024-03-02T10:00:00,parks,picnic,web,completed,\n"
        f'8,2024-03-02T10:00:00,parks,"{FORMULA.replace(chr(34), chr(34) * 2)}",web,completed,\n'
    ),
    "inbox/transactions/torn.parquet": "PAR1 and then nothing",
}


def publish_troubled(folder: Path) -> Path:
    """Write, load and publish the workspace in an empty folder."""
    write(folder, FILES.items())
    return publish(folder)


def write(folder: Path, files: Iterable[tuple[str, str]]) -> None:
    """Write files below a folder."""
    for name, text in files:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


def publish(folder: Path) -> Path:
    """Load and build what lies in the inbox."""
    settings = Settings(workspace=folder)
    load(settings)
    build(settings)
    return folder


def restate(folder: Path, change: Callable[[str], str] = lambda text: text.replace("steam", "swim")) -> Path:
    """Send January again, corrected, add April, and publish both."""
    write(
        folder,
        [
            ("inbox/transactions/january.csv", HEADER + change(JANUARY)),
            ("inbox/transactions/april.csv", f"{HEADER}9,2024-04-02T10:00:00,baths,swim,web,completed,\n"),
        ],
    )
    return publish(folder)
