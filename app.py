"""ASGI entry of the dashboard: the main script, its security headers and the health answer. No queries."""

import streamlit as st
from starlette.middleware import Middleware
from starlette.routing import Route

from kpi.settings import REPOSITORY
from kpi.web.health import healthz
from kpi.web.security import SecurityHeaders

app = st.App(
    REPOSITORY / "kpi" / "web" / "main.py",
    routes=[Route("/healthz", healthz)],
    middleware=[Middleware(SecurityHeaders)],
)
