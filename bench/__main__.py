"""Run the bench: `python -m bench` for the quick set, `--all` for every part, `--part load,build` for some.

Prints a table per part and writes its section of `bench/results.md`; exit 1 where a must is missed or a part failed.
Everything else is written to a scratch folder, below `--scratch` or the system's, which is removed at the end.
"""

import argparse
import importlib
import importlib.util
import signal
import sys
import tempfile
import time
import traceback
from pathlib import Path
from types import ModuleType

from rich.console import Console

from bench import results
from bench.measure_table import NeedMissingError, Options, terminal_table
from bench.parts import PARTS, Part

CONSOLE = Console()


def main() -> None:
    """Run the chosen parts one after the other; a part that fails costs its own figures."""
    arguments = _arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that servers are ended and the scratch folder goes
    with tempfile.TemporaryDirectory(prefix="kpi-bench-", dir=arguments.scratch) as folder:
        options = Options(
            scratch=Path(folder),
            runs=arguments.runs,
            rows=arguments.rows,
            large_rows=arguments.large_rows,
            workspace=arguments.workspace,
        )
        missed = [part.name for part in _chosen(arguments) if not _run(part, options)]
    if missed:
        CONSOLE.print(f"[bold red]missed or failed: {', '.join(missed)}")
    sys.exit(bool(missed))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    default = Options(Path())
    parser.add_argument("--part", help=f"parts, with commas: {', '.join(part.name for part in PARTS)}")
    parser.add_argument("--all", action="store_true", help="every part, also the long ones and the optional peers")
    parser.add_argument("--runs", type=int, default=default.runs, help="runs of each measure")
    parser.add_argument("--rows", type=int, default=default.rows, help="rows of load and build")
    parser.add_argument("--large-rows", type=int, default=default.large_rows, help="rows of the very large input")
    parser.add_argument("--workspace", type=Path, help="a built workspace for the pages; default: the demo, made anew")
    parser.add_argument("--scratch", type=Path, help="where the scratch folder is made")
    return parser.parse_args()


def _chosen(arguments: argparse.Namespace) -> list[Part]:
    if not arguments.part:
        return [part for part in PARTS if part.is_quick or arguments.all]
    names = arguments.part.split(",")
    unknown = set(names) - {part.name for part in PARTS}
    if unknown:
        sys.exit(f"no such part: {', '.join(sorted(unknown))}")
    return [part for part in PARTS if part.name in names]


def _run(part: Part, options: Options) -> bool:
    """Measure a part, print and write it; tell whether nothing was missed."""
    started = time.monotonic()
    CONSOLE.print(f"[bold]{part.title}[/] …")
    try:
        module = _module(part)
        found = module.measures(options)
    except NeedMissingError as need:
        CONSOLE.print(f"  skipped: {need}")
        results.write({part.name: results.section_without_figures(part, str(need))})
        return True
    except Exception as error:  # noqa: BLE001 the other parts are measured all the same
        traceback.print_exc()
        results.write({part.name: results.section_without_figures(part, f"{type(error).__name__}: {error}")})
        return False
    CONSOLE.print(terminal_table(part.title, found))
    CONSOLE.print(f"  {time.monotonic() - started:.0f} s")
    results.write({part.name: results.section(part, found, module.LIMITS)})
    return all(measure.verdict != "MISSED" for measure in found)


def _module(part: Part) -> ModuleType:
    if importlib.util.find_spec(part.module) is None:
        raise NeedMissingError(f"{part.module} is not in this checkout")
    return importlib.import_module(part.module)


if __name__ == "__main__":
    main()
