"""Start the command line: `kpi`, or `python -m kpi`.

Nothing is imported before it is asked for: a process that Python starts for a worker loads this file again.
"""

import atexit
import gc
import os
import sys


def main() -> None:
    """Run the command line."""
    # Nothing here is linear algebra, but its library starts a thread per core, and each looks for work for a while.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # What is imported stays until the end: nothing of it is looked through for garbage, neither now nor later.
    gc.disable()
    from kpi.cli import main as run  # noqa: PLC0415

    gc.freeze()
    gc.enable()
    atexit.register(_leave_garbage)
    run()


def _leave_garbage() -> None:
    """Let the process end without looking through all that is left, which takes longer than many a command.

    DuckDB's bindings want it done: they complain of every object of theirs that is left.
    """
    if "duckdb" not in sys.modules:
        gc.freeze()


if __name__ == "__main__":
    main()
