"""One address of every screen of the demo workspace, for the tests that visit all of them."""

from urllib.parse import urlencode

from kpi.web.navigation import SCREENS, Screen

SUBJECTS = {
    "entity": {"entity": "rop"},
    "governorate": {"governorate": "OM-DA"},
    "service": {"service": "rop-001"},
    "project": {"project": "p12"},
}
"""What the screens that are about one thing are asked about."""
NAMES = tuple(screen.name for screen in SCREENS)


def address(screen: Screen | str, **parameters: str) -> str:
    """Return the address of a screen below the server's, with what it is about."""
    name = screen if isinstance(screen, str) else screen.name
    query = urlencode(SUBJECTS.get(name, {}) | parameters)
    return f"{'' if name == SCREENS[0].name else name}{'?' + query if query else ''}"
