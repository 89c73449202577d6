"""Run the dashboard's main script and print its wall and processor seconds, without the test driver around it."""

import runpy
import sys
import time
from pathlib import Path

started, used = time.perf_counter(), time.process_time()
runpy.run_path(str(Path(__file__).resolve().parents[1] / "kpi" / "web" / "main.py"), run_name="__main__")
sys.stderr.write(f"{time.perf_counter() - started:.4f} {time.process_time() - used:.4f}\n")
