"""Remember the files that ended their reader, so that they are not read again as long as they are the same."""

import hashlib

from kpi.errors import SourceError
from kpi.ingest.load_file import FileResult, Plan, failed, reading_of
from kpi.lake import LakeFile, sha256_of


def give_up(plan: Plan, source_file: str, error: SourceError) -> FileResult:
    """Record a file that ended its reader: it is not read again as long as it and the bounds are the same."""
    return failed(plan, source_file, error, given_up=_state_of(plan, source_file))


def is_given_up(plan: Plan, known: LakeFile) -> bool:
    """Tell whether a file is still the one that ended its reader."""
    return bool(known.given_up) and known.given_up == _state_of(plan, known.source_file)


def _state_of(plan: Plan, source_file: str) -> str:
    """Return a digest of a file and of all it is read with; none when it cannot be looked at."""
    path = plan.inbox / source_file
    try:
        if not path.is_file():  # a pipe in its place would never end
            return ""
        reading, content = reading_of(plan, plan.sources.of_file(source_file)), sha256_of(path)
    except (OSError, SourceError):
        return ""
    return hashlib.sha256(f"{content} {reading} {plan.bounds}".encode()).hexdigest()
