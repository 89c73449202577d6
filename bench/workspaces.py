"""Workspaces to measure in: empty with the registries, or the whole demo, loaded and built."""

import shutil
from pathlib import Path

from bench.measure_table import Options
from bench.measured import measure_kpi
from kpi.demo import generate
from kpi.settings import REPOSITORY


def with_registries(target: Path) -> Path:
    """Make a workspace with the demo's registries and declarations and without logs."""
    shutil.copytree(REPOSITORY / "data" / "reference", target / "reference")
    for name in ("workspace.toml", "sources.toml"):
        shutil.copy(REPOSITORY / "data" / name, target / name)
    return target


def built_demo(options: Options) -> Path:
    """Return a workspace that is loaded and built: the one chosen, or the demo, made once for all parts of a run."""
    if options.workspace:
        return options.workspace
    target = options.scratch / "demo"
    if not target.exists():
        generate(with_registries(target))
        measure_kpi("load", "--workspace", str(target))
        measure_kpi("build", "--workspace", str(target))
    return target
