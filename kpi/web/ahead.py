"""Visit every screen before readers do: when the server starts, and when another build is published.

The server is its own first reader, over the same path as any other, so that whatever a screen asks and draws in its
first view is kept when somebody comes. A visit that fails is left to be seen by whoever comes; one at a time, with as
long a pause as the visit took, so that readers who are there already are served meanwhile.
"""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import streamlit as st
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime import Runtime
from streamlit.runtime.session_manager import ClientContext, SessionClient

from kpi.errors import KpiError
from kpi.messages import LANGUAGES
from kpi.settings import settings_in_force
from kpi.warehouse.connect import current_build_id
from kpi.web.links import FIRST_SCREEN
from kpi.web.navigation import SCREENS

LOG = logging.getLogger(__name__)
LOOK_SECONDS = 10.0
"""How often the server looks for another build."""
VISIT_SECONDS = 60.0


class _Reader(SessionClient):
    """Take what is sent and note when a script is over."""

    def __init__(self) -> None:
        self.is_over = asyncio.Event()

    def write_forward_msg(self, msg: ForwardMsg) -> None:
        """Note the end of the script; nobody reads the rest."""
        if msg.WhichOneof("type") == "script_finished":
            self.is_over.set()

    @property
    def client_context(self) -> ClientContext | None:
        """Return nothing: there is no browser."""
        return None


@asynccontextmanager
async def visits(_app: st.App) -> AsyncGenerator[None]:
    """Visit the screens of each build for as long as the server runs, where the installation wants it."""
    visiting = asyncio.create_task(_visit_each_build()) if settings_in_force().visit_ahead else None
    yield
    if visiting is not None:
        visiting.cancel()


async def _visit_each_build() -> None:
    seen = None
    while True:
        build_id = _build_in_service()
        if build_id not in (None, seen):
            seen = build_id
            await _visit_all()
            LOG.info("Visited %d screens of build %s in %d languages", len(SCREENS), build_id, len(LANGUAGES))
        await asyncio.sleep(LOOK_SECONDS)


def _build_in_service() -> str | None:
    try:
        settings = settings_in_force()
        return current_build_id(settings.workspace, settings.build)
    except KpiError:
        return None


async def _visit_all() -> None:
    runtime, reader = Runtime.instance(), _Reader()
    session = runtime.connect_session(reader, user_info={})
    try:
        for language in LANGUAGES:
            for screen in SCREENS:
                reader.is_over.clear()
                started = time.monotonic()
                runtime.handle_backmsg(session, _asking_for(screen.name, language))
                await asyncio.wait_for(reader.is_over.wait(), VISIT_SECONDS)
                await asyncio.sleep(time.monotonic() - started)
    except Exception:
        LOG.exception("A visit ahead failed")
    finally:
        runtime.close_session(session)


def _asking_for(screen: str, language: str) -> BackMsg:
    message = BackMsg()
    message.rerun_script.page_name = "" if screen == FIRST_SCREEN else screen
    message.rerun_script.query_string = f"lang={language}"
    return message
