"""Say where something unforeseen happened: a fault of this program, and not of who sent the file."""

import os
import traceback
from pathlib import Path


def where_it_failed(error: BaseException) -> str:
    """Say where something unforeseen happened; its text may quote a row, so only its type is told."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if f"{os.sep}kpi{os.sep}" in frame.filename] or frames
    return f"{type(error).__name__} {Path(own[-1].filename).name}:{own[-1].lineno}" if own else type(error).__name__
