"""Colours, fonts and the Plotly template: the only place that knows how anything looks.

Every text colour has a contrast of at least 4.5 to 1 on its surface and every mark at least 3 to 1, in both modes;
a test computes them. Marks differ in lightness too, so they stay apart without colour vision and on a photocopy.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Literal

import plotly.graph_objects as go

from kpi.periods import month_name

Mode = Literal["light", "dark"]

FONT = "IBM Plex Sans Arabic, Noto Sans Arabic, sans-serif"
TICK_SIZE = 12
LABEL_SIZE = 13
VALUE_SIZE = 13


@dataclass(frozen=True)
class Palette:
    """Name each colour by its task."""

    page: str
    surface: str
    sunken: str
    line: str
    ink: str
    muted: str
    primary: str
    primary_soft: str
    on_primary: str
    accent: str
    accent_text: str
    accent_soft: str
    before: str
    other: str
    other_line: str
    alarm: str
    alarm_soft: str
    warning: str
    band: str
    on_band: str
    level_advanced: str
    level_green: str
    level_yellow: str
    level_red: str
    level_black: str
    ramp: tuple[str, str, str, str, str]


LIGHT = Palette(
    page="#FAF8F4", surface="#FFFFFF", sunken="#F0EDE4", line="#DDD8CB", ink="#15231C", muted="#55625B",
    primary="#006847", primary_soft="#E2F0E9", on_primary="#FFFFFF", accent="#A07A3C", accent_text="#7A5A1E",
    accent_soft="#F6EEDD", before="#A07A3C", other="#DCD8CC", other_line="#847F72", alarm="#B3261E",
    alarm_soft="#FBE9E7", warning="#8A5A00", band="#00402C", on_band="#FFFFFF",
    level_advanced="#1D5FA6", level_green="#2F7D4B", level_yellow="#E0B100", level_red="#B3261E", level_black="#141414",
    ramp=("#E4EFE9", "#BFDCCD", "#86BBA1", "#257453", "#00543A"),
)  # fmt: skip

DARK = Palette(
    page="#0E1512", surface="#151E1A", sunken="#1A241F", line="#2E3B34", ink="#EDF1EC", muted="#A7B4AC",
    primary="#55C296", primary_soft="#17352A", on_primary="#06150F", accent="#D3AE6E", accent_text="#E0C08A",
    accent_soft="#2B2416", before="#D3AE6E", other="#3A463F", other_line="#76847B", alarm="#FF9C92",
    alarm_soft="#3A1C1A", warning="#F0C36A", band="#0A2A1F", on_band="#EDF1EC",
    level_advanced="#7DB4F0", level_green="#55C296", level_yellow="#E9C24D", level_red="#F2766B", level_black="#000000",
    ramp=("#1B2B24", "#1F4536", "#23664D", "#45A37C", "#8FE0BD"),
)  # fmt: skip


def palette(mode: Mode) -> Palette:
    """Return the colours of a mode."""
    return DARK if mode == "dark" else LIGHT


def css_variables(mode: Mode) -> str:
    """Return the palette as CSS custom properties, so that style sheets name tasks, not colours."""
    named = {name: value for name, value in asdict(palette(mode)).items() if isinstance(value, str)}
    for name, pairs in (
        ("ramp", [ramp_colour(step, mode) for step in range(5)]),
        ("level", [level_colour(rank, mode) for rank in range(5)]),
    ):
        for step, (fill, ink) in enumerate(pairs):
            named |= {f"{name}-{step}": fill, f"on-{name}-{step}": ink}
    body = "".join(f"--{name.replace('_', '-')}:{value};" for name, value in named.items())
    return f":root{{color-scheme:{mode};--font:{FONT};{body}}}"


def ramp_colour(step: int, mode: Mode) -> tuple[str, str]:
    """Return the fill of a step 0–4, from little to much, and the text colour that reads on it."""
    colours = palette(mode).ramp
    dark_fill = step >= len(colours) - 2
    ink = palette("dark" if mode == "light" else "light").ink if dark_fill else palette(mode).ink
    return colours[step], ink


@dataclass(frozen=True)
class Fill:
    """Hold how a part of a stack is filled: its colour, and a sign (a Plotly pattern) in a colour of its own."""

    colour: str
    pattern: str = ""
    mark: str = ""


def part_fills(kinds: Sequence[bool | None], mode: Mode) -> tuple[Fill, ...]:
    """Return a fill for each part of a stack: plain for what is digital, with a sign for every other kind.

    Parts that are not told apart as digital or not (None) take both in turn. More parts than fills repeat the last.
    """
    colours = palette(mode)
    plain = [Fill(colours.primary), Fill(colours.ramp[2]), Fill(colours.ramp[1])]
    signed = [
        Fill(colours.before, "/", colours.surface),
        Fill(colours.other, ".", colours.muted),
        Fill(colours.other_line, "\\", colours.surface),
        Fill(colours.accent_soft, "x", colours.accent),
    ]
    if all(kind is None for kind in kinds):
        turns = [plain[0], signed[0], plain[1], signed[1]]
        return tuple(turns[min(index, len(turns) - 1)] for index in range(len(kinds)))
    counts = {True: 0, False: 0}
    fills = []
    for kind in kinds:
        offered = plain if kind else signed
        fills.append(offered[min(counts[bool(kind)], len(offered) - 1)])
        counts[bool(kind)] += 1
    return tuple(fills)


def open_fill(mode: Mode) -> Fill:
    """Return the fill of what is not stated: hollow, with a sign of its own."""
    colours = palette(mode)
    return Fill(colours.surface, "-", colours.other_line)


def level_colour(rank: int, mode: Mode) -> tuple[str, str]:
    """Return the fill of a level of excellence, 0 for the best, and the text colour that reads on it."""
    colours = palette(mode)
    # In the dark the fills are bright, so that the words on them are dark; yellow is bright in both, black dark.
    dark_words = colours.ink if mode == "light" else colours.on_primary
    bright_words = colours.on_primary if mode == "light" else colours.ink
    on_fill = bright_words if mode == "light" else dark_words
    pairs = (
        (colours.level_advanced, on_fill),
        (colours.level_green, on_fill),
        (colours.level_yellow, dark_words),
        (colours.level_red, on_fill),
        (colours.level_black, bright_words),
    )
    return pairs[min(rank, len(pairs) - 1)]


def template(mode: Mode, language: str) -> go.layout.Template:
    """Return a Plotly template with explicit colours; nothing is left to a default of Plotly or Streamlit."""
    colours = palette(mode)
    axis = {
        "automargin": True,
        "color": colours.muted,
        "gridcolor": colours.line,
        "linecolor": colours.line,
        "zeroline": False,
        "showgrid": False,
        "fixedrange": True,
        "tickfont": {"size": TICK_SIZE, "color": colours.muted},
    }
    layout = {
        "font": {"family": FONT, "size": LABEL_SIZE, "color": colours.ink},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "colorway": [colours.primary, colours.before, colours.other_line],
        "hoverlabel": {
            "bgcolor": colours.ink,
            "bordercolor": colours.ink,
            "font": {"family": FONT, "size": LABEL_SIZE, "color": colours.page},
            "align": "right" if language == "ar" else "left",
        },
        "xaxis": axis,
        "yaxis": axis,
        "dragmode": False,
        "showlegend": False,
        "margin": {"l": 8, "r": 8, "t": 8, "b": 8, "pad": 4},
    }
    return go.layout.Template(layout=layout)


def plotly_config(language: str) -> dict[str, object]:
    """Return the Plotly configuration: no logo, no upload, no mode bar, month names in the page's language."""
    config: dict[str, object] = {
        "displaylogo": False,
        "displayModeBar": False,
        "showSendToCloud": False,
        "scrollZoom": False,
        "responsive": True,
    }
    if language == "ar":
        months = [month_name(month, language) for month in range(1, 13)]
        form = {"months": months, "shortMonths": months, "days": [], "shortDays": [], "date": "%d/%m/%Y"}
        config |= {"locale": "ar", "locales": {"ar": {"dictionary": {}, "format": form}}}
    return config
