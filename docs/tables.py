"""Write the README's tables from what they describe: the KPI catalogue, the settings, the dependencies' pins."""

import re
import sys
from pathlib import Path

from kpi.catalogue import load_catalogue
from kpi.settings import Settings

README = Path(__file__).resolve().parents[1] / "README.md"


def kpi_table() -> str:
    """Return one line per KPI: names, definition, kind, whether months add up."""
    lines = ["| id | indicator | المؤشر | formula | kind |", "|---|---|---|---|---|"]
    for kpi in load_catalogue().values():
        lines.append(f"| `{kpi.id}` | {kpi.name_en} | {kpi.name_ar} | {kpi.formula_en} | {kpi.kind}, {kpi.flow} |")
    return "\n".join(lines)


def settings_table() -> str:
    """Return one line per setting: environment variable, meaning."""
    lines = ["| environment variable | meaning |", "|---|---|"]
    for name, field in Settings.model_fields.items():
        lines.append(f"| `KPI_{name.upper()}` | {field.description} |")
    return "\n".join(lines)


def refreshed(text: str) -> str:
    """Return the README with every generated table replaced by a fresh one."""
    for name, table in (("kpis", kpi_table()), ("settings", settings_table())):
        pattern = rf"<!-- {name} -->\n.*?<!-- /{name} -->"
        fresh = f"<!-- {name} -->\n{table}\n<!-- /{name} -->"
        text = re.sub(pattern, lambda _, fresh=fresh: fresh, text, flags=re.DOTALL)
    return text


if __name__ == "__main__":
    README.write_text(refreshed(README.read_text(encoding="utf-8")), encoding="utf-8")
    sys.exit(0)
