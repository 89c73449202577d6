"""What was sent for a chart, sent again to whoever sees the same chart."""

from collections.abc import Callable

import streamlit as st

from kpi.charts.chart import Chart


@st.cache_resource(max_entries=256, show_spinner=False, hash_funcs={Chart: id})
def shown_again(chart: Chart, name: str, words: tuple[str, ...], _show: Callable[[], None]) -> Chart:
    """Show a kept chart; the second time Streamlit replays the elements, and nothing is written as JSON or HTML.

    `words` are all others that stand in the panel. The chart is returned so that it lives as long as its id is a key.
    """
    _show()
    return chart
