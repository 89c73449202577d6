"""Pure functions from a query result to a Plotly figure, its alt text and its table."""
