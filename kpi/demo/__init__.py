"""Write the invented logs of the demo workspace: real names, published totals, synthetic rows."""

from kpi.demo.generate import DemoSummary, generate

__all__ = ["DemoSummary", "generate"]
