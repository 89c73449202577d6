"""Have what was written on disk before anything counts on it."""

import os
from pathlib import Path


def sync(path: Path) -> None:
    """Have a file's bytes on disk, or a folder's names."""
    # A read-only descriptor is enough, and works for whoever may no longer write the file.
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
