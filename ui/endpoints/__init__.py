"""The API for programs. Names and parameters are a promise; tests/ui/endpoints.json guards them."""

from __future__ import annotations

from ui.endpoints.looking import Looking
from ui.endpoints.making import Making
from ui.endpoints.telling import Telling

ENDPOINTS = (Making, Telling, Looking)
