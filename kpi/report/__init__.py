"""The monthly snapshot as a PDF: what is asked of `kpi.queries`, put into words, drawn by Typst, issued and frozen."""
