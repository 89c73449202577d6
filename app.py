"""ASGI entry of the dashboard: the main script, its security headers, health answer, exports and visits ahead."""

import streamlit as st
from starlette.middleware import Middleware
from starlette.routing import Route

from kpi.durable import keep_private
from kpi.settings import REPOSITORY
from kpi.web.ahead import visits
from kpi.web.exports import exports_in_force
from kpi.web.health import healthz
from kpi.web.security import SecurityHeaders

keep_private()
app = st.App(
    REPOSITORY / "kpi" / "web" / "main.py",
    routes=[Route("/healthz", healthz), *exports_in_force().routes],
    middleware=[Middleware(SecurityHeaders)],
    lifespan=visits,
)
