"""Run the dashboard's main script and print the seconds that it took, without the test driver around it."""

import runpy
import sys
import time
from pathlib import Path

started = time.perf_counter()
runpy.run_path(str(Path(__file__).resolve().parents[1] / "kpi" / "web" / "main.py"), run_name="__main__")
sys.stderr.write(f"{time.perf_counter() - started:.4f}\n")
