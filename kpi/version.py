"""Say which state of the code runs."""

import subprocess
from functools import cache
from pathlib import Path

from kpi import __version__

_ROOT = Path(__file__).resolve().parent.parent
_SECONDS = 5


@cache
def version() -> str:
    """Return the version; in a checkout with the commit behind it, and whether files differ from that."""
    if not (_ROOT / ".git").exists():
        return __version__
    command = ["git", "-C", str(_ROOT), "describe", "--always", "--dirty", "--exclude", "*"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_SECONDS)  # noqa: S603 - fixed words
    except (OSError, subprocess.TimeoutExpired):  # no git, or none that answers
        return __version__
    commit = done.stdout.strip().replace("-dirty", ".dirty")
    return f"{__version__}+{commit}" if done.returncode == 0 and commit else __version__
