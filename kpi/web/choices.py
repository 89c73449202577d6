"""Offer choices whose state is the address: what is chosen stands there, and nowhere else."""

from collections.abc import Callable, Sequence

import streamlit as st

from kpi.language import t

ALL = ""
_DEPENDENT = {"entity": ("service",)}
"""Parameters that mean nothing any more when another one changes."""


def choose(
    name: str, keys: Sequence[str], current: str, label: Callable[[str], str], language: str, *, default: str
) -> None:
    """Offer the values of a parameter; the default leaves the address clean."""
    chosen = pick(name, keys, current, label, t(f"web.filter.{name}", language), language)
    go(name, chosen, current, default=default)


def pick(name: str, keys: Sequence[str], current: str, label: Callable[[str], str], caption: str, language: str) -> str:
    """Return what the reader picks of some keys, the current one until then."""
    # The key holds the current value: the address alone decides what is chosen, also after Back.
    index = list(keys).index(current) if current in keys else 0
    chosen = st.selectbox(caption, keys, index=index, format_func=label, key=f"{name}={current}@{language}")
    return current if chosen is None else chosen


def go(name: str, chosen: str | None, current: str, *, default: str) -> None:
    """Write a choice to the address when it differs from the current one, and draw the page anew."""
    if chosen is not None and chosen != current:
        set_parameter(name, None if chosen == default else chosen)


def set_parameter(name: str, value: str | None) -> None:
    """Set or drop a parameter of the address with those that depend on it, and draw the page anew."""
    for dependent in _DEPENDENT.get(name, ()):
        st.query_params.pop(dependent, None)
    if value is None:
        st.query_params.pop(name, None)
    else:
        st.query_params[name] = value
    st.rerun()
