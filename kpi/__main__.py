"""Start the command line: `kpi`, or `python -m kpi`.

Nothing is imported before it is asked for: a process that Python starts for a worker loads this file again.
"""

import gc
import os


def main() -> None:
    """Run the command line."""
    # Nothing here is linear algebra, but its library starts a thread per core, and each looks for work for a while.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # What is imported stays until the end: nothing of it is looked through for garbage, neither now nor later.
    gc.disable()
    from kpi.cli import main as run  # noqa: PLC0415

    gc.freeze()
    gc.enable()
    run()


if __name__ == "__main__":
    main()
