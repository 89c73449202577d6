"""The build that a session sees, and its one warehouse."""

from pathlib import Path

import streamlit as st

from kpi.settings import settings_in_force
from kpi.warehouse.builds import nothing_to_read
from kpi.warehouse.connect import Warehouse, current_build_id
from kpi.web.cache.store import SHARED, Build


def current_build() -> Build:
    """Return the build in service now, or the one the setting `build` names; the next page view sees a new one."""
    settings = settings_in_force()
    build_id = current_build_id(settings.workspace, settings.build)
    if build_id is None:
        raise nothing_to_read(settings.workspace)
    build = Build(str(settings.workspace), build_id)
    SHARED.see(build)
    return build


def is_older_build(build: Build) -> bool:
    """Tell whether another build than the current one is shown, because the installation asks for it by name."""
    return settings_in_force().build is not None and build.build_id != current_build_id(Path(build.workspace))


@st.cache_resource(max_entries=4, show_spinner=False, on_release=Warehouse.close)
def warehouse_of(build: Build) -> Warehouse:
    """Return the warehouse of a build, opened once."""
    return Warehouse.open(Path(build.workspace), build.build_id)
