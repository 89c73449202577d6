"""Make an empty workspace with the committed registries."""

import shutil
from pathlib import Path

from kpi.settings import REPOSITORY

SCALE = 0.001


def empty_workspace(folder: Path) -> Path:
    """Copy the committed registries into a new workspace."""
    shutil.copytree(REPOSITORY / "data" / "reference", folder / "reference")
    (folder / "reference" / "services.csv").unlink(missing_ok=True)
    return folder
