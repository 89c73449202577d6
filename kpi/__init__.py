"""Transaction volumes and transformation KPIs of a government digital-transformation programme."""

__version__ = "0.1.0"
