"""The parts of the bench: which module measures what, and what belongs to the quick set.

A part is a module with `measures(options: Options) -> list[Measure]` and a text `LIMITS`: where the time goes and what
the limit is, found by profiling. It raises `NeedMissingError` where something that it needs is not installed.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Part:
    """Name a part of the bench; `is_quick` parts make up `make bench`."""

    name: str
    module: str
    title: str
    is_quick: bool = True


PARTS = (
    Part("load", "bench.load", "Loading"),
    Part("build", "bench.build", "Building"),
    Part("large", "bench.large_input", "Very large input", is_quick=False),
    Part("pages", "bench.pages", "Pages"),
    Part("queries", "bench.queries", "Ad-hoc queries"),
    Part("scale", "bench.scale", "Pages over 100 million rows", is_quick=False),
    Part("viewers", "bench.viewers", "Many viewers", is_quick=False),
    Part("superset", "bench.superset", "Superset", is_quick=False),
    Part("engines", "bench.engines", "Other engines", is_quick=False),
    Part("reports", "bench.reports", "Documents of a month", is_quick=False),
)
