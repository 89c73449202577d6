"""Run the command line with `python -m kpi`."""

from kpi.cli import main

main()
