"""The DuckDB file: build, check, publish, open. The only package that imports duckdb."""
